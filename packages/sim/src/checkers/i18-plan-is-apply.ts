import type { Json, JsonMap } from "@crossfoot/kernel";
import type { Checker, StoreFacts, Violation } from "../checker.ts";
import { textOf, wordOf } from "../auditor/text.ts";
import { rowsOf } from "../auditor/told.ts";
import type { Entry } from "../history.ts";
import { startInstant } from "../virtual-time.ts";
import { isMap } from "../system/dialect.ts";

type Plan = Extract<Entry, { readonly kind: "planned" }>["plan"];
type Planned = Plan["writes"][number];
type Applied = Extract<Entry, { readonly kind: "applied" }>["summary"];

/** One apply of a plan: the program that carried it out and the calls by which it sent, in their order. */
interface Apply {
  readonly plan: Plan;
  readonly at: number;
  readonly calls: { readonly call: number; readonly sentAt: number; readonly keys: readonly string[] }[];
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
        next = plan === undefined ? null : { plan, at: entry.at, calls: [] };
      }
      if (entry.kind === "worker" && entry.event === "start" && entry.facts === "apply" && next !== null) {
        applies.push(next);
        byWorker.set(entry.worker, next);
        next = null;
      }
      if (entry.kind === "call" && entry.call === "write")
        byWorker.get(entry.worker)?.calls.push({
          call: entry.id,
          sentAt: entry.at,
          keys: entry.writes.map(({ key }) => key),
        });
      if (entry.kind !== "applied") return [];
      looked += 1;
      return unlisted(entry.summary, entry.at);
    },
    atEnd: (facts) => {
      const intents = new Map(rowsOf(facts, "intent").map((row) => [String(row["key"]), row]));
      const stored = storedFor(facts);
      const claims = claimedIn(facts);
      return applies.flatMap((apply) => {
        looked += keysOf(apply).length;
        return [...unplanned(apply, { intents, stored }), ...disordered(apply, { intents, claims })];
      });
    },
  };
}

type IntentRow = ReturnType<typeof rowsOf>[number];

/**
 * Writes as they were stored for a plan, by plan and key, as the journal tells. One that was refused and is
 * decided again later keeps its key, and belongs to no plan any more; one that was withdrawn is gone, and so
 * is what a restored store has forgotten.
 */
function storedFor(facts: StoreFacts): ReadonlyMap<string, IntentRow> {
  return new Map(
    [...facts.forgotten, ...rowsOf(facts, "journal")].flatMap((row): readonly [string, IntentRow][] => {
      const body = row["body"] as JsonMap;
      const plan = row["kind"] === "intent_stored" ? body["plan"] : null;
      if (!isMap(plan)) return [];
      const stored = {
        ...body,
        ...{ plan_id: plan["id"], plan_number: plan["number"] },
        ...{ link_id: row["link_id"], external_id: body["id"] },
      };
      return [[`${wordOf(plan["id"])}\n${wordOf(body["key"])}`, stored]];
    }),
  );
}

const keysOf = ({ calls }: Apply): readonly string[] => calls.flatMap(({ keys }) => keys);

type Intents = ReadonlyMap<string, IntentRow>;

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
function unplanned(
  apply: Apply,
  at: {
    readonly intents: Intents;
    readonly stored: ReadonlyMap<string, IntentRow>;
  },
): readonly Violation[] {
  const { plan } = apply;
  const { intents, stored } = at;
  return [...new Set(keysOf(apply))].flatMap((key): readonly Violation[] => {
    const row = intents.get(key);
    const told = stored.get(`${plan.id}\n${key}`);
    const intent = row?.["plan_id"] === plan.id ? row : told;
    const number = Number(intent?.["plan_number"] ?? 0);
    const planned = plan.writes.find((write) => write.number === number);
    if (intent === undefined || planned === undefined)
      return [violation(apply.at, `an apply sent a write that its plan does not have`, { key })];
    const differs = difference(planned, intent);
    return differs === null
      ? []
      : [
          violation(apply.at, `an apply sent write ${number} with another ${differs} than planned`, {
            key,
            number,
          }),
        ];
  });
}

function difference(planned: Planned, intent: IntentRow): string | null {
  const fields = intent["fields"] as { readonly [field: string]: Json };
  if (intent["kind"] !== planned.kind) return "kind";
  if (intent["target"] !== planned.target || intent["link_id"] !== planned.link) return "record";
  if (planned.id !== null && intent["external_id"] !== planned.id) return "id";
  if (planned.answers.length > 0)
    return Object.keys(fields).every((field) => planned.answers.includes(field)) ? null : "field";
  if (textOf(fields) !== textOf(planned.fields as Json)) return "value";
  return textOf((intent["transition"] ?? null) as Json) === textOf(planned.transition) ? null : "transition";
}

/** When each write was first claimed, true time: from then on it is begun. */
function claimedIn(facts: StoreFacts): ReadonlyMap<string, number> {
  const claims = new Map<string, number>();
  for (const row of [...facts.forgotten, ...rowsOf(facts, "journal")]) {
    if (row["kind"] !== "intent_sending") continue;
    const key = wordOf((row["body"] as JsonMap)["key"]);
    const at = Date.parse(String(row["at"])) - startInstant;
    claims.set(key, Math.min(at, claims.get(key) ?? Infinity));
  }
  return claims;
}

/**
 * Within a part and a target, writes are begun in the order of the plan: those of one call stand in it in
 * that order, and none is sent before one with a lower number was claimed. What was claimed may be on its
 * way in several calls at once.
 */
function disordered(
  { plan, at, calls }: Apply,
  { intents, claims }: { readonly intents: Intents; readonly claims: ReadonlyMap<string, number> },
): readonly Violation[] {
  const numberOf = (key: string): number => Number(intents.get(key)?.["plan_number"] ?? 0);
  const placeOf = (key: string): string | null => {
    const planned = plan.writes.find((write) => write.number === numberOf(key));
    return planned === undefined || planned.answers.length > 0 ? null : `${planned.part}\n${planned.target}`;
  };
  const sent = new Set<string>();
  const before: { readonly key: string; readonly sentAt: number; readonly call: number }[] = [];
  for (const { keys, sentAt, call } of calls) {
    for (const key of keys) {
      if (!sent.has(key) && placeOf(key) !== null) before.push({ key, sentAt, call });
      sent.add(key);
    }
  }
  return before.flatMap(({ key, call }, index): readonly Violation[] => {
    const early = before.slice(0, index).find((other) => {
      if (placeOf(other.key) !== placeOf(key) || numberOf(other.key) <= numberOf(key)) return false;
      return other.call === call || (claims.get(key) ?? Infinity) > other.sentAt;
    });
    if (early === undefined) return [];
    const message = `an apply sent write ${numberOf(key)} after write ${numberOf(early.key)}`;
    return [violation(at, message, { key, number: numberOf(key) })];
  });
}
