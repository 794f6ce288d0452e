import { readTable } from "../matching/sets.ts";

/** One record by meaning. */
export type Row = Record<string, string>;

/** The lists of one side, by entity. */
export type Extract = Record<string, Row[]>;

/** Both sides of one business, without planted errors. */
export interface Business {
  readonly name: string;
  readonly crm: Extract;
  readonly erp: Extract;
}

/** Random numbers from 0 to 1 by a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function rowsOf(folder: URL, file: string): Row[] {
  const { columns, rows } = readTable(new URL(file, folder));
  return rows.map((row) => {
    const cells = columns.map((column, at): [string, string] => [column, row[at] ?? ""]);
    return Object.fromEntries(cells.map(([column, cell]) => [column, cell === "NULL" ? "" : cell]));
  });
}

const pad = (number: number, digits: number): string => String(number).padStart(digits, "0");

/** A VAT id of Germany with a right check digit (ISO 7064 MOD 11,10). */
function taxIdOf(number: number): string {
  const body = pad(10_000_000 + number * 7919, 8).slice(0, 8);
  let rest = 10;
  for (const digit of body) {
    const sum = (Number(digit) + rest) % 10;
    rest = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return `DE${body}${(11 - rest) % 10}`;
}

/** A GTIN of 13 digits with a right check digit. */
function gtinOf(number: number): string {
  const body = `400${pad(number * 37 + 11, 9)}`;
  let sum = 0;
  for (const [at, digit] of Array.from(body).entries()) sum += Number(digit) * (at % 2 === 0 ? 1 : 3);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

const states = ["lead", "prospect", "customer"];

/** What the open rows do not have, made up: it is the same on both sides and in order. */
function filled(row: Row, at: number): Row {
  return {
    ...row,
    tax: taxIdOf(at + 1),
    web: `www.company-${at + 1}.com`,
    mail: row["mail"] ?? `desk.${at + 1}@company-${at + 1}.com`,
    currency: "EUR",
    status: states[at % states.length] ?? "",
    modified: `2026-0${(at % 9) + 1}-1${at % 9}`,
    parent: "",
  };
}

function northwind(folder: URL): Extract {
  const people = [...rowsOf(folder, "northwind/customers.csv"), ...rowsOf(folder, "northwind/suppliers.csv")];
  const idOf = (row: Row): string => row["customerID"] ?? `S${row["supplierID"] ?? ""}`;
  const accounts = people.map((row, at) =>
    filled(
      {
        ...{ id: idOf(row), name: row["companyName"] ?? "", street: row["address"] ?? "" },
        ...{ city: row["city"] ?? "", postcode: row["postalCode"] ?? "", country: row["country"] ?? "" },
        phone: row["phone"] ?? "",
      },
      at,
    ),
  );
  const contacts = people.map((row, at) => ({
    ...{ id: `P${at + 1}`, name: row["contactName"] ?? "", account: idOf(row) },
    ...{ mail: `person.${at + 1}@company-${at + 1}.com`, phone: row["phone"] ?? "" },
    country: row["country"] ?? "",
  }));
  const products = rowsOf(folder, "northwind/products.csv").map((row, at) => ({
    ...{ id: row["productID"] ?? "", name: row["productName"] ?? "", sku: `NW-${pad(at + 1, 4)}` },
    ...{ gtin: gtinOf(at), unit: "pcs", price: row["unitPrice"] ?? "" },
    cost: (Number(row["unitPrice"]) * 0.6).toFixed(2),
    discontinued: row["discontinued"] ?? "",
  }));
  const lines = linesOf(rowsOf(folder, "northwind/order_details.csv"), {
    ...{ order: "orderID", price: "unitPrice", quantity: "quantity", product: "productID" },
  });
  const worth = worthOf(lines);
  const orders = rowsOf(folder, "northwind/orders.csv").map((row) => {
    const freight = row["freight"] ?? "0";
    const net = ((worth.get(row["orderID"] ?? "") ?? 0) + Number(freight)).toFixed(2);
    const tax = (Number(net) * 0.2).toFixed(2);
    return {
      ...{ number: row["orderID"] ?? "", account: row["customerID"] ?? "", currency: "EUR" },
      ...{ date: row["orderDate"]?.slice(0, 10) ?? "", due: row["requiredDate"]?.slice(0, 10) ?? "" },
      ...{ freight, net, tax, gross: (Number(net) + Number(tax)).toFixed(2) },
    };
  });
  return { accounts, contacts, products, orders, lines };
}

/** Lines as both sides have them: the amount of each is rounded, its discount a part of one. */
function linesOf(
  rows: readonly Row[],
  names: {
    readonly order: string;
    readonly price: string;
    readonly quantity: string;
    readonly product?: string;
  },
): Row[] {
  return rows.map((row, at) => {
    const [price, quantity] = [row[names.price] ?? "0", row[names.quantity] ?? "0"];
    const discount = row["discount"] ?? "0";
    return {
      ...{ id: `L${at + 1}`, order: row[names.order] ?? "" },
      ...(names.product === undefined ? {} : { product: row[names.product] ?? "" }),
      ...{ quantity, unit_price: price, discount },
      net: (Number(price) * Number(quantity) * (1 - Number(discount))).toFixed(2),
    };
  });
}

/** What the lines of each document come to. */
function worthOf(lines: readonly Row[]): ReadonlyMap<string, number> {
  const worth = new Map<string, number>();
  for (const { order = "", net = "0" } of lines) worth.set(order, (worth.get(order) ?? 0) + Number(net));
  return worth;
}

/** Tracks that are offered; all 3,503 make the run long and show nothing more. */
const tracksMax = 800;

function chinook(folder: URL): Extract {
  const people = rowsOf(folder, "chinook/Customer.csv");
  const accounts = people.map((row, at) =>
    filled(
      {
        id: row["CustomerId"] ?? "",
        name:
          row["Company"] === ""
            ? `${row["FirstName"] ?? ""} ${row["LastName"] ?? ""}`
            : (row["Company"] ?? ""),
        ...{ street: row["Address"] ?? "", city: row["City"] ?? "", postcode: row["PostalCode"] ?? "" },
        ...{ country: row["Country"] ?? "", phone: row["Phone"] ?? "", mail: row["Email"] ?? "" },
      },
      at,
    ),
  );
  const products = rowsOf(folder, "chinook/Track.csv")
    .slice(0, tracksMax)
    .map((row, at) => ({
      ...{ id: row["TrackId"] ?? "", name: row["Name"] ?? "", sku: `TR-${pad(at + 1, 5)}`, gtin: gtinOf(at) },
      ...{ unit: "pcs", price: row["UnitPrice"] ?? "", cost: "0.40", discontinued: "0" },
    }));
  const invoices = rowsOf(folder, "chinook/Invoice.csv").map((row) => {
    const net = row["Total"] ?? "0";
    const day = row["InvoiceDate"]?.slice(0, 10) ?? "";
    return {
      ...{ number: row["InvoiceId"] ?? "", account: row["CustomerId"] ?? "", currency: "USD" },
      ...{ date: day, due: `${Number(day.slice(0, 4)) + 1}${day.slice(4).replace("-29", "-28")}` },
      ...{ net, tax: "0.00", gross: net },
    };
  });
  const lines = linesOf(rowsOf(folder, "chinook/InvoiceLine.csv"), {
    ...{ order: "InvoiceId", price: "UnitPrice", quantity: "Quantity" },
  });
  return { accounts, products, invoices, lines };
}

function adventureWorks(folder: URL): Extract {
  const companies = [
    ...rowsOf(folder, "adventureworks/Store.csv"),
    ...rowsOf(folder, "adventureworks/Vendor.csv"),
  ];
  const accounts = companies.map((row, at) =>
    filled({ id: row["BusinessEntityID"] ?? "", name: row["Name"] ?? "" }, at),
  );
  const products = rowsOf(folder, "adventureworks/Product.csv").map((row, at) => ({
    ...{ id: row["ProductID"] ?? "", name: row["Name"] ?? "", sku: row["ProductNumber"] ?? "" },
    ...{ gtin: gtinOf(at), unit: "pcs", price: row["ListPrice"] ?? "", cost: row["StandardCost"] ?? "" },
    // Parts for the own workshop are not sold.
    discontinued: row["FinishedGoodsFlag"] === "1" && row["SellEndDate"] === "" ? "0" : "1",
  }));
  return { accounts, products };
}

const copyOf = (extract: Extract): Extract =>
  Object.fromEntries(
    Object.entries(extract).map(([entity, rows]) => [entity, rows.map((row) => ({ ...row }))]),
  );

/** The ERP's own rows of the same records: other ids and order, names as its people write them. */
function erpOf(crm: Extract): Extract {
  const erp = copyOf(crm);
  const [ids, products] = [new Map<string, string>(), new Map<string, string>()];
  for (const [at, row] of (erp["accounts"] ?? []).entries()) {
    ids.set(row["id"] ?? "", String(70_000 + at));
    row["id"] = String(70_000 + at);
  }
  for (const [entity, rows] of Object.entries(erp))
    for (const [at, row] of rows.entries()) {
      if (entity === "products") products.set(row["id"] ?? "", String(1000 + at));
      if (entity === "contacts" || entity === "products") row["id"] = String(1000 + at);
      if (row["product"] !== undefined) row["product"] = products.get(row["product"]) ?? "";
      if (row["account"] !== undefined) row["account"] = ids.get(row["account"]) ?? "";
    }
  return Object.fromEntries(Object.entries(erp).map(([entity, rows]) => [entity, rows.toReversed()]));
}

/** The three open businesses as both sides have them. */
export function loadBusinesses(folder: URL): readonly Business[] {
  const all = { northwind, chinook, adventureworks: adventureWorks };
  return Object.entries(all).map(([name, make]) => {
    const crm = make(folder);
    return { name, crm, erp: erpOf(crm) };
  });
}
