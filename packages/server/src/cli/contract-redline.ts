import { existsSync } from "node:fs";
import type { Json } from "@crossfoot/kernel";
import { compilePolicy, contractOfTerms, redlineOf, silentTerms } from "@crossfoot/model";
import type { Contract, RedlineChange, TermChange } from "@crossfoot/model";
import { projectUnder } from "../config/kept-contract.ts";
import { loadOtherContract } from "../config/other-contract.ts";
import type { Project } from "../config/project.ts";
import { redlineSheet, termWords } from "../documents/redline-sheet.ts";
import type { NamedContract } from "../documents/redline-sheet.ts";
import type { SheetTable } from "../documents/sheet.ts";
import type { ContractState, PlanDocument } from "../runtime/engine.ts";
import type { KeptContract } from "../store/port.ts";
import { projectOf, withProgress } from "./context.ts";
import type { Context } from "./context.ts";
import { keepDocument } from "./keep-document.ts";
import { badInput, badProject, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { showPlan } from "./show-plan.ts";
import { noOtherWrite, whatIfParts } from "./show-what-if.ts";
import { safeText } from "./text.ts";

/** What a redline is asked for. */
export interface RedlineFlags {
  /** `true` for the contract in force before; else a version, a hash, or a file that is proposed. */
  readonly redline: string | true;
  /** False leaves the effect out: no system is reached. */
  readonly effect: boolean;
  readonly out?: string;
}

interface Compared {
  /** `terms` is the contract as JSON, as it was hashed. */
  readonly from: NamedContract & { readonly terms: Json };
  readonly to: NamedContract & { readonly contract: Contract };
  /** The project under the contract that is in force, and the one that would take its place; null: none. */
  readonly change: {
    readonly under: Project;
    readonly to: NamedContract & { readonly contract: Contract };
  } | null;
  /** Why there is no effect to show. */
  readonly why: string;
}

/** `contract --redline`: what changes between two contracts, in words, with the plan of its effect. */
export async function redlineCommand(context: Context, flags: RedlineFlags): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: true });
  const compared =
    flags.redline !== true && isFile(flags.redline)
      ? proposed(project, flags.redline)
      : await sinceKept(context, project, flags.redline);
  const { from, to, change } = compared;
  const changes = redlineOf(contractOfTerms(from.terms), to.contract);
  const terms = silentTerms(from.terms, jsonOf(to.contract));
  const plan = flags.effect && change !== null ? await planOf(context, change) : null;
  const why = flags.effect ? compared.why : "The effect was not asked for (--no-effect).";
  const named = ({ version, hash }: NamedContract): NamedContract => ({ version, hash });
  const document = { from: named(from), to: named(to), changes, terms, effect: plan };
  const code = plan !== null && plan.troubles.length > 0 ? exitCodes.failed : exitCodes.done;
  if (flags.out !== undefined) {
    const sheet = redlineSheet({ from, to, changes, terms, effect: effectOf(plan, why) });
    keepDocument(context, flags.out, { sheet, document, isPrivate: plan !== null });
    return code;
  }
  context.print(document, () => {
    const effect = plan === null ? why : showPlan(plan, { room: context.room, isWhole: false, out: null });
    return [showRedline({ from, to, changes, terms }), effect].join("\n\n");
  });
  return code;
}

const jsonOf = (contract: Contract): Json => contract as unknown as Json;

const isFile = (text: string): boolean => /\.ya?ml$/i.test(text) || existsSync(text);

/** The contract of a file, as against the one of the project. */
function proposed(project: Project, file: string): Compared {
  const { problems, ...other } = loadOtherContract(project, file);
  if (problems.length > 0) throw badProject(problems);
  const { contract, contractVersion: version, contractHash: hash } = project;
  const from = { terms: jsonOf(contract), version, hash };
  return { from, to: other, change: { under: project, to: other }, why: "" };
}

/** The contract of the project, as against one that was in force before. */
async function sinceKept(context: Context, project: Project, which: string | true): Promise<Compared> {
  const engine = await context.deps.openEngine(project);
  let state: ContractState;
  try {
    state = await engine.contract();
  } finally {
    await engine.close();
  }
  const own = { contract: project.contract, version: project.contractVersion, hash: project.contractHash };
  const kept = which === true ? newestOther(state) : keptNamed(state, which);
  const from = { terms: kept.terms, version: kept.version, hash: kept.hash };
  const inForce = state.kept.findLast((each) => each.inForce);
  if (inForce === undefined)
    return {
      from,
      to: own,
      change: null,
      why: "No contract has taken effect yet: `crossfoot plan` shows all.",
    };
  if (inForce.hash === own.hash) {
    const why = `It has been in force since ${inForce.since}: what follows from it is planned as usual.`;
    return { from, to: own, change: null, why };
  }
  return { from, to: own, change: { under: projectUnder(project, inForce), to: own }, why: "" };
}

function newestOther({ kept, hash }: ContractState): KeptContract {
  const others = kept.filter((each) => each.hash !== hash);
  const found = others.findLast(({ inForce }) => inForce) ?? others.at(-1);
  if (found !== undefined) return found;
  throw badInput("no other contract was in force or signed yet; name the file of one: --redline FILE");
}

function keptNamed({ kept, hash }: ContractState, name: string): KeptContract {
  const isHash = /^[0-9a-f]{6,64}$/.test(name);
  const found = kept.filter((each) => each.version === name || (isHash && each.hash.startsWith(name)));
  const chosen = found.findLast((each) => each.hash !== hash) ?? found.at(-1);
  if (chosen !== undefined) return chosen;
  const versions = [...new Set(kept.map(({ version, hash: own }) => version ?? own.slice(0, 12)))];
  const there = versions.length === 0 ? "none was kept yet" : `there are: ${versions.join(", ")}`;
  throw badInput(`no contract of before is called \`${name}\`, and it is no file; ${there}`);
}

/** Decides every linked record under both contracts. Reads both systems, writes nothing. */
async function planOf(context: Context, change: NonNullable<Compared["change"]>): Promise<PlanDocument> {
  const { under, to } = change;
  const names = Object.keys(to.contract.entities) as (keyof Contract["entities"])[];
  const on = names.filter((name) => to.contract.entities[name].enabled);
  const policies = on.map((name) => compilePolicy(to.contract, name, under.roles));
  const other = { contract: to.contract, hash: to.hash, policies };
  return withProgress(context, async ({ view, signal }) => {
    const engine = await context.deps.openEngine(under);
    try {
      return await engine.plan({ other, onProgress: view.report, signal });
    } finally {
      await engine.close();
    }
  });
}

/** Rows of a list that a document shows; the plan itself has all of them. */
const rowsMax = 500;

function effectOf(
  plan: PlanDocument | null,
  why: string,
): { readonly sentences: readonly string[]; readonly tables: readonly SheetTable[] } {
  if (plan?.whatIf === null || plan === null) return { sentences: [why], tables: [] };
  const { whatIf } = plan;
  const tables = whatIfParts(whatIf).map(({ title, columns, rows }): SheetTable => {
    const cut = rows.length > rowsMax ? ` (the first ${rowsMax} of ${rows.length})` : "";
    return {
      caption: title + cut,
      columns: columns.map((column) => column.title),
      rows: rows.slice(0, rowsMax).map((row) => row.map(String)),
    };
  });
  const same = Object.entries(whatIf.same).filter(([, count]) => count > 0);
  return {
    sentences: [
      "Every linked record was decided under both contracts, on what both systems " +
        (plan.troubles.length === 0 ? "show now" : "showed when they were last read") +
        "; nothing was written.",
      whatIf.rows.length === 0
        ? noOtherWrite(plan)
        : `Writes that would be other ones: ${whatIf.rows.length}.`,
      ...(same.length === 0
        ? []
        : [`Nothing changes for: ${same.map(([entity, count]) => `${count} of ${entity}`).join(", ")}.`]),
      ...plan.troubles.map(({ connection, message }) => `Not whole: ${connection}: ${message}.`),
      ...whatIf.notes,
    ],
    tables,
  };
}

/** A redline for a terminal: what was with a minus, what is with a plus. */
function showRedline(at: {
  readonly from: NamedContract;
  readonly to: NamedContract;
  readonly changes: readonly RedlineChange[];
  readonly terms: readonly TermChange[];
}): string {
  const { changes, terms } = at;
  const named = ({ version, hash }: NamedContract): string =>
    `${version === null ? "" : `version ${safeText(version)}, `}hash ${hash.slice(0, 12)}`;
  const head = `What changes in the contract\nfrom ${named(at.from)}\nto   ${named(at.to)}`;
  if (changes.length + terms.length === 0) {
    const same = at.from.hash === at.to.hash;
    return `${head}\n\n${same ? "It is the same contract." : "No sentence is another one."}`;
  }
  const isSameName = at.from.version !== null && at.from.version === at.to.version;
  const blocks = changes.map(({ entity, field, topic, was, is }) =>
    [
      [entity, field, topic].filter((part) => part !== null).join(" · "),
      ...(was === null ? [] : [`  - ${safeText(was)}`]),
      ...(is === null ? [] : [`  + ${safeText(is)}`]),
    ].join("\n"),
  );
  const name = isSameName
    ? [`! Both are called version ${safeText(at.to.version ?? "")}: give it another.`]
    : [];
  const silent = terms.map(({ path, was, is }) => {
    return `  ${safeText(path)}: ${safeText(termWords(was))} -> ${safeText(termWords(is))}`;
  });
  const rest = silent.length === 0 ? [] : [["Terms that show in no sentence", ...silent].join("\n")];
  return [head, ...name, ...blocks, ...rest].join("\n\n");
}
