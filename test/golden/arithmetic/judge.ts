/** Whether an explanation holds, judged by recomputing and by adding up in whole numbers. */
import { recompute } from "@crossfoot/model";
import type { AmountName, Explanation, PricedDocument, RuleSet, Shown } from "@crossfoot/model";

/** Thousandths of an amount. No currency has finer steps. */
function thousandths(text: string): bigint {
  const [whole = "0", rest = ""] = text.replace("-", "").split(".");
  if (rest.length > 3) throw new Error(`an amount with ${rest.length} decimals`);
  const value = BigInt(whole) * 1000n + BigInt(rest.padEnd(3, "0"));
  return text.startsWith("-") ? -value : value;
}

const names = ["net", "tax", "gross"] as const;

/** Amounts that a side shows, by the name of their effect. */
function amountsOf({ net, tax, gross, company }: Shown["totals"]): { readonly [name: string]: string } {
  if (company === undefined || company === null) return { net, tax, gross };
  const { net: companyNet = "", tax: companyTax = "", gross: companyGross } = company;
  return { net, tax, gross, companyNet, companyTax, companyGross };
}

function recomputes(document: PricedDocument, rules: RuleSet, { totals }: Shown): boolean {
  const made = recompute(document, rules);
  if (!made.ok) return false;
  const { company } = made.totals;
  const shown = totals.company ?? null;
  const isSame = names.every((name) => thousandths(made.totals[name]) === thousandths(totals[name]));
  if (shown === null || company === null) return isSame && shown === null;
  const isRate = shown.rate === undefined || Number(shown.rate) === Number(company.rate);
  const isShown = (name: (typeof names)[number]): boolean =>
    thousandths(company[name]) === thousandths(shown[name] ?? "");
  return isSame && isRate && names.every(isShown);
}

/** What a document says of everything but exchange rates. */
function apart({ exchange: _, dates: __, ...rest }: PricedDocument): string {
  return JSON.stringify(rest);
}

/** What is wrong with an explanation of a pair; empty when nothing is. An unexplained pair claims nothing. */
export function faultsOf(explanation: Explanation, a: Shown, b: Shown): readonly string[] {
  if (explanation.kind === "unexplained")
    return explanation.sides.length === 0 ? ["unexplained without a side"] : [];
  if (explanation.kind !== "explained") return [explanation.kind];
  const faults: string[] = [];
  const { rules, documents } = explanation;
  if (apart(documents.a) !== apart(a.document) || apart(documents.b) !== apart(b.document))
    faults.push("another document than was given");
  if (!recomputes(documents.a, rules.a, a)) faults.push("side a does not recompute");
  if (!recomputes(documents.b, rules.b, b)) faults.push("side b does not recompute");
  const [mine, theirs] = [amountsOf(a.totals), amountsOf(b.totals)];
  for (const name of Object.keys(mine) as AmountName[]) {
    const sum = explanation.changes.reduce((all, { effect }) => all + thousandths(effect[name] ?? "0"), 0n);
    const difference = thousandths(theirs[name] ?? "0") - thousandths(mine[name] ?? "0");
    if (sum !== difference) faults.push(`effects on ${name} are ${sum}, the difference ${difference}`);
  }
  if (explanation.changes.length !== explanation.sentences.length) faults.push("a change without a sentence");
  return faults;
}
