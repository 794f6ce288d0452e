/** What a trial of kills must have shown, as lists of faults: empty is good. */
import type { Trial } from "./kill-trial.ts";

/** Faults by what was promised. */
export interface Faults {
  /** A record that is wanted on the other side is not there, or another than its source. */
  readonly missing: readonly string[];
  /** A record was made twice. */
  readonly doubled: readonly string[];
  /** Something that the store had acknowledged is gone, or the journal's chain is broken. */
  readonly forgotten: readonly string[];
  /** The load did not come to rest. */
  readonly restless: readonly string[];
  /** The statement shows what nobody planted. */
  readonly unexplained: readonly string[];
}

/** What the seed plants, and the contract leaves alone. */
const planted: readonly string[] = [
  // Leads, prospects and their people; a quote of the ERP's own, which an order of the CRM cannot name.
  "not_wanted",
  "parent_not_wanted",
  "accounts parked",
  "accounts candidate",
];
/** A name that is longer than the ERP takes. */
const plantedDead = ["accounts: write_refused value_not_sendable"];

function unexplained({ statement, dead }: Trial): readonly string[] {
  const found = statement.entities.flatMap(({ entity, missing, differences, totals }) => [
    ...missing.map(({ label, reason }) => ({
      reason,
      text: `${entity} ${label}: missing, ${reason}`,
      entity,
    })),
    ...differences.map(({ label, field, reason }) => ({
      reason,
      text: `${entity} ${label}: ${field} differs, ${reason}`,
      entity,
    })),
    ...totals
      .filter(({ difference }) => difference !== "0")
      .map(({ field, currency }) => ({
        reason: "total",
        text: `${entity}: ${field} in ${currency}`,
        entity,
      })),
  ]);
  const strange = found.filter(
    ({ reason, entity }) => !planted.includes(reason) && !planted.includes(`${entity} ${reason}`),
  );
  const count = (reason: string): number => found.filter((one) => one.reason === reason).length;
  const once = ["parked", "candidate"].filter((reason) => count(reason) !== 1);
  return [
    ...strange.map(({ text }) => text),
    ...once.map((reason) => `${count(reason)} × ${reason} instead of the one that was planted`),
    ...(statement.isExplained ? [] : ["a difference without a known reason"]),
    ...(dead.join() === plantedDead.join() ? [] : [`dead letters: ${dead.join(", ")}`]),
  ];
}

/** The faults of a trial. */
export function faultsOf(trial: Trial): Faults {
  const { audit, kept, apply, idleCommits } = trial;
  return {
    missing: [...audit.lost, ...audit.wrong],
    doubled: audit.doubled,
    forgotten: [...kept.lost, ...kept.broken.map((at) => `the journal's chain is broken at ${at}`)],
    restless: [
      ...(idleCommits === 0 ? [] : [`a run with nothing to do made ${idleCommits} commits`]),
      ...(kept.final.sending === 0 ? [] : [`${kept.final.sending} writes are still on their way`]),
      ...apply.troubles.map(({ connection, failure }) => `${connection}: ${failure.message}`),
    ],
    unexplained: unexplained(trial),
  };
}

/** A trial in one line. */
export function trialText(trial: Trial): string {
  const { kills, lives, faults, audit, kept, seconds } = trial;
  const early = kills.filter(({ isLate }) => !isLate).length;
  return [
    `${kills.length} kills (${early} before the load was over) in ${lives} lives`,
    `${kept.doubted} writes in doubt, ${faults} calls lost, cut or late`,
    `${kept.final.settled} writes and ${kept.final.entries} journal entries acknowledged`,
    `${kept.lost.length} of them lost`,
    `${audit.created} records made, ${audit.lost.length} of ${audit.wanted} missing`,
    `${audit.doubled.length} doubled; ${seconds} s`,
  ].join(", ");
}
