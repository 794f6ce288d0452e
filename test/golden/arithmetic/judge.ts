/** Whether an explanation holds, judged by recomputing and by adding up in whole numbers. */
import { recompute } from "@crossfoot/model";
import type { Explanation, PricedDocument, RuleSet, Shown } from "@crossfoot/model";

/** Thousandths of an amount. No currency has finer steps. */
function thousandths(text: string): bigint {
  const [whole = "0", rest = ""] = text.replace("-", "").split(".");
  if (rest.length > 3) throw new Error(`an amount with ${rest.length} decimals`);
  const value = BigInt(whole) * 1000n + BigInt(rest.padEnd(3, "0"));
  return text.startsWith("-") ? -value : value;
}

const names = ["net", "tax", "gross"] as const;

function recomputes(document: PricedDocument, rules: RuleSet, { totals }: Shown): boolean {
  const made = recompute(document, rules);
  return made.ok && names.every((name) => thousandths(made.totals[name]) === thousandths(totals[name]));
}

/** What is wrong with an explanation of a pair; empty when nothing is. An unexplained pair claims nothing. */
export function faultsOf(explanation: Explanation, a: Shown, b: Shown): readonly string[] {
  if (explanation.kind === "unexplained")
    return explanation.sides.length === 0 ? ["unexplained without a side"] : [];
  if (explanation.kind !== "explained") return [explanation.kind];
  const faults: string[] = [];
  if (!recomputes(a.document, explanation.rules.a, a)) faults.push("side a does not recompute");
  if (!recomputes(b.document, explanation.rules.b, b)) faults.push("side b does not recompute");
  for (const name of names) {
    const sum = explanation.changes.reduce((all, { effect }) => all + thousandths(effect[name] ?? "0"), 0n);
    const difference = thousandths(b.totals[name]) - thousandths(a.totals[name]);
    if (sum !== difference) faults.push(`effects on ${name} are ${sum}, the difference ${difference}`);
  }
  if (explanation.changes.length !== explanation.sentences.length) faults.push("a change without a sentence");
  return faults;
}
