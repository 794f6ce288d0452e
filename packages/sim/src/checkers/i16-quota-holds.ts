import type { JsonMap } from "@crossfoot/kernel";
import { defaultReserve } from "../auditor/limits.ts";
import { restoredBy } from "../auditor/restores.ts";
import { wordOf } from "../auditor/text.ts";
import { roles } from "../auditor/things.ts";
import type { Role } from "../auditor/things.ts";
import type { Checker, Sight, Violation } from "../checker.ts";
import { limitWindowMs } from "../system/turnstile.ts";

/**
 * I16: in every minute the calls of all programs together, whatever they are for, stay within the limit of
 * the system less the reserve, and each call was charged in the store before it left. A store that was
 * restored knows nothing of calls since its backup: those count no more.
 */
export function quotaHolds(sight: Sight): Checker {
  let looked = 0;
  const made: { [role in Role]: number[] } = { crm: [], erp: [] };
  /** Calls made, and charged, by program and system. */
  const used = new Map<string, number>();
  const charged = new Map<string, Map<string, number>>();
  const violation = (at: number, role: Role, message: string): Violation => ({
    invariant: "I16",
    message,
    at,
    about: { system: role },
  });
  const limitOf = (role: Role): number | null => {
    const declared = sight.scenario.profiles[role].callsAMinute;
    return declared === null ? null : Math.floor(declared - Math.ceil(declared * defaultReserve));
  };
  return {
    invariant: "I16",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      const { asOf } = restoredBy(entry) ?? {};
      if (asOf !== undefined) for (const each of roles) made[each] = made[each].filter((at) => at <= asOf);
      if (entry.kind === "store" && entry.step === "done" && entry.method === "saveQuota") {
        const facts = entry.facts as JsonMap | null;
        const charges = (facts?.["charges"] ?? []) as readonly (readonly [string, string, number])[];
        for (const [id, worker, calls] of charges) {
          const known = charged.get(worker) ?? new Map<string, number>();
          charged.set(worker, known.set(id, Math.max(known.get(id) ?? 0, calls)));
        }
      }
      const role = roles.find((each) => entry.kind === "call" && each === entry.system);
      if (entry.kind !== "call" || role === undefined) return [];
      const most = limitOf(role);
      if (most === null) return [];
      looked += 1;
      const program = `${entry.worker}-${role}-1`;
      const own = (used.get(program) ?? 0) + 1;
      used.set(program, own);
      const times = made[role];
      times.push(entry.at);
      while ((times[0] ?? entry.at) <= entry.at - limitWindowMs) times.shift();
      const sum = [...(charged.get(program) ?? new Map<string, number>()).values()].reduce(
        (a, b) => a + b,
        0,
      );
      const found: Violation[] = [];
      if (times.length > most)
        found.push(
          violation(entry.at, role, `${times.length} calls to ${role} within a minute, ${most} are free`),
        );
      if (own > sum) {
        const message = `${wordOf(entry.worker)} made call ${own} to ${role}, and charged ${sum}`;
        found.push(violation(entry.at, role, message));
      }
      return found;
    },
  };
}
