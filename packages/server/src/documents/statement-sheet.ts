import type { Value } from "@crossfoot/kernel";
import { isOverNothing, isUnwanted, openCount, owedOf, usedColumns } from "@crossfoot/model";
import type {
  AsOf,
  EntityStatement,
  FootedAmounts,
  FootedColumn,
  FootedRow,
  Footing,
  SealedStatement,
  Statement,
} from "@crossfoot/model";
import type { Sheet, SheetPart, SheetTable } from "./sheet.ts";

/** Rows of one list on paper: the sealed statement that comes with it has them all. */
const listedMax = 500;

/** How amounts, values and reasons are said; the command line has the words. */
export interface StatementWords {
  readonly money: (amount: string, currency: string) => string;
  readonly reason: (reason: string) => string;
  /** With the names that the statement knows of what a value leads to. */
  readonly value: (value: Value | undefined, statement: Statement) => string;
  readonly share: (part: number, whole: number) => string;
  readonly span: (ms: number) => string;
  readonly moment: (iso: string) => string;
  /** How far documents that had not been read by a cut-off can be trusted. */
  readonly byStamp: (count: number) => string;
  /** When both systems showed it, without an end of the sentence: at the cut-off, or up to now before it. */
  readonly shown: (cutOff: Pick<AsOf, "day" | "at">, madeAt: string) => string;
}

/** How the amounts of some totals are said, and which of them there are. */
interface AmountWords {
  readonly words: StatementWords;
  readonly used: readonly FootedColumn[];
}

const amountsOf = ({ words, used }: AmountWords, of: FootedAmounts, currency: string): readonly string[] =>
  used.map((column) => {
    const amount = of[column];
    return amount === undefined ? "" : words.money(amount, currency);
  });

const titlesOf = ({ used }: AmountWords): readonly string[] =>
  used.map((column) => `${column.slice(0, 1).toUpperCase()}${column.slice(1)}`);

function sums(
  said: AmountWords,
  at: {
    readonly caption: string;
    readonly first: readonly string[];
    readonly rows: readonly FootedRow[];
    /** Sums over all rows, those included that are not listed. */
    readonly grand: readonly FootedRow[];
  },
  name: (row: FootedRow) => readonly string[],
): SheetTable {
  const linesOf = (row: FootedRow, names: readonly string[]): readonly (readonly string[])[] => {
    const { currency, crm, erp, difference } = row;
    const isEqual = Object.keys(difference).length === 0;
    const line = (side: string, amounts: FootedAmounts): readonly string[] => [
      ...names,
      currency,
      side,
      ...amountsOf(said, amounts, currency),
    ];
    return isEqual
      ? [line("both", crm)]
      : [line("CRM", crm), line("ERP", erp), line("difference", difference)];
  };
  const more = at.rows.length - listedMax;
  const total = more > 0 ? `All, with ${more} more` : "All";
  const [, ...rest] = at.first;
  return {
    caption: at.caption,
    columns: [...at.first, "Currency", "Side", ...titlesOf(said)],
    rows: at.rows.slice(0, listedMax).flatMap((row) => linesOf(row, name(row))),
    sums:
      at.first.length === 0 ? [] : at.grand.flatMap((row) => linesOf(row, [total, ...rest.map(() => "")])),
  };
}

/** A title of totals with the words that say what is added up. */
interface TotalsTitle {
  readonly title: string;
  readonly over: (documents: number) => string;
}

const inDocument: TotalsTitle = {
  title: "Totals",
  over: (documents) =>
    `${documents} orders and invoices, added up on both sides by account and month, down, across and as a ` +
    "whole; what is paid is what is invoiced and not open.",
};
const inCompany: TotalsTitle = {
  title: "Totals in the company's currency",
  over: (documents) =>
    `${documents} orders and invoices whose total in the company's currency both systems tell, each as ` +
    "that system reckons it at its own rate; added up in the same way.",
};

/** By currency, then as people look for names, then by month. */
function inOrder(all: readonly FootedRow[], nameOf: (row: FootedRow) => string): readonly FootedRow[] {
  const keys = (row: FootedRow): readonly string[] => [
    ...[row.currency, nameOf(row).toLowerCase(), row.account ?? "", row.period ?? ""],
  ];
  return all.toSorted((one, other) => {
    const theirs = keys(other);
    const at = keys(one).findIndex((key, place) => key !== theirs[place]);
    return at < 0 ? 0 : (keys(one)[at] ?? "") < (theirs[at] ?? "") ? -1 : 1;
  });
}

function totalsPart(footing: Footing, words: StatementWords, { title, over }: TotalsTitle): SheetPart {
  const { rows, byAccount, byPeriod, grand, byReason, untied, accounts, documents } = footing;
  const said: AmountWords = { words, used: usedColumns(footing) };
  const account = ({ account: link }: FootedRow): string =>
    link === null ? "(no account)" : (accounts[link] ?? link);
  const month = ({ period }: FootedRow): string => period ?? "(no date)";
  const reasons = byReason
    .filter(({ difference }) => Object.keys(difference).length > 0)
    .map(({ reason, currency, difference }) => [
      words.reason(reason),
      currency,
      ...amountsOf(said, difference, currency),
    ]);
  const open = documents.filter(({ reason }) => reason !== null).slice(0, listedMax);
  const at = (side: (typeof documents)[number]["crm"]): string =>
    side === null
      ? "not there"
      : amountsOf(said, side.amounts, side.currency)
          .flatMap((text, column) => (text === "" ? [] : [`${said.used[column]} ${text}`]))
          .join(", ");
  if (documents.length === 0 && rows.length === 0)
    return { title, paragraphs: ["No order and no invoice is known here: there is nothing to add up."] };
  return {
    title,
    paragraphs: [
      over(documents.length),
      untied.length === 0
        ? "The sums add up, and the reasons account for all that differs. In a row marked both, CRM and " +
          "ERP show the same; where they differ, each has a row of its own, and so has the difference."
        : `It does NOT add up: ${untied.join("; ")}.`,
    ],
    tables: [
      sums(said, { caption: "As a whole", first: [], rows: grand, grand }, () => []),
      sums(said, { caption: "By month", first: ["Month"], rows: byPeriod, grand }, (row) => [month(row)]),
      sums(
        said,
        { caption: "By account", first: ["Account"], rows: inOrder(byAccount, account), grand },
        (row) => [account(row)],
      ),
      sums(
        said,
        { caption: "By account and month", first: ["Account", "Month"], rows: inOrder(rows, account), grand },
        (row) => [account(row), month(row)],
      ),
      {
        caption: "What each reason accounts for",
        columns: ["Reason", "Currency", ...titlesOf(said)],
        rows: reasons,
      },
      {
        caption: "Documents whose sides differ",
        columns: ["Document", "Kind", "CRM", "ERP", "Reason", "Settled by"],
        rows: open.map(({ label, entity, crm, erp, reason, command }) => [
          label,
          entity,
          at(crm),
          at(erp),
          words.reason(reason ?? ""),
          command ?? "",
        ]),
      },
    ],
  };
}

function proofPart(entities: readonly EntityStatement[], words: StatementWords): SheetPart {
  const rows = entities.flatMap(({ entity, proof }) => {
    if (proof === null) return [];
    const { records, recordsProven, recordsApart, fieldsProven, oldest, root } = proof;
    const owed = owedOf(proof);
    const since =
      oldest === null
        ? ""
        : `${oldest.label === "" ? oldest.link : oldest.label}, ${words.span(oldest.ageMs)}`;
    const shares = [words.share(recordsProven, owed.records), words.share(fieldsProven, owed.fields)];
    return [
      [
        entity,
        String(records),
        ...shares,
        String(recordsApart),
        since,
        root.crm.slice(0, 16),
        root.erp.slice(0, 16),
      ],
    ];
  });
  const [first] = entities.flatMap(({ proof }) => (proof === null ? [] : [proof]));
  return {
    title: "Proven equal",
    paragraphs:
      first === undefined
        ? ["No tree is kept of a day that is past."]
        : [
            `By what was read of both systems in the last ${words.span(first.withinMs)}. Equal roots: each ` +
              "compared field of each record is equal. What is apart by the contract owes no proof, and " +
              "makes roots differ all the same.",
          ],
    tables: [
      {
        caption: "Share proven of what owes a proof, oldest record without, and roots of the hash trees",
        columns: [
          ...["Entity", "Records", "Proven", "Fields proven", "Apart by contract", "Oldest unproven"],
          ...["CRM root", "ERP root"],
        ],
        rows,
      },
    ],
  };
}

/** Fields that lead to records which the contract keeps on one side. */
function keptRows(statement: Statement, words: StatementWords): readonly (readonly string[])[] {
  return statement.entities.flatMap(({ entity, differences }) =>
    differences
      .filter(isUnwanted)
      .map(({ label, link, field, crm, erp, reason }) => [
        label === "" ? link : label,
        entity,
        field,
        words.value(crm, statement),
        words.value(erp, statement),
        words.reason(reason),
      ]),
  );
}

/** Records that one side alone has, but for those that the contract keeps there. */
function missingRows(
  entities: readonly EntityStatement[],
  words: StatementWords,
): readonly (readonly string[])[] {
  return entities.flatMap(({ entity, missing: found }) =>
    found
      .filter((one) => !isUnwanted(one))
      .map(({ label, link, missingOn, reason, command }) => [
        label === "" ? (link ?? "") : label,
        entity,
        missingOn === "crm" ? "CRM" : "ERP",
        words.reason(reason),
        command,
      ]),
  );
}

function recordsPart(statement: Statement, words: StatementWords): SheetPart {
  const { entities } = statement;
  const differences = entities.flatMap(({ entity, differences: found }) =>
    found
      .filter((one) => !isUnwanted(one))
      .map(({ label, link, field, crm, erp, reason, because, command }) => [
        label === "" ? link : label,
        entity,
        field,
        words.value(crm, statement),
        words.value(erp, statement),
        because.length === 0 ? words.reason(reason) : because.join("; "),
        command,
      ]),
  );
  const kept = keptRows(statement, words);
  const missing = missingRows(entities, words);
  const more = [differences, missing, kept].reduce(
    (sum, rows) => sum + Math.max(rows.length - listedMax, 0),
    0,
  );
  return {
    title: "Records",
    ...(more === 0 ? {} : { paragraphs: [`${more} more rows are in the sealed statement alone.`] }),
    tables: [
      {
        caption: "Records and fields compared",
        columns: [
          "Entity",
          "Linked",
          "On one side by contract",
          "Fields compared",
          "Equal",
          "Different",
          "By contract",
        ],
        rows: entities.map((each) => {
          const apart = each.differences.filter(isUnwanted).length;
          const { linked, notWanted, fieldsCompared, fieldsEqual } = each;
          const open = each.differences.length - apart;
          return [each.entity, ...[linked, notWanted, fieldsCompared, fieldsEqual, open, apart].map(String)];
        }),
      },
      {
        caption: "Differences",
        columns: ["Record", "Entity", "Field", "CRM", "ERP", "Reason", "Settled by"],
        rows: differences.slice(0, listedMax),
      },
      {
        caption: "Apart by the contract; nothing has to be done",
        columns: ["Record", "Entity", "Field", "CRM", "ERP", "Reason"],
        rows: kept.slice(0, listedMax),
      },
      {
        caption: "On one side only",
        columns: ["Record", "Entity", "Missing in", "Reason", "Settled by"],
        rows: missing.slice(0, listedMax),
      },
    ],
  };
}

function cutOffPart({ asOf, madeAt }: Statement & { readonly asOf: AsOf }, words: StatementWords): SheetPart {
  const { day, unknown, since, byStamp } = asOf;
  const list = (title: string, lines: readonly string[]): readonly SheetPart[] => {
    const more =
      lines.length > listedMax ? [`${lines.length - listedMax} more are in the sealed statement.`] : [];
    return lines.length === 0 ? [] : [{ title, points: [...lines.slice(0, listedMax), ...more] }];
  };
  return {
    title: `As of ${day}`,
    paragraphs: [
      `${words.shown(asOf, madeAt)}, by what was read of them.`,
      ...(byStamp === 0 ? [] : [words.byStamp(byStamp)]),
      unknown.length === 0 ? "Nothing had to be left out." : "What nobody knows is left out of the totals.",
    ],
    parts: [...list("Left out", unknown), ...list("Since then, and not in it", since)],
  };
}

function verdictOf(statement: Statement): string {
  if (statement.isEqual && isOverNothing(statement)) return "No record is known here that could be compared.";
  const { asOf } = statement;
  if (statement.isEqual && asOf !== null && asOf.unknown.length > 0)
    return `The CRM and the ERP agree in what is known of ${asOf.day}; what is left out, nobody knows.`;
  if (statement.isEqual) return "The CRM and the ERP agree.";
  const open = openCount(statement);
  const found = `${open} ${open === 1 ? "difference" : "differences"}`;
  return statement.isExplained
    ? `The CRM and the ERP do not agree yet: ${found}, each with its reason.`
    : `The CRM and the ERP do not agree: ${found}, and not each has a reason.`;
}

/** A sealed statement as a document for an auditor. */
export function statementSheet(sealed: SealedStatement, words: StatementWords): Sheet {
  const { statement, number, before, hash, store } = sealed;
  const { madeAt, contract, asOf, entities, footing, companyFooting } = statement;
  return {
    title: `Statement ${number}${asOf === null ? "" : ` as of ${asOf.day}`}`,
    facts: [
      ["Verdict", verdictOf(statement)],
      ["Made", words.moment(madeAt)],
      ["Contract", contract],
      ["Store", store],
      ["Hash", hash],
      ["Hash of the one before", before === "" ? "none; it is the first" : before],
    ],
    parts: [
      ...(asOf === null ? [] : [cutOffPart({ ...statement, asOf }, words)]),
      totalsPart(footing, words, inDocument),
      ...(companyFooting === undefined ? [] : [totalsPart(companyFooting, words, inCompany)]),
      proofPart(entities, words),
      recordsPart(statement, words),
      {
        title: "How to check it",
        paragraphs: [
          "The command crossfoot statement verify FILE makes every sum, count, root and hash again from " +
            "the sealed statement inside this document, makes this document again from it, and asks " +
            "the store whether it has handed it out.",
        ],
      },
    ],
  };
}
