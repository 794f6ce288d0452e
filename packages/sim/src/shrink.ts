import type { Scenario } from "./scenario.ts";
import { kindOf } from "./system/vocabulary.ts";

/** Says whether a scenario still breaks what is looked for. */
export type StillBreaks = (scenario: Scenario) => Promise<boolean>;

/** Runs that shrinking may take. */
const attemptsMax = 400;
/** Time that shrinking may take, ms of real time. */
const realMsMax = 90_000;

interface Search {
  best: Scenario;
  attemptsLeft: number;
  readonly endsAt: number;
  readonly breaks: StillBreaks;
}

/**
 * Makes a failing scenario shorter by its structure, as long as it still breaks the same: whole workers,
 * records and faults first, then single deeds, then time. Each step is tried on its own run; the answer
 * breaks as the first did.
 */
export async function shrink(
  scenario: Scenario,
  breaks: StillBreaks,
  attemptsLeft: number = attemptsMax,
): Promise<Scenario> {
  const search: Search = { best: scenario, attemptsLeft, endsAt: performance.now() + realMsMax, breaks };
  for (let before = ""; before !== JSON.stringify(search.best) && !isOver(search);) {
    before = JSON.stringify(search.best);
    await dropParts(search, (from) => from.workers.slice(1), dropWorkers);
    await dropParts(search, (from) => namesOf(from), dropRecords);
    await dropParts(search, (from) => from.faults, dropFaults);
    await dropParts(search, (from) => from.commands, dropCommands);
    await dropParts(search, (from) => from.actions, dropActions);
    await dropParts(search, (from) => from.entities.slice(1), dropEntities);
    for (const simpler of simplerOnes(search.best)) await attempt(search, simpler);
    await dropParts(search, fieldsOf, dropFields);
  }
  return search.best;
}

const isOver = (search: Search): boolean => search.attemptsLeft <= 0 || performance.now() > search.endsAt;

async function attempt(search: Search, candidate: Scenario): Promise<boolean> {
  if (isOver(search)) return false;
  search.attemptsLeft -= 1;
  if (!(await search.breaks(candidate))) return false;
  search.best = candidate;
  return true;
}

/** Tries to leave out halves, then quarters, down to single parts. */
async function dropParts<Part>(
  search: Search,
  partsOf: (from: Scenario) => readonly Part[],
  without: (from: Scenario, parts: readonly Part[]) => Scenario,
): Promise<void> {
  let size = partsOf(search.best).length;
  while (size >= 1) {
    for (let at = 0; ;) {
      const parts = partsOf(search.best).slice(at, at + size);
      if (parts.length === 0) break;
      if (!(await attempt(search, without(search.best, parts)))) at += size;
    }
    size = size === 1 ? 0 : Math.floor(size / 2);
  }
}

const dropWorkers = (from: Scenario, parts: readonly Scenario["workers"][number][]): Scenario => ({
  ...from,
  workers: from.workers.filter((worker) => !parts.includes(worker)),
});
const dropFaults = (from: Scenario, parts: readonly Scenario["faults"][number][]): Scenario => ({
  ...from,
  faults: from.faults.filter((fault) => !parts.includes(fault)),
});
/** Fields that deeds set, but for the one that names the record. */
function fieldsOf(from: Scenario): readonly string[] {
  return from.actions.flatMap(({ id, entity, deed }) => {
    if (!("fields" in deed)) return [];
    const names = Object.keys(deed.fields).filter((field) => field !== kindOf(entity).tag);
    return deed.kind === "create" || names.length > 1 ? names.map((field) => `${id} ${field}`) : [];
  });
}

const dropFields = (from: Scenario, names: readonly string[]): Scenario => ({
  ...from,
  actions: from.actions.map((action) => {
    const { id, deed } = action;
    if (!("fields" in deed)) return action;
    const kept = Object.entries(deed.fields).filter(([field]) => !names.includes(`${id} ${field}`));
    return { ...action, deed: { ...deed, fields: Object.fromEntries(kept) } };
  }),
});

const dropCommands = (from: Scenario, parts: readonly Scenario["commands"][number][]): Scenario => ({
  ...from,
  commands: from.commands.filter((command) => !parts.includes(command)),
});
const dropActions = (from: Scenario, parts: readonly Scenario["actions"][number][]): Scenario => ({
  ...from,
  actions: from.actions.filter((action) => !parts.includes(action)),
});
const dropEntities = (from: Scenario, parts: readonly Scenario["entities"][number][]): Scenario => ({
  ...from,
  entities: from.entities.filter((entity) => !parts.includes(entity)),
  actions: from.actions.filter(({ entity }) => !parts.includes(entity)),
});

const nameOf = ({ entity, tag }: Scenario["actions"][number]): string => `${entity}/${tag}`;
const namesOf = (from: Scenario): readonly string[] => [...new Set(from.actions.map(nameOf))];
const dropRecords = (from: Scenario, names: readonly string[]): Scenario => ({
  ...from,
  actions: from.actions.filter((action) => !names.includes(nameOf(action))),
});

/** The same scenario with less in one respect: an earlier end, plainer systems, fewer things drawn. */
function simplerOnes(from: Scenario): readonly Scenario[] {
  const last = Math.max(0, ...from.actions.map(({ at }) => at));
  const plain = (role: "crm" | "erp", change: Partial<Scenario["profiles"]["crm"]>): Scenario => ({
    ...from,
    profiles: { ...from.profiles, [role]: { ...from.profiles[role], ...change } },
  });
  const simpler: Scenario[] = [
    // Never before the last deed: the rest of the run judges what people have done until then.
    { ...from, endsAt: Math.max(60_000, last + 30_000) },
    { ...from, contract: null },
    { ...from, workers: from.workers.map((worker) => ({ ...worker, startAt: 0, clockOffsetMs: 0 })) },
  ];
  for (const role of ["crm", "erp"] as const) {
    simpler.push(
      plain(role, { lossy: {} }),
      plain(role, { searchLagMs: 0, lagsById: false }),
      plain(role, { commitLagMs: 0, holdMsMax: 0 }),
      plain(role, { clockOffsetMs: 0, clockRate: 1 }),
      plain(role, { stampGranularityMs: 1 }),
      plain(role, { precondition: "conditional", versions: "counter" }),
      plain(role, { createProof: "reference" }),
      plain(role, { answersRecord: true, writeBatchMax: 1, concurrency: 1 }),
      plain(role, { pageMax: 50, paging: "keyset", readBatchMax: 50, incremental: "since" }),
    );
  }
  const same = JSON.stringify(from);
  return simpler.filter((each) => JSON.stringify(each) !== same && each.endsAt <= from.endsAt);
}
