import { isLines, isMap } from "@crossfoot/kernel";
import type { Fields, Json } from "@crossfoot/kernel";
import { judgeOwnLines } from "@crossfoot/matching";
import type { AuditColumn, Fault, FirstLoad, Meaning } from "@crossfoot/matching";
import { entities } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import type { AuditRow, AuditSource } from "../audit/source.ts";
import type { Project } from "../config/project.ts";
import type { Engine, PlanDocument } from "../runtime/engine.ts";

/** What canonical values say, by their place in a record. */
const meanings: { readonly [path: string]: Meaning | readonly [Meaning, string] } = {
  ...{ name: "name", "name.given": "given", "name.family": "family", number: "number", parent: "parent" },
  ...{ "billingAddress.street": "street", "billingAddress.city": "city", "billingAddress.region": "region" },
  ...{ "billingAddress.postalCode": "postcode", "billingAddress.country": "country" },
  "shippingAddress.street": ["street", "shipping"],
  "shippingAddress.city": ["city", "shipping"],
  "shippingAddress.region": ["region", "shipping"],
  "shippingAddress.postalCode": ["postcode", "shipping"],
  "shippingAddress.country": ["country", "shipping"],
  ...{ phone: "phone", mobile: ["phone", "mobile"], email: "mail", website: "web", taxId: "tax" },
  ...{ industry: "category", category: "category", paymentTerms: "terms", status: "status" },
  ...{ title: "title", account: "account", product: "product", order: "order", sku: "sku", unit: "unit" },
  ...{ active: "active", "listPrice.amount": "price", "listPrice.currency": "currency" },
  ...{ gtin: "gtin", "cost.amount": "cost" },
  ...{ currency: "currency", date: "date", dueDate: "due", validUntil: "due", onHand: "quantity" },
  ...{ "net.amount": "net", "tax.amount": "vat", "gross.amount": "gross", "freight.amount": "charge" },
};

/** Whether a record of the entity has a text at this path: `name` of a company, `name.given` of a person. */
function isTold(entity: EntityName, [root = "", part]: readonly string[]): boolean {
  const kind = entities[entity].fields[root];
  if (kind?.kind === "group") return part !== undefined && kind.parts[part] !== undefined;
  return (kind?.kind === "money") === (part !== undefined);
}

/** The columns of an entity, as far as the connection's mapping reads their fields. */
function columnsOf(entity: EntityName, read: ReadonlySet<string>): readonly AuditColumn[] {
  const mapped = Object.entries(meanings).flatMap(([path, told]): readonly AuditColumn[] => {
    const [meaning, place] = typeof told === "string" ? [told, ""] : told;
    const parts = path.split(".");
    return read.has(parts[0] ?? "") && isTold(entity, parts) ? [{ name: path, meaning, place }] : [];
  });
  const own: readonly AuditColumn[] = [
    { name: "id", meaning: "id", place: "" },
    { name: "modified", meaning: "modified", place: "" },
  ];
  return [...own, ...mapped];
}

/** What a record is known by, and when it was changed: no value that anybody edits. */
const unedited = ["id", "modified"];

/** The fields of an entity that are audited on a connection, as findings name them. */
export function auditedFields(
  connection: Project["connections"][number],
  entity: EntityName,
): readonly string[] {
  const names = columnsIn(connection, entity).map(({ name }) => name);
  return names.filter((name) => !unedited.includes(name));
}

/** The fields of an entity that a connection's mapping reads. */
function readFields({ mapping }: Project["connections"][number], entity: EntityName): ReadonlySet<string> {
  const fields = Object.values(mapping.entities[entity]?.fields ?? {});
  return new Set(fields.filter(({ isRead }) => isRead).map(({ field }) => field));
}

function columnsIn(connection: Project["connections"][number], entity: EntityName): readonly AuditColumn[] {
  const isMapped = Object.keys(connection.mapping.entities[entity]?.fields ?? {}).length > 0;
  return isMapped ? columnsOf(entity, readFields(connection, entity)) : [];
}

function textAt(fields: Fields, path: string): string {
  let value: unknown = fields;
  for (const part of path.split("."))
    value = isMap(value as Json) ? (value as { readonly [part: string]: unknown })[part] : undefined;
  return typeof value === "string" || typeof value === "boolean" ? String(value) : "";
}

const dayOf = (at: number | null): string => (at === null ? "" : new Date(at).toISOString().slice(0, 10));

/** Of an order or invoice: fields by which its sum differs from that of its lines. */
const beside = { discount: "discountPercent", charge: "freight" } as const;

/** The fault of an order or invoice that its lines do not come to; the lines of a quote have no amounts. */
function sumFault(fields: Fields, read: ReadonlySet<string>): Fault | null {
  const lines = fields["lines"];
  if (!isLines(lines)) return null;
  const at = (path: string): string => textAt(fields, path);
  const document = {
    ...{ net: at("net.amount"), vat: at("tax.amount"), gross: at("gross.amount") },
    ...{ charge: at("freight.amount"), discountPercent: at("discountPercent") },
    currency: at("net.currency") || at("gross.currency"),
    lines: lines.map((line) => textAt(line.fields, "net.amount")),
    unread: { discount: !read.has(beside.discount), charge: !read.has(beside.charge) },
  };
  return judgeOwnLines(document, "net.amount");
}

async function* rowsOf(
  engine: Engine,
  of: { readonly entity: EntityName; readonly project: Project["connections"][number] },
  columns: readonly AuditColumn[],
): AsyncIterable<AuditRow> {
  const read = readFields(of.project, of.entity);
  for await (const record of engine.records(of.entity, of.project.id)) {
    const cells = columns.map(({ name }) => {
      if (name === "id") return record.id;
      return name === "modified" ? dayOf(record.modifiedAt) : textAt(record.fields, name);
    });
    const faults = Object.entries(record.problems).map(([field, { code, expected }]): Fault => ({
      rule: code === "code_unmapped" ? "value-unmapped" : "number-invalid",
      ...{ field, value: "", says: `the mapping refuses it: ${expected} was expected` },
    }));
    const sum = sumFault(record.fields, read);
    yield { cells, link: record.link, faults: sum === null ? faults : [...faults, sum] };
  }
}

/** The lists of every connection of a project, as they were last read. */
export function liveLists(engine: Engine, project: Project): readonly AuditSource[] {
  return project.connections.flatMap((connection) =>
    project.entities.flatMap((entity): readonly AuditSource[] => {
      const columns = columnsIn(connection, entity);
      if (columns.length === 0) return [];
      return [
        {
          ...{ side: connection.id, entity, from: `connection ${connection.id} (${connection.connector})` },
          open: () =>
            Promise.resolve({
              ...{ names: columns.map(({ name }) => name), columns, isLinked: true },
              rows: rowsOf(engine, { entity, project: connection }, columns),
            }),
        },
      ];
    }),
  );
}

/** Sets what a plan would create and ask in the place of bare counts. */
export function plannedLoad(loads: readonly FirstLoad[], plan: PlanDocument): readonly FirstLoad[] {
  return loads.map((load) => {
    const planned = plan.summary.find(({ entity }) => entity === load.entity);
    const creates = Object.keys(load.alone).map((side): [string, number] => [
      side,
      planned?.writes[side]?.["create"] ?? 0,
    ]);
    return { ...load, reviewed: planned?.candidates ?? 0, creates: Object.fromEntries(creates) };
  });
}
