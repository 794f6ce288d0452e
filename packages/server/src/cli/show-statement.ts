import { isOverNothing, isUnwanted, openCount, owedOf, shareOf, usedColumns } from "@crossfoot/model";
import type { AsOf, Difference, EntityStatement, FootedAmounts, Footing, Statement } from "@crossfoot/model";
import type { StatementWords } from "../documents/statement-sheet.ts";
import { inMinorUnits, showValue } from "./show-value.ts";
import { renderTable } from "./table.ts";
import { many, moment, number, span } from "./text.ts";

const listedMax = 50;

/** Reasons in words; `unknown` is the one that a statement must not have. */
const reasonWords: { readonly [reason: string]: string } = {
  in_flight: "on its way, or comes with the next run",
  parked: "set aside for a person",
  conflict: "both sides changed it; a person decides",
  explained_cent: "the rules of both systems account for every cent",
  lossy_target: "the system keeps the value in its own form",
  undone: "somebody undid the write; it stays so until a side is edited",
  kept_difference: "kept, by the contract or by a person",
  closed_by_state: "edited after the state of the document closed it",
  waiting_for_parent: "waits for the record it belongs to",
  parent_not_wanted: "the record it refers to is not wanted there",
  not_permitted: "we may not read or write it",
  out_of_scope: "outside the scope of the mapping",
  deleted_elsewhere: "deleted on the other side",
  settled_since: "it differed then, and has been settled since",
  candidate: "may be a duplicate; a person decides",
  not_wanted: "the contract does not want it there",
  unknown: "UNEXPLAINED",
};

/** How a statement on paper says amounts, values and reasons: as the terminal does. */
export const statementWords: StatementWords = {
  money: inMinorUnits,
  reason: (reason) => inWords(reason),
  value: (value, { names }) => showValue(value, namesIn(names)),
  share: shareOf,
  span,
  moment,
  byStamp: (count) => byStampText(count),
  shown: (cutOff, madeAt) => shownText(cutOff, madeAt),
};

/** Names of records by their link, those that have one. */
const namesIn = (names: Statement["names"] = []): ReadonlyMap<string, string> =>
  new Map(names.flatMap(({ link, label }) => (label === "" ? [] : [[link, label]])));

const inWords = (reason: string): string => reasonWords[reason] ?? reason;

function overview(entities: readonly EntityStatement[], room: number): string {
  const right = (title: string): { readonly title: string; readonly align: "right" } => ({
    title,
    align: "right",
  });
  const columns = [
    { title: "entity" },
    right("linked"),
    right("missing in crm"),
    right("missing in erp"),
    right("not wanted"),
    right("fields compared"),
    right("equal"),
    right("different"),
    right("by contract"),
  ];
  const rows = entities.map((each) => {
    const missing = (side: "crm" | "erp"): number =>
      each.missing.filter((one) => one.missingOn === side && !isUnwanted(one)).length;
    const { entity, linked, notWanted, fieldsCompared, fieldsEqual, differences } = each;
    return [
      entity,
      linked,
      missing("crm"),
      missing("erp"),
      notWanted,
      fieldsCompared,
      fieldsEqual,
      differences.filter((one) => !isUnwanted(one)).length,
      differences.filter(isUnwanted).length,
    ];
  });
  return renderTable(columns, rows, room);
}

function differences({ entities, names }: Statement, room: number): readonly string[] {
  const called = namesIn(names);
  const told = (wanted: (one: Difference) => boolean): string[][] =>
    entities.flatMap(({ entity, differences: found }) =>
      found
        .filter(wanted)
        .map(({ label, link, field, crm, erp, reason, because, command }) => [
          ...[entity, label === "" ? link : label, field, showValue(crm, called), showValue(erp, called)],
          because.length === 0 ? inWords(reason) : because.join("; "),
          command,
        ]),
    );
  const rows = told((one) => !isUnwanted(one));
  const apart = told(isUnwanted).map((cells) => cells.slice(0, -1));
  const columns = [
    { title: "entity" },
    { title: "record", least: 12 },
    { title: "field" },
    { title: "crm", least: 12 },
    { title: "erp", least: 12 },
    { title: "reason", least: 20 },
    { title: "settled by", least: 16 },
  ];
  const byContract = "Apart by the contract; nothing has to be done";
  const apartColumns = columns.slice(0, -1);
  return [
    ...listed("Differences", renderTable(columns, rows.slice(0, listedMax), room), rows.length),
    ...listed(byContract, renderTable(apartColumns, apart.slice(0, listedMax), room), apart.length),
  ];
}

function missing(entities: readonly EntityStatement[], room: number): readonly string[] {
  const rows = entities.flatMap(({ entity, missing: found }) =>
    found
      .filter((one) => !isUnwanted(one))
      .map(({ label, link, missingOn, reason, command }) => [
        entity,
        label === "" ? (link ?? "") : label,
        missingOn,
        inWords(reason),
        command,
      ]),
  );
  const columns = [
    { title: "entity" },
    { title: "record", least: 12 },
    { title: "missing in" },
    { title: "reason", least: 20 },
    { title: "settled by", least: 16 },
  ];
  return listed("On one side only", renderTable(columns, rows.slice(0, listedMax), room), rows.length);
}

function proofs(entities: readonly EntityStatement[], room: number): readonly string[] {
  const rows = entities.flatMap(({ entity, proof }) => {
    if (proof === null) return [];
    const { oldest } = proof;
    const owed = owedOf(proof);
    return [
      [
        entity,
        proof.records,
        shareOf(proof.recordsProven, owed.records),
        shareOf(proof.fieldsProven, owed.fields),
        proof.recordsApart,
        oldest === null ? "" : oldest.label === "" ? oldest.link : oldest.label,
        oldest === null ? "" : span(oldest.ageMs),
        proof.root.crm.slice(0, 8),
        proof.root.erp.slice(0, 8),
      ],
    ];
  });
  const columns = [
    { title: "entity" },
    { title: "records", align: "right" } as const,
    { title: "proven", align: "right" } as const,
    { title: "fields", align: "right" } as const,
    { title: "by contract", align: "right" } as const,
    { title: "oldest unproven", least: 12 },
    { title: "for", align: "right" } as const,
    { title: "crm root" },
    { title: "erp root" },
  ];
  const [first] = entities.flatMap(({ proof }) => (proof === null ? [] : [proof]));
  if (first === undefined) return [];
  const title = `Proven equal, by what was read in the last ${span(first.withinMs)}`;
  return [title, renderTable(columns, rows, room)];
}

function listed(title: string, table: string, count: number): readonly string[] {
  if (count === 0) return [];
  const rest = count - listedMax;
  return [
    `${title} (${number(count)})`,
    table,
    ...(rest > 0 ? [`… and ${number(rest)} more; --json has them all.`] : []),
  ];
}

function totals(entities: readonly EntityStatement[], room: number): readonly string[] {
  const rows = entities.flatMap(({ entity, totals: lines }) =>
    lines.map(({ field, currency, crm, erp, difference }) => [
      entity,
      field,
      currency,
      ...[crm, erp, difference].map((amount) => inMinorUnits(amount, currency)),
    ]),
  );
  const columns = [
    { title: "entity" },
    { title: "total of" },
    { title: "currency" },
    { title: "crm", align: "right" } as const,
    { title: "erp", align: "right" } as const,
    { title: "difference", align: "right" } as const,
  ];
  return rows.length === 0
    ? []
    : ["Totals over the same documents on both sides", renderTable(columns, rows, room)];
}

const money = (amount: string | undefined, currency: string): string =>
  amount === undefined ? "" : inMinorUnits(amount, currency);

const allTitle = "Totals of all orders and invoices, crossfooted by account and month";
const companyTitle = "The same in the company's currency, of the documents whose total in it both sides tell";

/** Orders, invoices, paid and open of both sides as a whole, and what each reason accounts for. */
function footing(
  whole: Footing,
  { title, room }: { readonly title: string; readonly room: number },
): readonly string[] {
  const { grand, byReason, untied, accounts, rows } = whole;
  if (grand.length === 0) return [];
  const used = usedColumns(whole);
  const footedTitles = used.map((name) => ({ title: name, align: "right" }) as const);
  const amounts = (of: FootedAmounts, currency: string): readonly string[] =>
    used.map((column) => money(of[column], currency));
  const lines = grand.flatMap(({ currency, crm, erp, difference }) => [
    [currency, "crm", ...amounts(crm, currency)],
    [currency, "erp", ...amounts(erp, currency)],
    [currency, "difference", ...amounts(difference, currency)],
    ...byReason
      .filter((row) => row.currency === currency && Object.keys(row.difference).length > 0)
      .map((row) => [
        currency,
        `of it ${row.reason.replaceAll("_", " ")}`,
        ...amounts(row.difference, currency),
      ]),
  ]);
  const open = rows.filter(({ difference }) => Object.keys(difference).length > 0);
  const parts = open
    .slice(0, listedMax)
    .map(({ account, period, currency, difference }) => [
      account === null ? "(no account)" : (accounts[account] ?? account),
      period ?? "",
      currency,
      ...amounts(difference, currency),
    ]);
  const columns = [{ title: "currency" }, { title: "all documents", least: 12 }, ...footedTitles];
  const byAccount = [
    { title: "account", least: 12 },
    { title: "month" },
    { title: "currency" },
    ...footedTitles,
  ];
  return [
    title,
    renderTable(columns, lines, room),
    ...(parts.length === 0
      ? []
      : listed("Where they differ", renderTable(byAccount, parts, room), open.length)),
    untied.length === 0
      ? "Down, across and as a whole they add up."
      : `They do NOT add up: ${untied.join("; ")}.`,
  ];
}

function verdict(statement: Statement): string {
  if (statement.isEqual && isOverNothing(statement))
    return "No record is known here that could be compared: this says nothing about both systems.";
  const { asOf } = statement;
  if (statement.isEqual && asOf !== null && asOf.unknown.length > 0)
    return `Both systems agree in what is known of ${asOf.day}; what else there was, nobody knows.`;
  if (statement.isEqual) return "Both systems agree.";
  const all = statement.entities;
  const open = openCount(statement);
  if (statement.isExplained)
    return `They do not agree yet: ${many(open, "difference")}, each with its reason.`;
  const unexplained = all.reduce(
    (sum, each) =>
      sum + [...each.differences, ...each.missing].filter(({ reason }) => reason === "unknown").length,
    0,
  );
  return (
    `They do not agree: ${many(open, "difference")}, of which ${number(unexplained)} without a reason. ` +
    "Ask `crossfoot why <record>` about those, and run `crossfoot run --sweep`."
  );
}

/** What of the cut-off is not known, and what has happened since. */
function cutOffParts({ day, at, unknown, since, byStamp }: AsOf, madeAt: string): readonly string[] {
  const list = (title: string, lines: readonly string[]): readonly string[] =>
    listed(title, lines.slice(0, listedMax).join("\n"), lines.length);
  return [
    `${shownText({ day, at }, madeAt)}.`,
    ...(byStamp === 0 ? [] : [byStampText(byStamp)]),
    ...list(`Since then, and not in it`, since),
    ...list(`Not known of ${day}`, unknown),
  ];
}

/** When both systems showed it. A day that is not over has no end yet that anybody could have seen. */
const shownText = ({ day, at }: Pick<AsOf, "day" | "at">, madeAt: string): string =>
  Date.parse(at) > Date.parse(madeAt)
    ? `${day} was not over: what both systems showed up to ${moment(madeAt)}`
    : `What both systems showed at ${moment(at)}`;

/** How far documents that were not read by then can be trusted. */
const byStampText = (count: number): string =>
  `${many(count, "document")} had not been read by then and ${count === 1 ? "counts" : "count"} by the ` +
  "stamps of the systems: what leaves no stamp, such as a payment in some, is not noticed.";

/** The statement for a person. */
export function showStatement(statement: Statement, room: number): string {
  const { madeAt, contract, entities, asOf, companyFooting } = statement;
  const day = asOf === null ? "" : ` as of ${asOf.day}`;
  return [
    `Statement${day} of ${moment(madeAt)} under contract ${contract.slice(0, 12)}`,
    overview(entities, room),
    ...proofs(entities, room),
    ...totals(entities, room),
    ...footing(statement.footing, { title: allTitle, room }),
    ...(companyFooting === undefined ? [] : footing(companyFooting, { title: companyTitle, room })),
    ...differences(statement, room),
    ...missing(entities, room),
    ...(asOf === null ? [] : cutOffParts(asOf, madeAt)),
    verdict(statement),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
