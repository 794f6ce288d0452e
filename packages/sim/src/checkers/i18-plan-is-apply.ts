import type { Json } from "@crossfoot/kernel";
import type { Checker, Violation } from "../checker.ts";
import { textOf } from "../auditor/text.ts";
import { rowsOf } from "../auditor/told.ts";
import type { Entry } from "../history.ts";

type Plan = Extract<Entry, { readonly kind: "planned" }>["plan"];
type Planned = Plan["writes"][number];
type Applied = Extract<Entry, { readonly kind: "applied" }>["summary"];

/** One apply of a plan: the program that carried it out and the keys of what it sent, in their order. */
interface Apply {
  readonly plan: Plan;
  readonly at: number;
  readonly keys: string[];
}

/**
 * I18: what an apply sends is in its plan, byte for byte and in its order, and each planned write that was
 * not made is listed. What comes back from the other system is in the plan by its fields alone.
 */
export function planIsApply(): Checker {
  let looked = 0;
  const plans = new Map<string, Plan>();
  const applies: Apply[] = [];
  const byWorker = new Map<string, Apply>();
  let next: Apply | null = null;
  return {
    invariant: "I18",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind === "planned") plans.set(entry.plan.id, entry.plan);
      if (entry.kind === "applying") {
        const plan = plans.get(entry.plan);
        next = plan === undefined ? null : { plan, at: entry.at, keys: [] };
      }
      if (entry.kind === "worker" && entry.event === "start" && entry.facts === "apply" && next !== null) {
        applies.push(next);
        byWorker.set(entry.worker, next);
        next = null;
      }
      if (entry.kind === "call" && entry.call === "write")
        byWorker.get(entry.worker)?.keys.push(...entry.writes.map(({ key }) => key));
      if (entry.kind !== "applied") return [];
      looked += 1;
      return unlisted(entry.summary, entry.at);
    },
    atEnd: (facts) => {
      const intents = new Map(rowsOf(facts, "intent").map((row) => [String(row["key"]), row]));
      return applies.flatMap((apply) => {
        looked += apply.keys.length;
        return [...unplanned(apply, intents), ...disordered(apply, intents)];
      });
    },
  };
}

type Intents = ReadonlyMap<string, ReturnType<typeof rowsOf>[number]>;

const violation = (at: number, message: string, about: Json = null): Violation => ({
  invariant: "I18",
  message,
  at,
  about,
});

/** Every planned write is made or listed. */
function unlisted({ plan, planned, applied, unmade }: Applied, at: number): readonly Violation[] {
  const numbers = new Set(unmade.map(({ number }) => number));
  if (numbers.size === unmade.length && applied + unmade.length === planned) return [];
  const message = `of ${planned} planned writes ${applied} count as made, ${unmade.length} as not made`;
  return [violation(at, message, { plan })];
}

/** Writes that the apply sent and its plan does not have. */
function unplanned({ plan, at, keys }: Apply, intents: Intents): readonly Violation[] {
  return [...new Set(keys)].flatMap((key): readonly Violation[] => {
    const intent = intents.get(key);
    const number = intent?.["plan_id"] === plan.id ? Number(intent["plan_number"]) : 0;
    const planned = plan.writes.find((write) => write.number === number);
    if (intent === undefined || planned === undefined)
      return [violation(at, `an apply sent a write that its plan does not have`, { key })];
    const differs = difference(planned, intent);
    return differs === null
      ? []
      : [
          violation(at, `an apply sent write ${number} with another ${differs} than planned`, {
            key,
            number,
          }),
        ];
  });
}

function difference(planned: Planned, intent: ReturnType<typeof rowsOf>[number]): string | null {
  const fields = intent["fields"] as { readonly [field: string]: Json };
  if (intent["kind"] !== planned.kind) return "kind";
  if (intent["target"] !== planned.target || intent["link_id"] !== planned.link) return "record";
  if (planned.id !== null && intent["external_id"] !== planned.id) return "id";
  if (planned.answers.length > 0)
    return Object.keys(fields).every((field) => planned.answers.includes(field)) ? null : "field";
  if (textOf(fields) !== textOf(planned.fields as Json)) return "value";
  return textOf((intent["transition"] ?? null) as Json) === textOf(planned.transition) ? null : "transition";
}

/** Within a part and a target, writes are first sent in the order of the plan. */
function disordered({ plan, at, keys }: Apply, intents: Intents): readonly Violation[] {
  const last = new Map<string, number>();
  return [...new Set(keys)].flatMap((key): readonly Violation[] => {
    const number = Number(intents.get(key)?.["plan_number"] ?? 0);
    const planned = plan.writes.find((write) => write.number === number);
    if (planned === undefined || planned.answers.length > 0) return [];
    const place = `${planned.part}\n${planned.target}`;
    const before = last.get(place) ?? 0;
    last.set(place, Math.max(before, number));
    if (before <= number) return [];
    return [violation(at, `an apply sent write ${number} after write ${before}`, { key, number })];
  });
}
