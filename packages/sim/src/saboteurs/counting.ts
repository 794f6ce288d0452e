import type { NativeRecord, NativeWrite } from "@crossfoot/connector-sdk";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { isMap } from "../system/dialect.ts";
import type { Saboteur } from "./saboteur.ts";
import { withConnections, withStore } from "./wrap.ts";

const linesOf = (patch: JsonMap): readonly (readonly [root: string, lines: readonly Json[]])[] =>
  Object.entries(patch).flatMap(([root, value]) =>
    Array.isArray(value) && root.toLowerCase() === "lines" ? [[root, value as readonly Json[]] as const] : [],
  );

const rewriting = (change: (one: NativeWrite) => NativeWrite): Saboteur["sabotage"] =>
  withConnections((connection) => ({
    ...connection,
    write: (writes) => connection.write(writes.map(change)),
  }));

/** A build that says nothing of what a system did not keep. */
const untold = withStore((store) => ({
  commitOutcomes: (outcomes, runId, rights) =>
    store.commitOutcomes(
      outcomes.map((outcome) => ({ ...outcome, losses: [] })),
      runId,
      rights,
    ),
}));

/** Every map within a value, changed. */
function eachMap(value: Json, change: (map: JsonMap) => JsonMap): Json {
  if (Array.isArray(value)) return value.map((one: Json) => eachMap(one, change));
  if (!isMap(value)) return value;
  return change(
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, eachMap(inner, change)])),
  );
}

const plainRecord = (record: NativeRecord): NativeRecord =>
  record.kind === "merged" ? { ...record, kind: "deleted", into: null } : record;

/** Amounts, units, nothing and everything; and who is who. */
export const counting: readonly Saboteur[] = [
  {
    name: "line-lost",
    invariant: "I11",
    title: "the last line of a document stays behind, and nobody is told",
    sabotage: (world) =>
      untold(
        rewriting((one) => {
          const [[root, lines] = ["", []]] = linesOf(one.patch);
          return lines.length < 2 ? one : { ...one, patch: { ...one.patch, [root]: lines.slice(0, -1) } };
        })(world),
      ),
  },
  {
    name: "total-from-elsewhere",
    invariant: "I11",
    title: "the total that is sent is the net amount, and nobody is told",
    sabotage: (world) =>
      untold(
        rewriting((one) => {
          const root = "Gross" in one.patch ? "Gross" : "gross";
          const net = one.patch[root === "Gross" ? "Net" : "net"];
          return net === undefined || !(root in one.patch)
            ? one
            : { ...one, patch: { ...one.patch, [root]: net } };
        })(world),
      ),
  },
  {
    name: "wrong-currency",
    invariant: "I12",
    title: "an amount goes over with the currency of the house",
    sabotage: rewriting((one) => ({
      ...one,
      patch: Object.fromEntries(
        Object.entries(one.patch).map(([root, value]): [string, Json] => [
          root,
          root === "Currency"
            ? "Chf"
            : eachMap(value, (map) => ("currency" in map ? { ...map, currency: "CHF" } : map)),
        ]),
      ),
    })),
  },
  {
    name: "unit-dropped",
    invariant: "I12",
    title: "a quantity goes over without its unit",
    sabotage: rewriting((one) => ({
      ...one,
      patch: Object.fromEntries(
        Object.entries(one.patch).map(([root, value]): [string, Json] => [
          root,
          eachMap(value, (map) => ("unit" in map && "qty" in map ? { ...map, unit: null } : map)),
        ]),
      ),
    })),
  },
  {
    name: "empty-for-null",
    invariant: "I12",
    title: "nothing is sent as an empty text",
    sabotage: rewriting((one) => ({
      ...one,
      patch: Object.fromEntries(
        Object.entries(one.patch).map(([root, value]): [string, Json] => [root, value ?? ""]),
      ),
    })),
  },
  {
    name: "merge-ignored",
    invariant: "I28",
    title: "a record that was merged into another counts as deleted",
    faults: ["P8"],
    sabotage: withConnections((connection) => ({
      ...connection,
      read: async (request) => {
        const page = await connection.read(request);
        return { ...page, records: page.records.map(plainRecord) };
      },
      readByIds: async (request) => (await connection.readByIds(request)).map(plainRecord),
    })),
  },
];
