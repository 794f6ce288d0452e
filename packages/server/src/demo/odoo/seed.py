"""Seeds a fresh Odoo 19 database with a small demo company (own data, no vendor demo data).

    seed.py --config odoo.conf --database NAME --keys FILE

Runs in-process, no server needed; PYTHONPATH must hold the unpacked program.  The logins and
API keys are written to FILE.  Look records up by code (`ref`, `default_code`,
`client_order_ref`), never by id.
"""
import argparse
import os
import sys
from datetime import timedelta
from types import SimpleNamespace

arg = argparse.ArgumentParser()
arg.add_argument('--config', required=True)
arg.add_argument('--database', required=True)
arg.add_argument('--keys', required=True)
arg = arg.parse_args()

import odoo  # noqa: E402
from odoo import SUPERUSER_ID, api, fields  # noqa: E402
from odoo.modules.registry import Registry  # noqa: E402

CUSTOMERS = [  # name, street, zip, city, country
    ('Adler Maschinenbau GmbH', 'Hafenweg 12', '20457', 'Hamburg', 'de'),
    ('Adler Service GmbH', 'Hafenweg 14', '20457', 'Hamburg', 'de'),
    ('Adler Nord GmbH', 'Werftstr. 3', '24143', 'Kiel', 'de'),
    ('Adler Süd GmbH', 'Isarring 40', '80805', 'München', 'de'),
    ('Bergmann & Söhne KG', 'Am Markt 1', '99084', 'Erfurt', 'de'),
    ('Café Müller', 'Königstr. 7', '70173', 'Stuttgart', 'de'),
    ('Dachdeckerei Özdemir', 'Sonnenallee 101', '12045', 'Berlin', 'de'),
    ('Elektro Fuchs GmbH', 'Ringstr. 55', '50996', 'Köln', 'de'),
    ('Falkenberg Logistik AG', 'Speicherstr. 9', '60327', 'Frankfurt am Main', 'de'),
    ('Gärtnerei Grün', 'Lindenweg 2', '04109', 'Leipzig', 'de'),
    ('Holzbau Huber', 'Bergstr. 18', '83022', 'Rosenheim', 'de'),
    ('Isar Instruments GmbH', 'Technikpark 5', '82152', 'Planegg', 'de'),
    ('Jansen Yachten', 'Kaistr. 21', '18055', 'Rostock', 'de'),
    ('Kern Alpin GmbH', 'Innrain 30', '6020', 'Innsbruck', 'at'),
    ('Lindner Wien GmbH', 'Praterstr. 60', '1020', 'Wien', 'at'),
    ('Martin et Fils SARL', '8 rue du Port', '69002', 'Lyon', 'fr'),
    ('Noordzee Handel BV', 'Havenlaan 4', '3011', 'Rotterdam', 'nl'),
    ("O'Brien Supplies ApS", 'Kajgade 17', '1050', 'København', 'dk'),
    ('Pacific Tools Inc', '400 Pine Street', '98101', 'Seattle', 'us'),
    ('Quellwasser AG', 'Seestrasse 77', '8002', 'Zürich', 'ch'),
]
GIVEN = ('Anna Bernd Carla Dirk Elif Felix Greta Hans Ines Jonas '
         'Katja Lars Mia Nils Olga Paul Quirin Rosa Sven Tina').split()
FAMILY = ('Albers Brandt Claassen Dorn Ebert Frank Gül Hansen Ihle Jung '
          'Kaya Lorenz Mayer Neumann Otto Pohl Quast Richter Schäfer Thoma').split()


def german_vat(n):
    """A German VAT number with a right check digit."""
    digits, product = f'{28000000 + n * 3571:08d}', 10
    for d in digits:
        total = (int(d) + product) % 10 or 10
        product = total * 2 % 11
    return f'DE{digits}{(11 - product) % 10}'


def make_company(env, made):
    """The company, its currencies and the settings that people would tick."""
    ref, company = env.ref, env.company
    eur, usd, jpy = (ref(f'base.{c}') for c in ('EUR', 'USD', 'JPY'))
    (eur | usd | jpy).active = True
    company.write({
        'name': 'Demo Trading GmbH', 'currency_id': eur.id, 'country_id': ref('base.de').id,
        'street': 'Musterweg 1', 'zip': '10115', 'city': 'Berlin', 'email': 'office@example.com',
        'phone': '+49 30 5550100', 'vat': german_vat(0)})
    company.account_fiscal_country_id = ref('base.de')  # before the first invoice
    env['res.currency.rate'].search([]).unlink()
    for currency, rate in ((eur, 1.0), (usd, 1.10), (jpy, 160.0)):
        env['res.currency.rate'].create({
            'currency_id': currency.id, 'company_id': company.id, 'rate': rate,
            'name': made.today.replace(month=1, day=1)})
    env['res.config.settings'].create({
        'group_product_pricelist': True, 'group_discount_per_so_line': True,
        'group_stock_multi_locations': True, 'group_product_variant': True,
        'group_sale_delivery_address': True, 'group_uom': True, 'account_use_credit_limit': True}).execute()
    made.eur, made.company = eur, company


def make_taxes(env, made):
    """German taxes: the generic chart brings an American 15 %."""
    ref, company = env.ref, made.company
    germany = ref('base.de').id
    if not env['account.account'].search_count([]):
        env['account.chart.template'].try_loading('generic_coa', company)
    env['account.tax'].search([]).write({'active': False})
    tax = {}
    for percent in (19, 7):
        group = env['account.tax.group'].create({'name': f'VAT {percent}%', 'country_id': germany})
        for use in ('sale', 'purchase'):
            tax[percent, use] = env['account.tax'].create({
                'name': f'{percent}%', 'description': f'VAT {percent} %', 'invoice_label': f'{percent}%',
                'amount': percent, 'amount_type': 'percent', 'type_tax_use': use,
                'tax_group_id': group.id, 'country_id': germany})
    company.write({
        'account_sale_tax_id': tax[19, 'sale'].id, 'account_purchase_tax_id': tax[19, 'purchase'].id})
    # its two fiscal positions apply by themselves (United States / everyone else) and one without
    # taxes REMOVES all taxes: make them Germany, European Union, the rest of the world
    position = env['account.fiscal.position']
    at_home, elsewhere = [('country_id', '!=', False)], [('country_id', '=', False)]
    domestic = position.search(at_home, limit=1) or position.create({'name': 'Domestic'})
    export = position.search(elsewhere, limit=1) or position.create({'name': 'Export'})
    domestic.write({'name': 'Domestic', 'country_id': germany, 'auto_apply': True, 'sequence': 1})
    union = position.create({
        'name': 'European Union', 'country_group_id': ref('base.europe').id,
        'auto_apply': True, 'sequence': 2})
    export.write({'name': 'Export (no VAT)', 'auto_apply': True, 'sequence': 3})
    for one in tax.values():
        one.fiscal_position_ids = domestic | union
    group = env['account.tax.group'].create({'name': 'VAT 0%', 'country_id': germany})
    env['account.tax'].create({
        'name': '0% Export', 'invoice_label': '0%', 'amount': 0, 'amount_type': 'percent',
        'type_tax_use': 'sale', 'tax_group_id': group.id, 'country_id': germany,
        'fiscal_position_ids': [(6, 0, export.ids)],
        'original_tax_ids': [(6, 0, [tax[19, 'sale'].id, tax[7, 'sale'].id])]})
    made.tax = tax


def make_products(env, made):
    """P001..P050 (P049, P050 services), REEL in three lengths, FREIGHT."""
    ref, tax = env.ref, made.tax
    unit, metre, kilo = (ref(f'uom.product_uom_{u}') for u in ('unit', 'meter', 'kgm'))
    category = {
        n: env['product.category'].create({'name': n}) for n in ('Fasteners', 'Cables', 'Food', 'Services')}
    prices = {1: 0.33, 2: 348.35, 3: 69.99, 49: 95.0, 50: 120.0}
    rows = []
    for n in range(1, 51):
        food, cable, service = n % 5 == 0 and n < 49, n % 7 == 0 and n % 5, n > 48
        kind = 'Services' if service else 'Food' if food else 'Cables' if cable else 'Fasteners'
        rate = 7 if food else 19
        rows.append({
            'name': f'{kind[:-1] if kind != "Food" else kind} {n:03d}', 'default_code': f'P{n:03d}',
            'type': 'service' if service else 'consu', 'is_storable': not service,
            'uom_id': (kilo if food else metre if cable else unit).id, 'categ_id': category[kind].id,
            'list_price': prices.get(n, round(1.05 + n * 2.37, 2)),
            'standard_price': round(0.6 + n * 1.21, 2), 'weight': 0 if service else round(n / 10, 2),
            'barcode': False if service else f'20000000{n:04d}{n % 10}',
            'invoice_policy': 'order' if service else 'delivery',
            'sale_ok': True, 'purchase_ok': not service, 'description_sale': f'Article {n}',
            'taxes_id': [(6, 0, tax[rate, 'sale'].ids)],
            'supplier_taxes_id': [(6, 0, tax[rate, 'purchase'].ids)]})
    products = env['product.template'].create(rows).product_variant_id
    attribute = env['product.attribute'].create({'name': 'Length', 'create_variant': 'always'})
    lengths = env['product.attribute.value'].create(
        [{'name': f'{m} m', 'attribute_id': attribute.id, 'sequence': m} for m in (10, 25, 50)])
    reel = env['product.template'].create({
        'name': 'Cable reel', 'type': 'consu', 'is_storable': True, 'list_price': 24.5,
        'categ_id': category['Cables'].id, 'invoice_policy': 'delivery',
        'taxes_id': [(6, 0, tax[19, 'sale'].ids)],
        'attribute_line_ids': [(0, 0, {'attribute_id': attribute.id, 'value_ids': [(6, 0, lengths.ids)]})]})
    for variant, metres in zip(reel.product_variant_ids.sorted('id'), (10, 25, 50)):
        variant.write({'default_code': f'REEL-{metres}', 'standard_price': metres * 0.4})
    freight = env['product.product'].create({
        'name': 'Freight', 'default_code': 'FREIGHT', 'type': 'service', 'list_price': 7.9, 'sale_ok': False,
        'invoice_policy': 'order', 'taxes_id': [(6, 0, tax[19, 'sale'].ids)]})
    carrier = env['delivery.carrier'].search([], limit=1)
    values = {
        'name': 'Fast Parcels', 'delivery_type': 'fixed', 'product_id': freight.id, 'fixed_price': 7.9}
    if carrier:
        carrier.write(values)
    else:
        carrier.create(values)
    made.p = {x.default_code: x for x in products}
    made.stocked = products.filtered('is_storable') | reel.product_variant_ids


def make_price_lists(env, made):
    """Retail and Wholesale, with quantity breaks."""
    p = made.p

    def rule(quantity, product=None, **how):
        return (0, 0, {
            'min_quantity': quantity, 'applied_on': '1_product' if product else '3_global',
            'product_tmpl_id': product.product_tmpl_id.id if product else False, **how})

    def percent(x):
        return {'compute_price': 'percentage', 'percent_price': x}

    def fixed(x):
        return {'compute_price': 'fixed', 'fixed_price': x}

    lists = env['product.pricelist']
    both = {'currency_id': made.eur.id, 'company_id': made.company.id}
    retail = lists.search([], order='id', limit=1) or lists.create({'name': 'Retail'})
    lists.search([('id', '!=', retail.id)]).write({'active': False})
    retail.write({**both, 'name': 'Retail', 'sequence': 1, 'item_ids': [
        rule(0, **percent(0)), rule(50, **percent(3)),
        rule(0, p['P004'], **fixed(9.5)), rule(10, p['P004'], **fixed(9.0))]})
    wholesale = lists.create({**both, 'name': 'Wholesale', 'sequence': 2, 'item_ids': [
        rule(0, **percent(5)), rule(10, **percent(10)), rule(100, **percent(20)),
        rule(0, p['P001'], **percent(5)), rule(100, p['P001'], **fixed(0.29)),
        rule(1000, p['P001'], **fixed(0.25)),
        rule(0, p['P003'], **fixed(59.99)), rule(25, p['P003'], **fixed(54.99))]})
    made.retail, made.wholesale = retail, wholesale


def make_customers(env, made):
    """C00001..C00020, each with a contact P00001.., a delivery and an invoice address."""
    ref = env.ref
    whole = (0, 0, {'value': 'percent', 'value_amount': 100, 'nb_days': 60})
    terms = {
        '30': ref('account.account_payment_term_30days'),
        '60': env['account.payment.term'].create({'name': '60 Days', 'line_ids': [whole]})}
    customer = {}
    for n, (name, street, zip_, city, country) in enumerate(CUSTOMERS, 1):
        domain = f'customer{n}.example'
        place = {'zip': zip_, 'city': city, 'country_id': ref(f'base.{country}').id}
        values = {
            **place, 'name': name, 'ref': f'C{n:05d}', 'is_company': True, 'street': street,
            'email': f'info@{domain}', 'phone': f'+49 30 5551{n:03d}', 'website': f'http://{domain}',
            'vat': german_vat(n) if country == 'de' else False, 'customer_rank': 1,
            'property_product_pricelist': (made.wholesale if n % 2 == 0 else made.retail).id,
            'property_payment_term_id': (terms['60'] if n % 4 == 0 else terms['30']).id,
            'parent_id': customer[1].id if n in (2, 3, 4) else False,
            'child_ids': [
                (0, 0, {'type': 'contact', 'name': f'{GIVEN[n - 1]} {FAMILY[n - 1]}', 'ref': f'P{n:05d}',
                        'function': 'Purchasing', 'email': f'{GIVEN[n - 1].lower()}@{domain}',
                        'phone': f'+49 171 555{n:04d}'}),
                (0, 0, {**place, 'type': 'delivery', 'name': 'Warehouse', 'street': f'Gate {n}'}),
                (0, 0, {**place, 'type': 'invoice', 'name': 'Accounts payable',
                        'street': f'PO box {100 + n}', 'email': f'invoice@{domain}'})]}
        if n % 5 == 0:
            values.update(use_partner_credit_limit=True, credit_limit=1000)
        customer[n] = env['res.partner'].create(values)
    made.customer = customer


def make_stock(env, made):
    """Two warehouses with stock."""
    main = env['stock.warehouse'].search([], order='id', limit=1)
    main.write({'name': 'Main warehouse', 'code': 'WH'})
    east = env['stock.warehouse'].create({'name': 'East', 'code': 'EAST', 'company_id': made.company.id})
    quants = env['stock.quant'].with_context(inventory_mode=True).create([
        {'product_id': x.id, 'location_id': w.lot_stock_id.id, 'inventory_quantity': q}
        for i, x in enumerate(made.stocked, 1)
        for w, q in ((main, 1000 if i == 1 else 100), (east, 40 if i % 2 == 0 else 0)) if q])
    quants.action_apply_inventory()
    made.main, made.east = main, east


def make_users(env, made):
    """The integration, an administrator and one with low rights, each with a key without end date."""
    ref = env.ref
    password = os.environ['ODOO_SEED_PASSWORD']

    def make_user(login, name, secret, groups):
        return env['res.users'].with_context(no_reset_password=True).create({
            'name': name, 'login': login, 'email': f'{login}@example.com', 'password': secret,
            'group_ids': [(6, 0, [ref(g).id for g in groups])]})

    admin = ref('base.user_admin')
    admin.write({
        'password': os.environ['ODOO_SEED_ADMIN_PASSWORD'], 'email': 'admin@example.com', 'tz': 'UTC'})
    sync = make_user('crossfoot', 'Crossfoot Integration', password, [
        'base.group_user', 'sales_team.group_sale_manager', 'stock.group_stock_manager',
        'account.group_account_manager', 'base.group_partner_manager', 'product.group_product_manager'])
    reader = make_user('reader', 'Low Rights', f'{password}-reader', ['base.group_user'])
    keys = []
    for prefix, user in (('ODOO', sync), ('ODOO_ADMIN', admin), ('ODOO_READER', reader)):
        key = env['res.users.apikeys'].with_user(user).sudo()._generate('rpc', 'live tests', None)
        keys += [f'{prefix}_USER={user.login}', f'{prefix}_API_KEY={key}']
    made.sync, made.keys = sync, keys


def deliver(order, share):
    """Sends a share of each line off; the rest stays as a backorder."""
    picking = order.picking_ids.filtered(lambda x: x.state not in ('done', 'cancel'))
    picking.action_assign()
    for move in picking.move_ids:
        move.write({'quantity': round(move.product_uom_qty * share), 'picked': True})
    picking.with_context(skip_backorder=True, skip_sms=True).button_validate()


def invoice(env, order, paid, today):
    """Posts the order's invoice, and pays a share of it."""
    move = order._create_invoices()
    move.action_post()
    wizard = env['account.payment.register'].with_context(
        active_model='account.move', active_ids=move.ids).create({'payment_date': today})
    wizard.amount = move.amount_residual * paid
    wizard.action_create_payments()


def make_documents(env, made):
    """Orders in each state, and what follows from them."""
    p, today = made.p, made.today

    def order(reference, who, lines, **more):
        return env['sale.order'].create({
            'partner_id': made.customer[who].id, 'client_order_ref': reference, 'user_id': made.sync.id,
            'warehouse_id': made.main.id,
            'order_line': [
                (0, 0, {'product_id': p[code].id, 'product_uom_qty': q, **extra})
                for code, q, extra in lines], **more})

    order('DRAFT-1', 1, [('P001', 3, {}), ('P002', 1, {})])
    made.quote = order('QUOTE-1', 2, [('P001', 100, {}), ('P003', 30, {}), ('P049', 2, {})],
                       validity_date=today + timedelta(days=30))
    made.quote.action_quotation_sent()
    order('ORDER-1', 5, [('P010', 10, {}), ('P011', 4, {})]).action_confirm()  # nothing delivered
    made.part = order('ORDER-2', 6, [('P012', 10, {}), ('P013', 20, {})])
    made.part.action_confirm()
    deliver(made.part, 0.4)
    made.done = order('ORDER-3', 8, [('P001', 500, {}), ('P015', 6, {'discount': 2.5}), ('P050', 1, {})])
    made.done.action_confirm()
    deliver(made.done, 1)
    invoice(env, made.done, 1, today)
    made.open = order('ORDER-4', 19, [('P016', 12, {})])  # export, invoiced, half paid
    made.open.action_confirm()
    deliver(made.open, 1)
    invoice(env, made.open, 0.5, today)
    gone = order('CANCELLED-1', 7, [('P017', 1, {})])
    gone.action_confirm()
    gone.action_cancel()
    env['crm.lead'].create([
        {'name': 'Web request: fasteners', 'type': 'lead', 'contact_name': 'Uwe Vogt',
         'partner_name': 'Vogt Bau', 'email_from': 'uwe@vogt.example', 'user_id': made.sync.id},
        {'name': 'Frame contract cables', 'type': 'opportunity', 'partner_id': made.customer[9].id,
         'expected_revenue': 12000, 'user_id': made.sync.id}])


def check(made):
    """Ends with what is not as it was meant."""
    paid = made.done.invoice_ids.payment_state in ('paid', 'in_payment')
    open_, taxes = made.open, made.done.order_line.tax_ids
    lines = [
        ('countries', made.company.account_fiscal_country_id.code == 'DE'
         and made.company.currency_id == made.eur),
        ('ORDER-2 delivered in part', made.part.delivery_status == 'partial'),
        ('ORDER-3 invoiced and paid', made.done.delivery_status == 'full' and paid),
        ('ORDER-4 half paid', open_.invoice_ids.payment_state == 'partial'),
        ('export without tax',
         not open_.amount_tax and open_.order_line.tax_ids.mapped('amount') == [0.0]),
        ('quantity break', abs(made.quote.order_line[0].price_unit - 0.29) < 1e-9),
        ('19 and 7 %', {t.amount for t in taxes} == {19.0, 7.0}),
        ('two warehouses', made.p['P002'].with_context(warehouse_id=made.east.id).qty_available == 40),
    ]
    wrong = [name for name, ok in lines if not ok]
    if wrong:
        raise SystemExit(f'seed check failed: {", ".join(wrong)}')


def seed(env):
    """Makes everything, and answers the lines of the keys' file."""
    settings = env['ir.config_parameter'].sudo()
    settings.set_param('ir_attachment.location', 'db')  # so that a database can be cloned alone
    settings.set_param('iap.endpoint', 'http://127.0.0.1:9')  # no calls to the vendor
    settings.set_param('web.base.url.freeze', 'True')
    env['ir.attachment'].force_storage()
    made = SimpleNamespace(today=fields.Date.context_today(env.user))
    for step in (make_company, make_taxes, make_products, make_price_lists, make_customers, make_stock,
                 make_users, make_documents):
        step(env, made)
    env.flush_all()
    check(made)
    return made.keys


def main():
    odoo.tools.config.parse_config(['-c', arg.config, '-d', arg.database, '--no-http'])
    registry = Registry(arg.database)
    with registry.cursor() as cr:
        quiet = {'lang': 'en_US', 'tracking_disable': True, 'mail_create_nolog': True}
        env = api.Environment(cr, SUPERUSER_ID, quiet)
        env = env(user=env.ref('base.user_admin').id, su=True)
        keys = seed(env)
        cr.commit()
    keys_file = os.open(arg.keys, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(keys_file, 'w') as out:
        out.write('\n'.join(keys) + '\n')
    print('seeded')


if __name__ == '__main__':
    sys.exit(main())
