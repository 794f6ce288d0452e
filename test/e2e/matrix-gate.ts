/**
 * The fault port of the crash matrix: a world that comes to its armed point stands still there for ever, and
 * tells so. Whoever kills its program kills it exactly before, or exactly after, that step.
 */
import type { Connection, Database, Side, Store } from "crossfoot/testing";

/** A step of a world, named by the port's method that makes it, or by the moment in a transaction. */
export interface Point {
  readonly name: string;
  readonly when: "before" | "after";
  /** Text that the facts of the step must hold, such as `create erp accounts`. */
  readonly where?: string;
  /** Which passing of such a step it is; the first when left out. */
  readonly nth?: number;
}

/** The gate of one world. */
export interface Gate {
  /** Arms it anew; null lets everything through. */
  arm(point: Point | null): void;
  pass(name: string, when: Point["when"], facts: readonly string[]): Promise<void>;
}

/** Makes a gate. `onReached` is called when the world stands still at its point. */
export function makeGate(onReached: () => void): Gate {
  let armed: Point | null = null;
  let passed = 0;
  return {
    arm(point) {
      armed = point;
      passed = 0;
    },
    async pass(name, when, facts) {
      if (armed === null || armed.name !== name || armed.when !== when) return;
      const { where } = armed;
      if (where !== undefined && !facts.some((fact) => fact.includes(where))) return;
      passed += 1;
      if (passed !== (armed.nth ?? 1)) return;
      onReached();
      await new Promise(() => undefined);
    },
  };
}

interface IntentLike {
  readonly kind: string;
  readonly target: string;
  readonly entity: string;
}

const intentFact = ({ kind, target, entity }: IntentLike): string => `${kind} ${target} ${entity}`;

type Call = { readonly [Method in keyof Store]: Parameters<Store[Method]> };

/** What a call of the store is about, in words that a point can ask for. */
const factsOf: { readonly [Method in keyof Store]?: (...call: Call[Method]) => readonly string[] } = {
  checkpoint: ({ observations, cursor }) => [
    `${cursor?.connection ?? ""} ${cursor?.entity ?? ""} ${observations.length > 0 ? "rows" : "empty"}`,
  ],
  commitResolutions: (entries) =>
    entries.map(({ record, resolution }) => `${resolution.kind} ${record.entity}`),
  commitDecisions: (records) =>
    records.flatMap(({ entity, verdict, intents, discards, baseMoves }) => [
      `decision ${entity} ${verdict}`,
      ...intents.map((intent) => intentFact(intent)),
      ...discards.map(({ field }) => `discard ${entity} ${field}`),
      ...baseMoves.map(({ connection }) => `base ${connection} ${entity}`),
    ]),
  claimIntents: ({ target, entity }) => [`${target} ${entity}`],
  commitOutcomes: (outcomes) => outcomes.map(({ intent, state }) => `${intentFact(intent)} ${state}`),
  setPlanState: (_id, state) => [state],
  saveQuota: (connection) => [connection],
};

function answerFacts(answer: unknown): readonly string[] {
  if (!Array.isArray(answer)) return [];
  return (answer as readonly Partial<IntentLike>[]).flatMap((row) =>
    typeof row?.kind === "string" && typeof row.target === "string" ? [intentFact(row as IntentLike)] : [],
  );
}

/** The store, with a gate before and after each of its methods. */
export function gatedStore(gate: Gate): (store: Store) => Store {
  return (store) => {
    const gated = Object.entries(store).map(([name, method]) => {
      const call = method as (...args: readonly unknown[]) => Promise<unknown>;
      const tell = factsOf[name as keyof Store] as
        | ((...args: readonly unknown[]) => readonly string[])
        | undefined;
      const through = async (...args: readonly unknown[]): Promise<unknown> => {
        const facts = tell?.(...args) ?? [];
        await gate.pass(name, "before", facts);
        const answer = await call(...args);
        await gate.pass(name, "after", [...facts, ...answerFacts(answer)]);
        return answer;
      };
      return [name, through] as const;
    });
    return Object.fromEntries(gated) as unknown as Store;
  };
}

/** What a system is like in a life. */
export interface SystemManner {
  /** Its writes answer without the record, so that it is read back. */
  readonly isTerse?: boolean;
  /** Reading back fails. */
  readonly isMute?: boolean;
}

function gatedConnection(gate: Gate, side: Side, manner: SystemManner): (own: Connection) => Connection {
  return (own) => {
    const gated = async <T>(name: string, facts: readonly string[], call: () => Promise<T>): Promise<T> => {
      await gate.pass(name, "before", facts);
      const answer = await call();
      await gate.pass(name, "after", facts);
      return answer;
    };
    const at = (entity: string): string => `${side.id} ${entity}`;
    let isWriting = false;
    return {
      ...own,
      describe: () => gated("describe", [side.id], () => own.describe()),
      read: (request) => gated("read", [at(request.entity)], () => own.read(request)),
      readIds: (request) => gated("readIds", [at(request.entity)], () => own.readIds(request)),
      readByIds: async (request) => {
        if (isWriting && manner.isMute === true) throw new Error("the line is dead");
        return gated("readByIds", [at(request.entity)], () => own.readByIds(request));
      },
      probe: (request) => gated("probe", [at(request.entity)], () => own.probe(request)),
      write: async (writes) => {
        const facts = writes.map(({ kind, entity }) => `${kind} ${at(entity)}`);
        const outcomes = await gated("write", facts, () => own.write(writes));
        if (manner.isTerse !== true) return outcomes;
        isWriting = true;
        return outcomes.map((outcome) => (outcome.kind === "done" ? { ...outcome, record: null } : outcome));
      },
    };
  };
}

/** A side, with a gate before and after each call of its connection. */
export function gatedSide(gate: Gate, manner: SystemManner): (side: Side) => Side {
  return (side) => {
    const wrap = gatedConnection(gate, side, manner);
    return { ...side, open: async (terms) => wrap(await side.open(terms)) };
  };
}

/** The database, with a gate around the statement that writes the journal, inside its transaction. */
export function gatedDatabase(gate: Gate, database: Database): Database {
  const isJournal = (sql: string): boolean => sql.includes("insert into journal (");
  return {
    home: database.home,
    query: (sql, parameters) => database.query(sql, parameters),
    script: (sql) => database.script(sql),
    close: () => database.close(),
    transaction: (work) =>
      database.transaction((tx) =>
        work({
          query: async (sql, parameters) => {
            if (!isJournal(sql)) return tx.query(sql, parameters);
            const facts = [JSON.stringify(parameters?.[0] ?? "")];
            await gate.pass("journal", "before", facts);
            const rows = await tx.query<never>(sql, parameters);
            await gate.pass("journal", "after", facts);
            return rows;
          },
        }),
      ),
  };
}
