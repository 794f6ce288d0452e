/** A field of a model. */
export interface Field {
  readonly name: string;
  readonly type: string;
  /** The model that a relation leads to; empty for others. */
  readonly to: string;
  /** The field there that leads back, of a one2many. */
  readonly inverse: string;
  /** Decimals that it keeps, or null. */
  readonly digits: number | null;
  /** Whether a value can be given for it. */
  readonly isStored: boolean;
  /** What the screens call it; its name when missing. */
  readonly label?: string;
  /** Characters that it keeps. */
  readonly size?: number;
  /** Codes of a selection, where they are known, each with its label. */
  readonly options?: readonly (readonly [string, string])[];
}

/**
 * Models of version 17 with the fields that clients of it were recorded with or read in the vendor's module.
 * `name:type`, `name.2` a number of two decimals, `name>model` a many2one, `name<model.inverse` a one2many,
 * `name*model` a many2many; a name alone is a text. One that ends in `=` is computed.
 */
const spoken: { readonly [model: string]: string } = {
  "res.company": `name partner_id>res.partner currency_id>res.currency account_use_credit_limit:boolean
    tax_calculation_rounding_method:selection phone street email
    fiscalyear_lock_date:date period_lock_date:date tax_lock_date:date`,
  "res.currency": "name decimal_places:integer rate:float",
  "res.country": "name code",
  "res.country.state": "name code country_id>res.country",
  "res.users": `login partner_id>res.partner company_id>res.company company_ids*res.company active:boolean
    is_admin:boolean`,
  "res.partner": `name ref active:boolean type:selection is_company:boolean parent_id>res.partner
    child_ids<res.partner.parent_id commercial_partner_id=>res.partner company_id>res.company
    partner_share=:boolean category_id*res.partner.category phone mobile email function website vat lang
    industry_id>res.partner.industry street street2 zip city state_id>res.country.state
    country_id>res.country property_payment_term_id>account.payment.term customer_rank:integer
    property_product_pricelist>product.pricelist credit=:monetary credit_limit:monetary
    use_partner_credit_limit:boolean credit_to_invoice=:monetary user_id>res.users`,
  "res.partner.category": "name",
  "res.partner.industry": "name",
  "account.payment.term": "name active:boolean days:integer",
  "account.tax": "name amount:float amount_type:selection price_include:boolean type_tax_use:selection",
  "account.journal": "name type:selection code",
  "account.account": "name account_type:selection",
  "uom.category": "name",
  "uom.uom": `name active:boolean category_id>uom.category factor:float factor_inv:float
    uom_type:selection`,
  "product.category": "name parent_id>product.category parent_path",
  "product.template": `name default_code active:boolean type:selection detailed_type:selection
    list_price.2 standard_price.2 uom_id>uom.uom categ_id>product.category taxes_id*account.tax
    sale_ok:boolean description_sale:text company_id>res.company invoice_policy:selection barcode
    product_variant_ids<product.product.product_tmpl_id`,
  "product.product": `product_tmpl_id>product.template default_code barcode active:boolean
    company_id=>res.company name= type=:selection detailed_type=:selection lst_price=.2 list_price=.2
    standard_price=.2 uom_id=>uom.uom categ_id=>product.category taxes_id=*account.tax sale_ok=:boolean
    description_sale=:text invoice_policy=:selection qty_available=.2 free_qty=.2 virtual_available=.2
    incoming_qty=.2 outgoing_qty=.2`,
  "product.pricelist": `name currency_id>res.currency company_id>res.company active:boolean
    item_ids<product.pricelist.item.pricelist_id`,
  "product.pricelist.item": `pricelist_id>product.pricelist applied_on:selection
    product_tmpl_id>product.template product_id>product.product categ_id>product.category
    min_quantity.2 date_start:datetime date_end:datetime compute_price:selection fixed_price.2
    percent_price:float base:selection base_pricelist_id>product.pricelist price_discount:float
    price_surcharge.2 price_round.2 price_min_margin.2 price_max_margin.2`,
  "stock.warehouse": "name code active:boolean company_id>res.company lot_stock_id>stock.location",
  "stock.location": "name complete_name usage:selection warehouse_id>stock.warehouse",
  "stock.quant": `product_id>product.product location_id>stock.location quantity.2 reserved_quantity.2
    available_quantity=.2 in_date:datetime company_id>res.company`,
  "stock.picking": `name origin state:selection sale_id>sale.order partner_id>res.partner
    picking_type_code:selection scheduled_date:datetime date_deadline:datetime date_done:datetime
    backorder_id>stock.picking company_id>res.company location_id>stock.location carrier_id>delivery.carrier
    carrier_tracking_ref carrier_tracking_url= move_ids<stock.move.picking_id`,
  "stock.move": `product_id>product.product product_uom_qty.2 product_qty=.2 quantity.2 picked:boolean
    product_uom>uom.uom picking_id>stock.picking sale_line_id>sale.order.line state:selection
    date:datetime location_id>stock.location location_dest_id>stock.location company_id>res.company`,
  "stock.backorder.confirmation": "pick_ids*stock.picking",
  "confirm.stock.sms": "pick_ids*stock.picking",
  "delivery.carrier": "name",
  "sale.order": `name state:selection locked:boolean client_order_ref origin date_order:datetime
    validity_date:date commitment_date:datetime expected_date=:datetime partner_id>res.partner
    partner_invoice_id>res.partner partner_shipping_id>res.partner payment_term_id>account.payment.term
    pricelist_id>product.pricelist currency_id=>res.currency user_id>res.users company_id>res.company
    warehouse_id>stock.warehouse fiscal_position_id>account.fiscal.position note:html
    order_line<sale.order.line.order_id invoice_ids=*account.move picking_ids<stock.picking.sale_id
    invoice_status=:selection delivery_status=:selection amount_untaxed=:monetary amount_tax=:monetary
    amount_total=:monetary currency_rate=:float partner_credit_warning=:text carrier_id>delivery.carrier`,
  "sale.order.line": `order_id>sale.order sequence:integer display_type:selection name:text
    product_id>product.product product_uom_qty.2 product_uom>uom.uom price_unit.2 discount.2
    tax_id*account.tax qty_delivered=.2 qty_invoiced=.2 qty_to_invoice=.2 price_subtotal=:monetary
    price_tax=:float price_total=:monetary state=:selection company_id=>res.company
    currency_id=>res.currency is_delivery:boolean pricelist_item_id=>product.pricelist.item
    invoice_lines=*account.move.line`,
  "sale.advance.payment.inv": "advance_payment_method:selection sale_order_ids*sale.order",
  "sale.order.cancel": "order_id>sale.order",
  "account.fiscal.position": "name",
  "account.move": `move_type:selection name ref state:selection payment_state=:selection
    partner_id>res.partner invoice_date:date invoice_date_due:date
    invoice_payment_term_id>account.payment.term currency_id>res.currency company_id>res.company
    journal_id>account.journal amount_untaxed=:monetary amount_tax=:monetary amount_total=:monetary
    amount_residual=:monetary amount_untaxed_signed=:monetary amount_tax_signed=:monetary
    amount_total_signed=:monetary invoice_origin reversed_entry_id>account.move
    invoice_line_ids=<account.move.line.move_id line_ids<account.move.line.move_id payment_reference
    invoice_payments_widget=:binary`,
  "account.move.line": `move_id>account.move display_type:selection product_id>product.product name:text
    quantity.2 product_uom_id>uom.uom price_unit.2 discount.2 tax_ids*account.tax price_subtotal=:monetary
    price_total=:monetary balance:monetary amount_currency=:monetary sale_line_ids*sale.order.line
    parent_state=:selection move_type=:selection partner_id=>res.partner account_id>account.account
    reconciled=:boolean amount_residual=:monetary date_maturity:date company_id=>res.company`,
  "account.payment": `name amount:monetary date:date state:selection payment_type:selection
    currency_id>res.currency ref partner_id>res.partner journal_id>account.journal
    reconciled_invoice_ids=*account.move is_reconciled=:boolean is_matched:boolean`,
  "account.partial.reconcile": `invoice_id>account.move payment_id>account.payment
    counterpart_id>account.move amount:monetary date:date`,
  "account.payment.register": `payment_date:date journal_id>account.journal amount:monetary
    move_ids*account.move`,
  "account.move.reversal": "journal_id>account.journal reason move_ids*account.move",
  "mail.message": "model res_id:integer body:html date:datetime message_type:selection",
  "ir.model": "model name",
  "ir.model.fields": `model_id>ir.model model= name field_description ttype:selection state:selection
    index:boolean copied:boolean`,
};

const stamps = "create_date:datetime write_date:datetime create_uid>res.users write_uid>res.users";
const form = /^(\w+)(=?)(?:(>|\*)([\w.]+)|<([\w.]+)\.(\w+)|:(\w+)|\.(\d))?$/;

function fieldOf(token: string): Field {
  const [, name = "", computed, mark, to = "", many = "", inverse = "", type, places] =
    form.exec(token) ?? [];
  if (name === "") throw new Error(`no field: ${token}`);
  const kind = mark === ">" ? "many2one" : mark === "*" ? "many2many" : many === "" ? undefined : "one2many";
  const digits = places === undefined ? null : Number(places);
  const plain = digits === null ? (type ?? "char") : "float";
  return { name, type: kind ?? plain, to: to || many, inverse, digits, isStored: computed === "" };
}

/** The models of a fresh database, each with its fields by name. */
export function freshModels(): Map<string, Map<string, Field>> {
  return new Map(
    Object.entries(spoken).map(([model, tokens]) => [
      model,
      new Map(
        `id:integer display_name= ${stamps} ${tokens}`
          .split(/\s+/)
          .map(fieldOf)
          .map((field) => [field.name, field]),
      ),
    ]),
  );
}
