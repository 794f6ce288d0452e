import { readFileSync } from "node:fs";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import {
  explain,
  isNumber,
  nearestName,
  plainRules,
  recompute,
  refuseDocument,
  refuseRules,
  systemRules,
} from "@crossfoot/model";
import type { Explanation, GivenTotals, PricedDocument, RuleSet, Shown, Totals } from "@crossfoot/model";
import type { Add } from "./add.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { inMinorUnits } from "./show-value.ts";
import { renderTable } from "./table.ts";
import { safeText } from "./text.ts";

/** What a file tells: a document, the rules it is believed to be added up by, and what its system shows. */
interface Told extends Shown {
  /** What the document gives under these rules. */
  readonly made: Totals;
}

const keysOfFile = ["system", "rules", "document", "totals"];
const amounts = ["net", "tax", "gross", "payable"] as const;
const companyAmounts = ["net", "tax", "gross", "rate"] as const;
const day = /^\d{4}-\d\d-\d\d$/;

/** Adds `explain`. */
export function addExplaining(add: Add): void {
  add("explain", "why two totals of one document differ, by the rules of both systems", (command, act) => {
    command
      .argument("<crm>", "JSON file: `document`, `system` or `rules`, and `totals` as that system shows them")
      .argument("<erp>", "the same document as the other system has it");
    act((context, [crm, erp]) => explainCommand(context, String(crm), String(erp)));
  });
}

/** `explain`: reaches no system and no store. Exit 2 where no rules account for the difference. */
function explainCommand(context: Context, crm: string, erp: string): ExitCode {
  const [a, b] = [readTold(crm), readTold(erp)];
  const found = explain(a, b);
  if (found.kind === "refused") {
    const file = found.side === "a" ? crm : erp;
    throw badInput(`${file}: ${JSON.stringify(found.why.why)}`);
  }
  if (found.kind === "other_currency")
    throw badInput(`${crm} is in ${a.document.currency}, ${erp} in ${b.document.currency}`);
  context.print({ ...found, recomputed: { crm: a.made, erp: b.made } }, () => showFound(found, a, b));
  return found.kind === "explained" ? exitCodes.done : exitCodes.differences;
}

function readTold(file: string): Told {
  const told = readJson(file);
  const strange = Object.keys(told).find((key) => !keysOfFile.includes(key));
  if (strange !== undefined)
    throw badInput(`${file}: \`${strange}\` is none of its keys; there are: ${keysOfFile.join(", ")}`);
  const rules = rulesOf(file, told);
  const refusedRules = refuseRules(rules);
  if (refusedRules !== null) throw badInput(`${file}: rule \`${refusedRules.rule}\`: ${refusedRules.text}`);
  const document = told["document"] as unknown as PricedDocument;
  const fault = refuseDocument(document);
  if (fault !== null) {
    const at = fault.at === null || fault.at === "" ? "document" : `document, at ${fault.at}`;
    throw badInput(`${file}: ${at}: ${fault.fault.replaceAll("_", " ")} (numbers are text)`);
  }
  const made = recompute(document, rules);
  if (!made.ok) throw badInput(`${file}: ${JSON.stringify(made.why)}`);
  const given = told["totals"];
  const totals = given === undefined ? made.totals : totalsOf(file, given);
  return { document, rules, totals, made: made.totals };
}

function readJson(file: string): JsonMap {
  let json: Json;
  try {
    json = JSON.parse(readFileSync(file, "utf8")) as Json;
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown reason";
    throw badInput(`${file} cannot be read as JSON: ${why}`);
  }
  if (!isMap(json)) throw badInput(`${file} is no JSON map with ${keysOfFile.join(", ")}`);
  return json;
}

/** The rules of a system, or plain ones, with what the file says otherwise. */
function rulesOf(file: string, { system, rules = {} }: JsonMap): RuleSet {
  if (!isMap(rules)) throw badInput(`${file}: \`rules\` is a map of rules by name`);
  if (system === undefined) return { ...plainRules, ...(rules as Partial<RuleSet>) };
  const names = Object.keys(systemRules);
  const known = Object.entries(systemRules).find(([name]) => name === system);
  if (known !== undefined) return { ...known[1], ...(rules as Partial<RuleSet>) };
  const name = typeof system === "string" ? system : JSON.stringify(system);
  const near = nearestName(name, names);
  const hint = near === undefined ? "." : `; did you mean \`${near}\`?`;
  throw badInput(`${file}: no system is called \`${name}\`${hint} There are: ${names.join(", ")}`);
}

/** Totals as a file tells them. Throws a Refusal that names the first that is none. */
function totalsOf(file: string, given: Json): GivenTotals {
  if (!isMap(given)) throw badInput(`${file}: \`totals\` is a map with net, tax and gross`);
  const company = given["company"];
  const check = (map: JsonMap, names: readonly string[], path: string): void => {
    for (const name of names) {
      const value = map[name];
      const isLeftOut = value === undefined && (name === "payable" || name === "rate");
      if (!isLeftOut && (typeof value !== "string" || !isNumber(value)))
        throw badInput(`${file}: ${path}.${name} is no amount as text, such as "119.00"`);
    }
  };
  check(given, amounts, "totals");
  if (company !== undefined && company !== null) {
    if (!isMap(company) || typeof company["currency"] !== "string")
      throw badInput(`${file}: totals.company is a map with currency, net, tax and gross`);
    check(company, companyAmounts, "totals.company");
    const { date } = company;
    if (date !== undefined && !(typeof date === "string" && day.test(date)))
      throw badInput(`${file}: totals.company.date is a day such as "2026-01-31"`);
  }
  return given as unknown as GivenTotals;
}

function showFound(
  found: Exclude<Explanation, { kind: "other_currency" | "refused" }>,
  a: Told,
  b: Told,
): string {
  const { currency } = a.document;
  const rowOf = (name: string, of: (totals: GivenTotals) => string | undefined, unit: string): string[] => [
    name,
    ...[a.totals, b.totals].map((totals) => {
      const amount = of(totals);
      return amount === undefined ? "" : inMinorUnits(amount, unit);
    }),
  ];
  const company = a.totals.company ?? b.totals.company;
  const rows = [
    ...amounts.map((name) => rowOf(`${name} ${currency}`, (totals) => totals[name], currency)),
    ...(company === undefined || company === null
      ? []
      : (["net", "tax", "gross"] as const).map((name) =>
          rowOf(`${name} ${company.currency}`, (totals) => totals.company?.[name], company.currency),
        )),
  ].filter((cells) => cells.slice(1).some((cell) => cell !== ""));
  const columns = [
    { title: "amount" },
    { title: "crm", align: "right" } as const,
    { title: "erp", align: "right" } as const,
  ];
  const verdict =
    found.kind === "unexplained"
      ? "No rules account for this:"
      : found.changes.length === 0
        ? "Both totals say the same."
        : "Every cent is accounted for:";
  const doubts =
    found.kind === "explained" && found.doubts.length > 0 ? ["But:", ...bullets(found.doubts)] : [];
  return [
    renderTable(columns, rows, Number.POSITIVE_INFINITY),
    "",
    verdict,
    ...bullets(found.sentences),
    ...doubts,
  ].join("\n");
}

const bullets = (sentences: readonly string[]): readonly string[] =>
  sentences.map((sentence) => `- ${safeText(sentence)}`);
