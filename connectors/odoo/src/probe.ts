import type { ProbeAnswer, ProbeRequest } from "@crossfoot/connector-sdk";
import { externalId, keyOf } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { readByIds } from "./reader.ts";
import { shapes } from "./shapes.ts";
import { quotes } from "./sale.ts";

/** Records that one reference may lead to: it is not unique, and a person may copy what holds it. */
const foundMax = 20;

/** Finds what became of a write in doubt: a create by our reference, anything else by reading the record. */
export async function probe(odoo: Odoo, request: ProbeRequest): Promise<ProbeAnswer> {
  const { write, roots, reference, entity } = request;
  const shape = shapes[entity] ?? quotes;
  if (write.kind !== "create") {
    const ids = write.id === null ? [] : [write.id];
    return { records: await readByIds(odoo, shape, { roots, ids }), by: "reference" };
  }
  const { orderReference, partnerReference } = odoo.options;
  const field = entity === "quotes" ? orderReference : partnerReference;
  const domain = [[field, "=", reference]];
  const rows = await odoo.search({ model: shape.model, domain, fields: ["id"], limit: foundMax });
  const ids = rows.map((row) => externalId(keyOf(row)));
  return { records: await readByIds(odoo, shape, { roots, ids }), by: "reference" };
}
