import type { PricedDocument, PricedLine } from "./document.ts";
import { rateUsed } from "./company-rate.ts";
import { stepBetween } from "./step.ts";
import type { Cause, Change } from "./step.ts";
import type { RuleSet } from "./rules.ts";

interface Patch {
  readonly cause: Cause;
  readonly apply: (document: PricedDocument) => PricedDocument;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function fieldsOf(a: PricedLine, b: PricedLine): readonly string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof PricedLine>;
  return [...names].filter((name) => !isSame(a[name], b[name]));
}

function linePatches(a: PricedDocument, b: PricedDocument): readonly Patch[] {
  const mine = new Map(a.lines.map((line) => [line.key, line]));
  const theirs = new Map(b.lines.map((line) => [line.key, line]));
  const keys = [...new Set([...mine.keys(), ...theirs.keys()])];
  return keys.flatMap((key): readonly Patch[] => {
    const [from, to] = [mine.get(key), theirs.get(key)];
    const fields = from === undefined || to === undefined ? ["line"] : fieldsOf(from, to);
    if (fields.length === 0) return [];
    const apply = (document: PricedDocument): PricedDocument => ({
      ...document,
      lines:
        from === undefined
          ? [...document.lines, ...(to === undefined ? [] : [to])]
          : document.lines.flatMap((line) => (line.key === key ? (to ?? []) : line)),
    });
    return [{ cause: { kind: "line", key, fields }, apply }];
  });
}

function taxPatches(a: PricedDocument, b: PricedDocument): readonly Patch[] {
  const [mine, theirs] = [a.taxes ?? {}, b.taxes ?? {}];
  return Object.keys(mine).flatMap((code): readonly Patch[] => {
    const to = theirs[code];
    if (to === undefined || isSame(mine[code], to)) return [];
    const apply = (document: PricedDocument): PricedDocument => ({
      ...document,
      taxes: { ...document.taxes, [code]: to },
    });
    return [{ cause: { kind: "tax", code }, apply }];
  });
}

function headPatches(a: PricedDocument, b: PricedDocument): readonly Patch[] {
  return (["discounts", "deposits", "isCredit"] as const).flatMap((field): readonly Patch[] => {
    if (isSame(a[field], b[field])) return [];
    const apply = (document: PricedDocument): PricedDocument => {
      const { [field]: _, ...rest } = document;
      return b[field] === undefined ? rest : { ...rest, [field]: b[field] };
    };
    return [{ cause: { kind: "head", field }, apply }];
  });
}

function ratePatches(a: PricedDocument, b: PricedDocument, rules: RuleSet): readonly Patch[] {
  if (isSame([a.exchange, a.dates], [b.exchange, b.dates])) return [];
  const apply = (document: PricedDocument): PricedDocument => {
    const { exchange: _, dates: __, ...rest } = document;
    const { exchange, dates } = b;
    return {
      ...rest,
      ...(exchange === undefined ? {} : { exchange }),
      ...(dates === undefined ? {} : { dates }),
    };
  };
  return [{ cause: { kind: "rate", a: rateUsed(a, rules), b: rateUsed(b, rules) }, apply }];
}

/**
 * The way from one document to another under the rules of side a, each step with its effect. Steps without
 * effect are left out; steps that go together only are one.
 */
export function documentSteps(a: PricedDocument, b: PricedDocument, rules: RuleSet): readonly Change[] {
  const last: Patch = { cause: { kind: "head", field: "order of lines" }, apply: () => b };
  const patches = [
    ...taxPatches(a, b),
    ...linePatches(a, b),
    ...headPatches(a, b),
    ...ratePatches(a, b, rules),
    last,
  ];
  let from: PricedDocument = { ...a, taxes: { ...b.taxes, ...a.taxes } };
  let to = from;
  let causes: Cause[] = [];
  const steps: Change[] = [];
  for (const { cause, apply } of patches) {
    to = apply(to);
    causes.push(cause);
    const step = stepBetween(causes, { document: from, rules }, { document: to, rules });
    if (step === undefined) continue;
    if (Object.keys(step.effect).length > 0) steps.push(step);
    from = to;
    causes = [];
  }
  return steps;
}
