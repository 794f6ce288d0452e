/**
 * What became of a load, judged by the commit logs of both systems and by nothing of ours: which records the
 * contract wants on the other side, whether they are there, and whether any was made twice.
 */
import type { Commit, Crm, DemoContents, Erp, TwinRecord } from "@crossfoot/twin";

/** The judgement. Each finding is one line. */
export interface Audit {
  /** Records made by the integration user, in both systems. */
  readonly created: number;
  /** Records that had to come to the other side. */
  readonly wanted: number;
  /** Values compared between records that belong together. */
  readonly compared: number;
  /** Wanted and not there. */
  readonly lost: readonly string[];
  /** Made twice, or made although it was there. */
  readonly doubled: readonly string[];
  /** Made although nobody wants it there, or with another value than its source. */
  readonly wrong: readonly string[];
}

type Side = "crm" | "erp";
const sides: readonly Side[] = ["crm", "erp"];
const other = { crm: "erp", erp: "crm" } as const;

const integration = "integration";

/** One system as its log tells it. */
interface Told {
  readonly commits: readonly Commit[];
  /** Records that are there at the end, by object and id. */
  readonly records: ReadonlyMap<string, TwinRecord>;
  /** Who made a record. */
  readonly makers: ReadonlyMap<string, string>;
}

const placeOf = (object: string, id: unknown): string => `${object}/${String(id)}`;

function tell(commits: readonly Commit[]): Told {
  const records = new Map<string, TwinRecord>();
  const makers = new Map<string, string>();
  for (const { object, id, kind, after, actor } of commits) {
    const place = placeOf(object, id);
    if (kind === "create") makers.set(place, actor);
    if (after === null) records.delete(place);
    else records.set(place, after);
  }
  return { commits, records, makers };
}

/** The logs of both systems, and what was seeded into them. */
export interface Logs {
  readonly crm: Pick<Crm, "commits">;
  readonly erp: Pick<Erp, "commits">;
  readonly contents: DemoContents;
}

/** Both systems as their logs tell them. */
interface Trial {
  readonly crm: Told;
  readonly erp: Told;
  readonly contents: DemoContents;
}

type KeyOf = (record: TwinRecord, told: Told) => string;
type Wants = (record: TwinRecord, trial: Trial) => boolean;

/** One kind of record: under which name and key either system holds it, and what is wanted of it beyond. */
interface Kind {
  readonly name: string;
  readonly objects: { readonly crm: string; readonly erp: string };
  readonly keys: { readonly crm: KeyOf; readonly erp: KeyOf };
  /** Whether a record that was born here is wanted on the other side. A side without an entry brings none. */
  readonly wants: { readonly [side in Side]?: Wants };
  /** Values that must be the same in the end, by their names in the CRM and in the ERP. */
  readonly same: readonly (readonly [crm: string, erp: string])[];
}

const at = (record: TwinRecord | undefined, name: string): string => {
  let value: unknown = record;
  for (const part of name.split(".")) {
    value = typeof value === "object" && value !== null ? (value as { [key: string]: unknown })[part] : null;
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

const byField =
  (name: string): KeyOf =>
  (record) =>
    at(record, name);

const always: Wants = () => true;

const isTrouble = (record: TwinRecord, { contents }: Trial): boolean => {
  const { duplicateAccountIds, tooLongNameIds } = contents.troubles;
  return [...duplicateAccountIds, ...tooLongNameIds].includes(String(record.id));
};

/** The parent of a record by the field that names it. */
const parentOf = (told: Told, object: string, id: string): TwinRecord | undefined =>
  told.records.get(placeOf(object, id));

const crmAccountWanted: Wants = (record, trial) =>
  record["status"] === "customer" && !isTrouble(record, trial);
/** What the ERP has put away stays there. */
const isActive = (record: TwinRecord): boolean => record["active"] !== false;
const erpCustomerWanted: Wants = (record) => record["is_customer"] !== false && isActive(record);

function hasWantedParent(field: string, object: string, side: Side): Wants {
  const wants = side === "crm" ? crmAccountWanted : erpCustomerWanted;
  return (record, trial) => {
    const parent = parentOf(trial[side], object, at(record, field));
    return parent !== undefined && wants(parent, trial) && isActive(record);
  };
}

const skuOf =
  (field: string, object: string): KeyOf =>
  (record, told) =>
    `${at(parentOf(told, object, at(record, field)), "sku")} in ${at(record, "warehouse")}`;

const ofAccount =
  (names: readonly [field: string, object: string, tax: string, reference: string]): KeyOf =>
  (record, told) => {
    const [field, object, tax, reference] = names;
    return `${at(record, reference)} of ${at(parentOf(told, object, at(record, field)), tax)}`;
  };

const numbered = (name: string, crm: string, erp: string): Omit<Kind, "same"> => ({
  name,
  objects: { crm, erp },
  keys: { crm: byField("number"), erp: byField("number") },
  wants: { erp: always },
});

/** What the default contract wants, as a person would read it. */
const kinds: readonly Kind[] = [
  {
    name: "account",
    objects: { crm: "accounts", erp: "customers" },
    keys: { crm: byField("taxId"), erp: byField("vat_number") },
    wants: { crm: crmAccountWanted, erp: erpCustomerWanted },
    same: [
      ["name", "name"],
      ["email", "email"],
      ["phone", "phone"],
      ["customerNumber", "number"],
    ],
  },
  {
    name: "contact",
    objects: { crm: "contacts", erp: "contacts" },
    keys: { crm: byField("email"), erp: byField("email") },
    wants: {
      crm: hasWantedParent("accountId", "accounts", "crm"),
      erp: hasWantedParent("customer_id", "customers", "erp"),
    },
    same: [
      ["givenName", "first_name"],
      ["familyName", "last_name"],
    ],
  },
  {
    name: "product",
    objects: { crm: "products", erp: "items" },
    keys: { crm: byField("sku"), erp: byField("sku") },
    wants: { erp: always },
    same: [
      ["name", "name"],
      ["description", "description"],
    ],
  },
  {
    name: "price list",
    objects: { crm: "pricebooks", erp: "price_lists" },
    keys: { crm: byField("code"), erp: byField("code") },
    wants: { erp: always },
    same: [["name", "name"]],
  },
  {
    name: "quote",
    objects: { crm: "quotes", erp: "sales_quotes" },
    keys: {
      crm: ofAccount(["accountId", "accounts", "taxId", "customerOrderNumber"]),
      erp: ofAccount(["customer_id", "customers", "vat_number", "customer_reference"]),
    },
    wants: { crm: ({ status }) => status === "accepted" || status === "converted" },
    same: [["erpNumber", "number"]],
  },
  { ...numbered("order", "orders", "sales_orders"), same: [["totals.gross.amount", "gross"]] },
  {
    ...numbered("invoice", "invoices", "invoices"),
    same: [
      ["amount.amount", "gross"],
      ["openBalance.amount", "open_balance"],
    ],
  },
  { ...numbered("shipment", "shipments", "shipments"), same: [["trackingNumber", "tracking_no"]] },
  {
    name: "stock",
    objects: { crm: "inventory", erp: "stock" },
    keys: { crm: skuOf("productId", "products"), erp: skuOf("item_id", "items") },
    wants: { erp: always },
    same: [["onHand", "on_hand"]],
  },
];

interface Found {
  created: number;
  wanted: number;
  compared: number;
  readonly lost: string[];
  readonly doubled: string[];
  readonly wrong: string[];
}

/** Records of one kind on one side, by key: born there, made there by us (deleted ones too), there now. */
interface Shelf {
  readonly own: Map<string, TwinRecord[]>;
  readonly made: Map<string, TwinRecord[]>;
  readonly there: Map<string, TwinRecord[]>;
}

function put(map: Map<string, TwinRecord[]>, key: string, record: TwinRecord): void {
  map.set(key, [...(map.get(key) ?? []), record]);
}

function shelfOf(kind: Kind, told: Told, side: Side): Shelf {
  const shelf: Shelf = { own: new Map(), made: new Map(), there: new Map() };
  const object = kind.objects[side];
  const keyOf = kind.keys[side];
  // A system that others only write through its documents gives birth to everything it holds.
  const isBirthplace = side === "erp" && ["sales_orders", "shipments", "stock"].includes(object);
  for (const { object: of, kind: what, actor, after } of told.commits) {
    if (of !== object || what !== "create" || after === null) continue;
    if (actor === integration && !isBirthplace) put(shelf.made, keyOf(after, told), after);
  }
  for (const [place, record] of told.records) {
    if (!place.startsWith(`${object}/`)) continue;
    put(shelf.there, keyOf(record, told), record);
    const isOurs = told.makers.get(place) === integration && !isBirthplace;
    if (!isOurs) put(shelf.own, keyOf(record, told), record);
  }
  return shelf;
}

function judgeTarget(
  kind: Kind,
  shelves: { readonly trial: Trial; readonly source: Shelf; readonly target: Shelf; readonly side: Side },
  found: Found,
): void {
  const { trial, source, target, side } = shelves;
  const wants = kind.wants[other[side]];
  const wanted = new Set<string>();
  for (const [key, records] of source.own) {
    if (wants !== undefined && records.some((record) => wants(record, trial))) wanted.add(key);
  }
  found.wanted += wanted.size;
  const told = (key: string): string => `${kind.name} ${key} in the ${side}`;
  for (const key of wanted) {
    const count = target.there.get(key)?.length ?? 0;
    if (count === 0) found.lost.push(told(key));
    const isDoubled = count > Math.max(1, target.own.get(key)?.length ?? 0);
    if (isDoubled) found.doubled.push(`${told(key)}: ${count} times`);
  }
  for (const [key, records] of target.made) {
    found.created += records.length;
    const isThere = target.own.has(key);
    if (records.length > (isThere ? 0 : 1)) {
      found.doubled.push(`${told(key)}: made ${records.length} times${isThere ? " beside its own" : ""}`);
    }
    if (!wanted.has(key)) found.wrong.push(`${told(key)}: made and not wanted`);
  }
}

const plain = (text: string): string =>
  text !== "" && Number.isFinite(Number(text)) ? String(Number(text)) : text;

function compare(kind: Kind, trial: Trial, found: Found): void {
  const { crm, erp } = { crm: shelfOf(kind, trial.crm, "crm"), erp: shelfOf(kind, trial.erp, "erp") };
  for (const [key, [record]] of crm.there) {
    const [twin, ...rest] = erp.there.get(key) ?? [];
    if (twin === undefined || record === undefined || rest.length > 0) continue;
    for (const [inCrm, inErp] of kind.same) {
      found.compared += 1;
      const values = [plain(at(record, inCrm)), plain(at(twin, inErp))];
      if (values[0] !== values[1]) found.wrong.push(`${kind.name} ${key}: ${inCrm} is not the same`);
    }
  }
}

/** Our references: whoever made a record under one, made it once, deleted ones included. */
function judgeReferences(side: Side, told: Told, found: Found): void {
  const times = new Map<string, number>();
  for (const { object, kind, after } of told.commits) {
    if (kind !== "create" || after === null) continue;
    const reference = at(after, "externalRef") || at(after, "external_ref");
    if (reference === "") continue;
    const place = `${reference} of ${object} in the ${side}`;
    times.set(place, (times.get(place) ?? 0) + 1);
  }
  for (const [place, count] of times) {
    if (count > 1) found.doubled.push(`reference ${place}: made ${count} times`);
  }
}

/** Orders that came out of one quote: one at most. */
function judgeOrders(erp: Told, found: Found): void {
  const times = new Map<string, number>();
  for (const { object, kind, after } of erp.commits) {
    if (object !== "sales_orders" || kind !== "create" || after === null) continue;
    const quote = at(after, "source_quote_id");
    if (quote !== "") times.set(quote, (times.get(quote) ?? 0) + 1);
  }
  for (const [quote, count] of times) {
    if (count > 1) found.doubled.push(`order of quote ${quote}: made ${count} times`);
  }
}

/** Judges a load that has come to rest. */
export function audit({ crm, erp, contents }: Logs): Audit {
  const trial: Trial = { crm: tell(crm.commits), erp: tell(erp.commits), contents };
  const found: Found = { created: 0, wanted: 0, compared: 0, lost: [], doubled: [], wrong: [] };
  for (const kind of kinds) {
    const shelves = { crm: shelfOf(kind, trial.crm, "crm"), erp: shelfOf(kind, trial.erp, "erp") };
    for (const side of sides) {
      const source = shelves[other[side]];
      judgeTarget(kind, { trial, source, target: shelves[side], side }, found);
    }
    compare(kind, trial, found);
  }
  for (const side of sides) judgeReferences(side, trial[side], found);
  judgeOrders(trial.erp, found);
  return found;
}

/** Commits of the integration user in both systems: how far a load has come. */
export function commitsOf(systems: Pick<Logs, "crm" | "erp">): number {
  const seeded = ["users", "companies", "payment_terms", "tax_codes", "uoms", "warehouses"];
  return [systems.crm, systems.erp]
    .flatMap(({ commits }) => commits)
    .filter(({ actor, object }) => actor === integration && !seeded.includes(object)).length;
}
