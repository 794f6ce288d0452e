import type { ProbeAnswer, ProbeRequest } from "@crossfoot/connector-sdk";
import { externalId, keyOf } from "./native.ts";
import type { Json } from "./native.ts";
import { accounts, contacts, referencePrefix } from "./party.ts";
import { readByIds } from "./reader.ts";
import type { Rpc } from "./rpc.ts";
import { orders, quotes } from "./sale.ts";
import type { Shape } from "./shape.ts";

/** Records that one reference may lead to: a person who copies a sale copies its reference. */
const foundMax = 20;

const shapes: { readonly [entity: string]: Shape } = { contacts, orders, quotes };

/** Finds what became of a write in doubt: a create by our reference, anything else by reading the record. */
export async function probe(rpc: Rpc, request: ProbeRequest): Promise<ProbeAnswer> {
  const { write, roots, reference, entity } = request;
  const shape = shapes[entity] ?? accounts;
  if (write.kind !== "create") {
    const ids = write.id === null ? [] : [write.id];
    return { records: await readByIds(rpc, shape, { roots, ids }), by: "reference" };
  }
  const domain: readonly Json[] =
    entity === "quotes"
      ? [[rpc.options.referenceField, "=", reference]]
      : [
          [
            "identifiers",
            "where",
            [
              ["code", "=", `${referencePrefix}${reference}`],
              ["type", "=", null],
            ],
          ],
        ];
  const rows = await rpc.search({ model: shape.model, domain, fields: ["id"], limit: foundMax });
  const ids = rows.map((row) => externalId(keyOf(row)));
  return { records: await readByIds(rpc, shape, { roots, ids }), by: "reference" };
}
