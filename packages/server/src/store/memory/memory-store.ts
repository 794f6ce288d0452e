import { canonicalBytes } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Clock, Entropy } from "../../ports.ts";
import type { Store } from "../port.ts";
import { inDumpOrder, setNames } from "../dump.ts";
import type { Dump } from "../dump.ts";
import { instant } from "./basics.ts";
import { answerPart, auditPart, keyPart } from "./access.ts";
import { linkUsePart, personPart, sessionPart, tryPart } from "./persons.ts";
import { adoptPart } from "./adopt.ts";
import { bundlePart } from "./bundles.ts";
import type { Rows } from "./columns.ts";
import { connectionPart } from "./connections.ts";
import { deliveryPart } from "./deliveries.ts";
import { decisionPart } from "./decisions.ts";
import { duplicatePart } from "./duplicates.ts";
import { epochPart } from "./epochs.ts";
import { eventPart } from "./events.ts";
import { historyPart } from "./history.ts";
import { identityPart } from "./identity.ts";
import { reusePart } from "./reuse.ts";
import { duePart } from "./due.ts";
import { intentPart } from "./intents.ts";
import { journalPart } from "./journal.ts";
import { leasePart } from "./leases.ts";
import { linkPart } from "./links.ts";
import { lostPart } from "./lost.ts";
import { madePart } from "./made-writes.ts";
import { observationPart } from "./observations.ts";
import { peoplePart } from "./people.ts";
import { oldPlanPart } from "./old-plans.ts";
import { planPart } from "./plans.ts";
import { contractPart } from "./contracts.ts";
import { pausePart } from "./pauses.ts";
import { privacyPart } from "./privacy.ts";
import { proofPart } from "./proofs.ts";
import { sharedPart } from "./shared-documents.ts";
import { statementPart } from "./statements.ts";
import { subscriptionPart } from "./subscriptions.ts";
import { tellingPart } from "./tellings.ts";
import { termsPart } from "./terms.ts";
import { createState } from "./state.ts";
import type { Table } from "./table.ts";

/** All rows of a memory store as of one moment, by table. Plain, and never changed. */
export type Snapshot = { readonly [name in keyof Rows]: readonly Rows[name][] };

/** The store in memory: what the port says, and what only a store in memory can do. */
export interface MemoryStore extends Store {
  /** Everything as it is now. Rows are shared, not copied. */
  snapshot(): Snapshot;
  /** Everything as it was then, as after the restore of a backup. Looks at nothing. */
  restore(snapshot: Snapshot): void;
  /** Every table as the SQL store's dump shows it. */
  dump(): Dump;
}

type AnyTable = Table<{ readonly [column: string]: unknown }, string>;

/** A row as the dump shows it, with the text that gives its place. */
type Shown = readonly [text: string, row: JsonMap];
/** Rows that were dumped before: rows are replaced, never changed. */
const shownBefore = new WeakMap<object, Shown>();

function shownOf(row: { readonly [column: string]: unknown }, instants: ReadonlySet<string>): Shown {
  const before = shownBefore.get(row);
  if (before !== undefined) return before;
  const plain: Record<string, Json> = {};
  for (const [column, value] of Object.entries(row)) {
    if (column === "nr") continue;
    plain[column] = typeof value === "number" && instants.has(column) ? instant(value) : (value as Json);
  }
  const shown: Shown = [canonicalBytes(plain), plain];
  shownBefore.set(row, shown);
  return shown;
}

function dumpOf(table: AnyTable): Dump[string] {
  const instants = new Set(table.spec.instants);
  const rows = table.all().map((row) => shownOf(row, instants));
  return inDumpOrder(
    setNames.has(table.spec.name) ? [...new Map(rows.map((row) => [row[0], row])).values()] : rows,
  );
}

/**
 * A store in memory, for simulation: every method is one atomic step without timers, and answers what the
 * SQL store would. Where SQL leaves an order open, rows come in the order in which they were stored.
 * @param deps `storeClock` is what the database's own clock is to the SQL store; `clock` unless given;
 * `keepHistoryMs` as of the SQL store
 */
export function createMemoryStore(deps: {
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly storeClock?: Pick<Clock, "now">;
  readonly keepHistoryMs?: number;
}): MemoryStore {
  const state = createState({ storeClock: deps.clock, ...deps });
  const tables = Object.values(state.tables) as unknown as readonly AnyTable[];
  const byName = <T>(of: (table: AnyTable) => T): { readonly [name: string]: T } =>
    Object.fromEntries(tables.map((table) => [table.spec.name, of(table)]));
  return {
    migrate: () => Promise.resolve(0),
    close: () => Promise.resolve(),
    ...leasePart(state),
    ...connectionPart(state),
    ...duePart(state),
    ...observationPart(state),
    ...deliveryPart(state),
    ...linkPart(state),
    ...identityPart(state),
    ...reusePart(state),
    ...adoptPart(state),
    ...bundlePart(state),
    ...decisionPart(state),
    ...intentPart(state),
    ...peoplePart(state),
    ...planPart(state),
    ...eventPart(state),
    ...oldPlanPart(state),
    ...sharedPart(state),
    ...privacyPart(state),
    ...proofPart(state),
    ...historyPart(state),
    ...statementPart(state),
    ...pausePart(state),
    ...contractPart(state),
    ...termsPart(state),
    ...duplicatePart(state),
    ...epochPart(state),
    ...subscriptionPart(state),
    ...tellingPart(state),
    ...journalPart(state),
    ...lostPart(state),
    ...madePart(state),
    ...keyPart(state),
    ...answerPart(state),
    ...auditPart(state),
    ...personPart(state),
    ...linkUsePart(state),
    ...sessionPart(state),
    ...tryPart(state),
    snapshot: () => byName((table) => table.all()) as unknown as Snapshot,
    restore(snapshot) {
      for (const table of tables) table.replaceAll(snapshot[table.spec.name as keyof Rows] as never);
      for (const table of tables)
        if (table.spec.key.includes("nr")) for (const { nr } of table.all()) state.skipNr(Number(nr));
    },
    dump: () => byName(dumpOf),
  };
}
