import type { NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import type { Saboteur } from "./saboteur.ts";
import { withConnections, withStore } from "./wrap.ts";

const isDoubtful = (one: WriteOutcome): boolean =>
  one.kind === "failed" && one.failure.failure === "in_doubt";

/** What is sent, and what becomes of its answer. */
export const writing: readonly Saboteur[] = [
  {
    name: "blind-repeat",
    invariant: "I03",
    title: "a write whose answer was lost is sent again at once",
    faults: ["N3"],
    sabotage: withConnections((connection) => ({
      ...connection,
      write: async (writes) => {
        const outcomes = await connection.write(writes);
        return outcomes.some(isDoubtful) ? connection.write(writes) : outcomes;
      },
    })),
  },
  {
    name: "doubt-as-failure",
    invariant: "I03",
    title: "a write whose outcome is unknown counts as one that failed",
    faults: ["N3"],
    sabotage: withConnections((connection) => ({
      ...connection,
      write: async (writes) => {
        const outcomes = await connection.write(writes);
        return outcomes.map((one): WriteOutcome => {
          if (one.kind !== "failed" || !isDoubtful(one)) return one;
          return { kind: "failed", failure: { ...one.failure, failure: "transient" } };
        });
      },
    })),
  },
  {
    name: "horizon-zero",
    invariant: "I03",
    title: "a probe that finds nothing proves absence at once",
    faults: ["N3", "N4", "R1"],
    sabotage: withConnections((connection) => ({
      ...connection,
      manifest: { ...connection.manifest, horizonMs: 0 },
    })),
  },
  {
    name: "probe-ignored",
    invariant: "I03",
    title: "what a probe finds is not looked at",
    faults: ["N3"],
    sabotage: withConnections((connection) => ({
      ...connection,
      probe: async (request) => ({ ...(await connection.probe(request)), records: [] }),
    })),
  },
  {
    name: "retry-without-key",
    invariant: "I03",
    title: "each attempt carries a reference of its own, so that none is found again",
    faults: ["N3"],
    sabotage: (() => {
      let attempts = 0;
      const renamed = (one: NativeWrite): NativeWrite => {
        attempts += 1;
        return one.kind === "create" ? { ...one, reference: `${one.reference}-${attempts}` } : one;
      };
      return withConnections((connection) => ({
        ...connection,
        write: (writes) => connection.write(writes.map(renamed)),
      }));
    })(),
  },
  {
    name: "precondition-ignored",
    invariant: "I02",
    title: "writes do not name the version that they were decided on",
    faults: ["P1"],
    sabotage: withConnections((connection) => ({
      ...connection,
      write: (writes) => connection.write(writes.map((one) => ({ ...one, precondition: null }))),
    })),
  },
  {
    name: "unnamed-write",
    invariant: "I20",
    title: "a write is sent under a key of which the journal knows nothing",
    sabotage: withConnections((connection) => ({
      ...connection,
      write: (writes) => connection.write(writes.map((one) => ({ ...one, key: `${one.key}'` }))),
    })),
  },
  {
    name: "break-unseen",
    invariant: "I20",
    title: "nobody looks whether the journal was changed behind our back",
    faults: ["T5"],
    sabotage: withStore((store) => ({
      verifyJournal: async (newest) => ({ ...(await store.verifyJournal(newest)), broken: [] }),
    })),
  },
  {
    name: "echo",
    invariant: "I07",
    title: "the value that was sent counts as what the target holds, so that a lossy one comes back",
    faults: ["R9"],
    sabotage: withConnections((connection) => ({
      ...connection,
      write: async (writes) => {
        const outcomes = await connection.write(writes);
        return outcomes.map((one, at): WriteOutcome => {
          if (one.kind !== "done" || one.record === null) return one;
          const native = { ...one.record.native, ...writes[at]?.patch };
          return { ...one, record: { ...one.record, native } };
        });
      },
    })),
  },
  {
    name: "null-for-absent",
    invariant: "I07",
    title: "fields that a write does not name are emptied",
    sabotage: withConnections((connection) => ({
      ...connection,
      write: (writes) =>
        connection.write(
          writes.map((one) => {
            const root = Object.keys(one.current).find(
              (name) => one.patch[name] === undefined && typeof one.current[name] === "string",
            );
            const isUpdate = one.kind === "update" && root !== undefined;
            return isUpdate ? { ...one, patch: { ...one.patch, [root]: null } } : one;
          }),
        ),
    })),
  },
];
