import { invoices } from "./invoice.ts";
import { accounts, contacts } from "./partner.ts";
import { pricebooks } from "./price-list.ts";
import { products } from "./product.ts";
import { orders, quotes } from "./sale.ts";
import type { Shape } from "./shape.ts";
import { shipments } from "./shipment.ts";

/** Entities by the shape they are read in; stock has a reader of its own. */
export const shapes: { readonly [entity: string]: Shape } = {
  accounts,
  contacts,
  products,
  pricebooks,
  quotes,
  orders,
  invoices,
  shipments,
};
