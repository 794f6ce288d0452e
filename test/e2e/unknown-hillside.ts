import { createHmac } from "node:crypto";
import { isMap, listOf, mapOf, serveSystem, textOf } from "./unknown-wire.ts";
import type { Asked, Json, JsonMap, Told, Wire } from "./unknown-wire.ts";

/**
 * Hillside CRM, written for one test: Basic auth, PascalCase, single records wrapped in their type's name,
 * pages by number, versions in the ETag header alone, amounts as JSON numbers, stamps with an offset, 400 for
 * every no.
 */
export interface Hillside extends Wire {
  readonly user: string;
  readonly password: string;
  readonly webhookSecret: string;
  /** Records of a type as they are now. */
  all(kind: Kind): readonly JsonMap[];
  /** A person makes a record, and gets its id. */
  add(kind: Kind, fields: JsonMap): string;
  /** A person changes a record. */
  edit(kind: Kind, id: string, fields: JsonMap): void;
  /** A person deletes a record for good. */
  remove(kind: Kind, id: string): void;
  find(kind: Kind, field: string, value: Json): JsonMap;
  /** Requests that changed something or meant to. */
  writes(): readonly Asked[];
  /** A delivery about a record, with the headers that prove it. */
  delivery(kind: Kind, id: string): { readonly body: string; readonly headers: Record<string, string> };
}

/** Record types and what their lists are called. */
const plurals = {
  Account: "Accounts",
  Contact: "Contacts",
  Product: "Products",
  Quote: "Quotes",
  Order: "Orders",
} as const;
type Kind = keyof typeof plurals;

const common = ["Id", "ForeignKey", "Archived", "CreatedOn", "ModifiedOn", "ModifiedBy"];
const document = ["Number", "AccountId", "TheirReference", "Terms", "Currency", "State", "Lines"];
const totals = ["Net", "Tax", "Gross"];
const fieldsOf: { readonly [kind in Kind]: readonly string[] } = {
  Account: [
    ...[
      "Name",
      "CustomerNumber",
      "ParentId",
      "Addresses",
      "Phone",
      "Email",
      "Web",
      "VatId",
      "Currency",
      "Terms",
    ],
    ...["CreditLimit", "Stage"],
  ],
  Contact: ["FirstName", "LastName", "JobTitle", "PhoneNumbers", "Email", "AccountId", "DoNotEmail"],
  Product: ["Code", "Title", "Text", "Unit", "Active", "ListPrice", "Currency"],
  Quote: [...document, ...totals, "QuotedOn", "ExpiresOn", "WantedOn", "ErpNumber"],
  Order: [...document, ...totals, "OrderDate", "QuoteId"],
};
/** What the system works out or stamps by itself. */
const own: ReadonlySet<string> = new Set(["Id", "CreatedOn", "ModifiedOn", "ModifiedBy"]);

interface Row {
  readonly fields: JsonMap;
  readonly revision: number;
  readonly modifiedAt: number;
}

interface Office {
  readonly rows: { readonly [kind in Kind]: Map<string, Row> };
  counter: number;
  lastStamp: number;
}

/** A stamp as people near the office read it: two hours ahead of UTC, and said so. */
const stampOf = (ms: number): string => new Date(ms + 7_200_000).toISOString().replace("Z", "+02:00");

function no(code: string, field?: string): Told {
  const one = { Code: code, Message: `Sorry: ${code}`, ...(field === undefined ? {} : { Field: field }) };
  return { status: 400, body: { Errors: [one] } };
}

const cents = (value: number): number => Math.round(value * 100) / 100;

/** Line ids for rows without one; totals of a quote are the system's own. */
function worked(office: Office, kind: Kind, fields: JsonMap): JsonMap {
  if (!Array.isArray(fields["Lines"])) return fields;
  const lines = listOf(fields["Lines"]).map((line): JsonMap => {
    const row = mapOf(line);
    if (row["LineId"] !== undefined) return row;
    office.counter += 1;
    return { ...row, LineId: `ln-${office.counter}` };
  });
  if (kind !== "Quote") return { ...fields, Lines: lines };
  const sums = lines.map((row) => {
    const share = 1 - Number(row["Discount"] ?? 0) / 100;
    return cents(Number(row["Quantity"]) * Number(row["Price"]) * share);
  });
  const net = cents(sums.reduce((sum, one) => sum + one, 0));
  const tax = cents(net * 0.19);
  return { ...fields, Lines: lines, Net: net, Tax: tax, Gross: cents(net + tax) };
}

interface Change {
  readonly kind: Kind;
  readonly id: string | null;
  readonly fields: JsonMap;
  readonly by: string;
}

function store(office: Office, change: Change): string {
  const { kind, fields, by } = change;
  office.counter += 1;
  const id = change.id ?? `${kind.slice(0, 3).toLowerCase()}-${office.counter}`;
  const before = office.rows[kind].get(id);
  office.lastStamp = Math.max(Date.now(), office.lastStamp + 1);
  const stamp = stampOf(office.lastStamp);
  const blank = Object.fromEntries(["ForeignKey", ...fieldsOf[kind]].map((name) => [name, null]));
  const base = before?.fields ?? { ...blank, Archived: false, CreatedOn: stamp };
  const merged = worked(office, kind, { ...base, ...fields });
  office.rows[kind].set(id, {
    fields: { ...merged, Id: id, ModifiedOn: stamp, ModifiedBy: by },
    revision: (before?.revision ?? 0) + 1,
    modifiedAt: office.lastStamp,
  });
  return id;
}

const etagOf = (row: Row): string => `W/"rev-${row.revision}"`;

function single(kind: Kind, row: Row): Told {
  return { status: 200, headers: { etag: etagOf(row) }, body: { [kind]: row.fields } };
}

/** One page of a list, by its number; a page after the last one is empty. */
function list(office: Office, kind: Kind, asked: Asked): Told {
  const size = Math.min(Number(asked.query.get("per_page") ?? "5"), 7);
  const page = Number(asked.query.get("page") ?? "1");
  if (!Number.isInteger(page) || page < 1) return no("BadPage");
  const since = Date.parse(asked.query.get("ModifiedSince") ?? stampOf(0));
  if (Number.isNaN(since)) return no("BadDate", "ModifiedSince");
  const key = asked.query.get("ForeignKey");
  const rows = [...office.rows[kind].values()].filter(
    ({ fields, modifiedAt }) => modifiedAt >= since && (key === null || fields["ForeignKey"] === key),
  );
  const meta = { page, pages: Math.ceil(rows.length / size) };
  const shown = rows.slice((page - 1) * size, page * size).map(({ fields }) => fields);
  if (asked.path.endsWith("/Ids"))
    return { status: 200, body: { Ids: shown.map((row) => row["Id"] ?? ""), meta } };
  return { status: 200, body: { [plurals[kind]]: shown, meta } };
}

/** Why a body is refused, or its fields. */
function fieldsIn(office: Office, kind: Kind, asked: Asked): Told | { readonly fields: JsonMap } {
  const body = mapOf(asked.body)[kind];
  if (!isMap(body)) return no("NotWrapped");
  const foreign = Object.keys(body).find(
    (name) => own.has(name) || ![...common, ...fieldsOf[kind]].includes(name),
  );
  if (foreign !== undefined) return no("UnknownField", foreign);
  if (kind === "Quote" && totals.some((name) => body[name] !== undefined)) return no("ReadOnly", "Net");
  const words = Object.entries(body).find(
    ([name, value]) => totals.includes(name) && typeof value === "string",
  );
  if (words !== undefined) return no("NotANumber", words[0]);
  const account = body["AccountId"];
  if (typeof account === "string" && !office.rows.Account.has(account))
    return no("NoSuchRecord", "AccountId");
  return { fields: body };
}

function change(office: Office, at: { kind: Kind; id: string; action: string }, asked: Asked): Told {
  const { kind, id, action } = at;
  const row = office.rows[kind].get(id);
  if (row === undefined) return no("NotFound");
  const match = asked.headers["if-match"];
  if (match === undefined) return no("MatchNeeded");
  if (match !== etagOf(row)) return no("Changed");
  let fields: JsonMap;
  if (action === "Archive") fields = { Archived: true };
  else if (action === "Order") {
    if (row.fields["State"] !== "Won") return no("WrongState", "State");
    fields = { State: "Ordered" };
  } else {
    const given = fieldsIn(office, kind, asked);
    if ("status" in given) return given;
    ({ fields } = given);
  }
  store(office, { kind, id, fields, by: "api" });
  return single(kind, office.rows[kind].get(id) as Row);
}

function answer(office: Office, asked: Asked): Told {
  const [, version, name = "", id = "", action = ""] = asked.path.split("/");
  if (version !== "v3") return no("NotFound");
  if (name === "Tenant") return { status: 200, body: { Tenant: { Key: "hillside-7", Label: "Hillside" } } };
  for (const kind of Object.keys(plurals) as Kind[]) {
    if (name === plurals[kind] && asked.method === "GET") return list(office, kind, asked);
    if (name !== kind) continue;
    if (asked.method === "POST" && id === "") {
      const given = fieldsIn(office, kind, asked);
      if ("status" in given) return given;
      const made = store(office, { kind, id: null, fields: given.fields, by: "api" });
      return single(kind, office.rows[kind].get(made) as Row);
    }
    if (asked.method !== "GET") return change(office, { kind, id, action }, asked);
    const row = office.rows[kind].get(id);
    return row === undefined ? no("NotFound") : single(kind, row);
  }
  return no("NotFound");
}

/** Starts an empty Hillside CRM on a free port. */
export async function startHillside(): Promise<Hillside> {
  const [user, password, webhookSecret] = ["crossfoot", "pa:ss wörd", "hillside-hook"];
  const office: Office = {
    rows: { Account: new Map(), Contact: new Map(), Product: new Map(), Quote: new Map(), Order: new Map() },
    counter: 0,
    lastStamp: 0,
  };
  const login = `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
  const wire = await serveSystem((asked) =>
    asked.headers.authorization === login ? answer(office, asked) : no("BadLogin"),
  );
  const all = (kind: Kind): readonly JsonMap[] => [...office.rows[kind].values()].map(({ fields }) => fields);
  return {
    ...wire,
    user,
    password,
    webhookSecret,
    all,
    add: (kind, fields) => store(office, { kind, id: null, fields, by: "sally" }),
    edit: (kind, id, fields) => void store(office, { kind, id, fields, by: "sally" }),
    remove: (kind, id) => void office.rows[kind].delete(id),
    find: (kind, field, value) => {
      const found = all(kind).filter((row) => row[field] === value);
      if (found.length !== 1) throw new Error(`${found.length} of ${kind} have ${field} ${textOf(value)}`);
      return found[0] as JsonMap;
    },
    writes: () => wire.asked.filter(({ method }) => method !== "GET"),
    delivery: (kind, id) => {
      const body = JSON.stringify({ Events: [{ Kind: kind, Key: id, What: "Changed" }] });
      const time = stampOf(Date.now());
      const proof = createHmac("sha512", webhookSecret).update(`v1:${time}:${body}`, "utf8").digest("base64");
      const headers = { "x-hillside-time": time, "x-hillside-proof": `sha512 ${proof}` };
      return { body, headers: { ...headers, "x-hillside-delivery": `dlv-${(office.counter += 1)}` } };
    },
  };
}
