import type { Json } from "@crossfoot/kernel";
import { isMap } from "@crossfoot/kernel";
import type { WhyReport } from "../runtime/engine.ts";
import { causesIn } from "../store/port.ts";
import type { Intent, JournalEntry } from "../store/port.ts";
import { lostSentence } from "./show-lost.ts";
import { showValue } from "./show-value.ts";
import { renderTable } from "./table.ts";
import { many, moment, safeText } from "./text.ts";

const journalMax = 12;

const states: { readonly [state: string]: string } = {
  single: "is on one side only",
  live: "is linked",
  dormant: "is linked, but a side does not show it",
  ended: "was deleted on a side, and is not created again",
  merged: "was merged into another",
};

/** A record's story in sentences, from stored facts: where it is, what is to be done now, what was done. */
export function showWhy(why: WhyReport, room: number): string {
  const parts = [
    head(why),
    why.now.map((sentence) => safeText(sentence)).join("\n"),
    fields(why, room),
    ...section(
      "Writes",
      why.intents.map((intent) => writeSentence(intent)),
    ),
    ...section(
      "Waits",
      why.waits.map((wait) => waitSentence(wait)),
    ),
    ...section(
      "Set aside",
      why.parks.map((park) => parkSentence(park)),
    ),
    ...section(
      "Conflicts",
      why.conflicts.map((conflict) => conflictSentence(conflict)),
    ),
    ...section(
      "Values that lost",
      why.lost.map((lost) => lostSentence(lost)),
    ),
    ...section("What happened", happened(why.journal)),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function head(why: WhyReport): string {
  const isTakenBack = why.state === "ended" && why.undone.some(({ field }) => field === "*");
  const state = isTakenBack ? "was created, and that was undone" : (states[why.state] ?? `is ${why.state}`);
  const where = why.members.map(({ connection, id, url, kind }) => {
    const seen = kind === "present" ? "" : `, ${kind.replaceAll("_", " ")}`;
    return `  ${connection}: ${safeText(id)}${seen}${url === null ? "" : `  ${safeText(url)}`}`;
  });
  return [
    `This record of ${why.entity} ${state}${why.link === null ? "" : ` (${why.link})`}.`,
    ...where,
  ].join("\n");
}

function fields(why: WhyReport, room: number): string {
  const names = [
    ...new Set(
      why.members.flatMap((member) => [...Object.keys(member.fields), ...Object.keys(problemsOf(member))]),
    ),
  ];
  const columns = [
    { title: "field" },
    ...why.members.map(({ connection }) => ({ title: connection, least: 12 })),
    { title: "" },
  ];
  const rows = names.map((field) => [
    field,
    ...why.members.map((member) => problemsOf(member)[field] ?? showValue(member.fields[field])),
    why.members.some((member) => isChanged(member, field)) ? "changed since both agreed" : "",
  ]);
  return renderTable(columns, rows, room);
}

type Member = WhyReport["members"][number];

function problemsOf({ problems }: Member): { readonly [field: string]: string } {
  if (!isMap(problems)) return {};
  const told = Object.entries(problems).map(([field, problem]): [string, string] => {
    const expected = isMap(problem) ? problem["expected"] : undefined;
    return [field, `refused: expected ${typeof expected === "string" ? expected : "something else"}`];
  });
  return Object.fromEntries(told);
}

function isChanged(member: Member, field: string): boolean {
  const base = member.base[field];
  return base !== undefined && JSON.stringify(base) !== JSON.stringify(member.fields[field] ?? null);
}

const section = (title: string, sentences: readonly string[]): readonly string[] =>
  sentences.length === 0
    ? []
    : [[title, ...sentences.map((sentence) => `  ${safeText(sentence)}`)].join("\n")];

const writeStates: { readonly [state: string]: string } = {
  stored: "is stored and not sent yet",
  sending: "is being sent",
  in_doubt:
    "is in doubt: it was sent and the outcome is unknown; it is looked for before anything is repeated",
  settled: "was made",
  refused: "was refused",
  parked: "was given up and waits for a person",
};

const splitSteps: { readonly [step: string]: string } = {
  reduce: "to what is accepted of the quote",
  rest: "for what is left of a quote that is accepted in part",
  accept: "since the part is accepted",
};

/** At whose word a quote was split, or ordered though a newer revision is there; empty for other writes. */
function wishIn(intent: Intent): string {
  for (const { accepts, olderRevision, by } of causesIn(intent)) {
    const step = typeof accepts === "string" ? splitSteps[accepts] : undefined;
    const what = olderRevision === true ? "though a newer revision is there" : step;
    if (what !== undefined) return ` ${what}, at the word of ${typeof by === "string" ? by : "a person"},`;
  }
  return "";
}

function writeSentence(intent: Intent): string {
  const { kind, target, state, attempts, fields: given, failure } = intent;
  const names = Object.keys(given).join(", ");
  const said = writeStates[state] ?? `is ${state}`;
  const tries = attempts > 1 ? `, after ${many(attempts, "attempt")}` : "";
  const reason = failure === null ? "" : `: ${failure.message} (${failure.code})`;
  const of = names === "" ? "" : ` of ${names}`;
  return `${kind} in ${target}${of}${wishIn(intent)} ${said}${tries}${reason}`;
}

function waitSentence({ field, target, isBlocking, parentEntity }: WhyReport["waits"][number]): string {
  const parent = parentEntity === null ? "the record it refers to" : `its record of ${parentEntity}`;
  const then = isBlocking ? "; until then nothing is written" : "";
  return `${field} waits for ${parent} to exist in ${target}${then}`;
}

function parkSentence(park: WhyReport["parks"][number]): string {
  const problems = Object.entries(park.problems).map(
    ([field, { expected }]) => `${field} should be ${expected}`,
  );
  const failure = park.failure === null ? [] : [`${park.failure.message} (${park.failure.code})`];
  const details = [...problems, ...failure];
  const reason = park.reason.replaceAll("_", " ");
  const told = details.length === 0 ? reason : `${reason}: ${details.join("; ")}`;
  return `${told}. To try again: crossfoot redrive ${park.parkId}`;
}

function conflictSentence({ field, reason, values, link }: WhyReport["conflicts"][number]): string {
  const sides = Object.entries(values).map(([connection, value]) => `${connection} says ${showValue(value)}`);
  const how = `To decide: crossfoot conflicts --take crm ${link} ${field} (or erp)`;
  return `${field}: ${reason.replaceAll("_", " ")}; ${sides.join(", ")}. ${how}`;
}

/** Steps that say nothing that the next one does not say too. */
const silent: ReadonlySet<string> = new Set(["base_moved", "intent_sending"]);

/** The last entries of the journal, oldest first. */
function happened(journal: readonly JournalEntry[]): readonly string[] {
  return journal
    .filter(({ kind }) => !silent.has(kind))
    .toSorted((a, b) => (a.at === b.at ? a.seq - b.seq : a.at < b.at ? -1 : 1))
    .slice(-journalMax)
    .map((entry) => journalSentence(entry));
}

function journalSentence({ at, kind, body }: JournalEntry): string {
  return `${moment(at)}  ${kind.replaceAll("_", " ")}${detailOf(body)}`;
}

function detailOf(body: Json): string {
  if (!isMap(body)) return "";
  const told = [
    "target",
    "connection",
    "kind",
    "word",
    "state",
    "superseded",
    "reason",
    "code",
    "field",
    "by",
  ].flatMap((key) => {
    const value = body[key];
    return typeof value === "string" && value !== "" ? [`${key} ${value}`] : [];
  });
  return told.length === 0 ? "" : `: ${told.join(", ")}`;
}
