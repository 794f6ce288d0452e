import { keepWorth } from "@crossfoot/model";
import type { AuditFinding } from "@crossfoot/model";
import { keepDocuments } from "./document-sums.ts";
import type { Documents } from "./document-sums.ts";
import { keepDecimalMarks } from "./decimal-marks.ts";
import { keepFineAmounts } from "./fine-amounts.ts";
import { keepFormats } from "./formats.ts";
import { judgeAddresses } from "./judge-address.ts";
import { judgeAge, judgeDocuments, judgeForms, judgePrices } from "./judge-amount.ts";
import { judgeCodes } from "./judge-code.ts";
import { judgeMails, judgePhones, judgeTaxIds, judgeWebs } from "./judge-contact.ts";
import { judgeFillers, judgeHygiene, judgeNeeded } from "./judge-text.ts";
import { keepLines } from "./line-amounts.ts";
import { keepQuality } from "./quality.ts";
import type { Quality } from "./quality.ts";
import { readerOf, recordOf } from "./record.ts";
import type { AuditList, AuditRecord, AuditTerms, Fault, Judge } from "./record.ts";
import { keepKeys, keepTree, keyBytes, referenceLists } from "./structure.ts";

const judges: readonly Judge[] = [
  ...[judgeNeeded, judgeFillers, judgeHygiene],
  ...[judgePhones, judgeMails, judgeWebs, judgeTaxIds, judgeCodes],
  ...[judgeForms, judgeAge, judgeAddresses],
];
/** Rules that read amounts. */
const amountJudges: readonly Judge[] = [judgePrices, judgeDocuments];

/**
 * Most records of a list that are kept to be compared with one another and with the other side: they are
 * compared in memory. Of longer lists every record is looked at, and equal keys are found, but no likeness.
 */
const keptMax = 250_000;
/** Signs of their cells at most, all together: a few of them make long lists of long texts. */
const keptSignsMax = 200_000_000;

/** One list under audit. */
export interface ListAudit {
  readonly list: AuditList;
  /** Looks at the next record. `also` are faults that its reader met. */
  readonly look: (cells: readonly string[], also?: readonly Fault[]) => readonly AuditFinding[];
  /**
   * What only the whole list tells: parents that are missing, circles, mixed forms; of lines also the
   * documents that they do not add up to. Called once.
   */
  readonly end: () => readonly AuditFinding[];
  /** What could not be judged, in words; after the end. */
  readonly remarks: () => readonly string[];
  /** Counts a finding against its record. */
  readonly take: (finding: AuditFinding) => void;
  readonly has: (id: string) => boolean;
  readonly records: () => number;
  readonly lost: () => number;
  readonly quality: Quality;
  /** Documents whose lines follow, or null. */
  readonly documents: Documents | null;
  /** Bytes of memory that ids, keys, parents and documents take, about. Rows come on top, up to a bound. */
  readonly heldBytes: () => number;
  /** Rows that were kept; null where there were too many, or too long ones. */
  readonly rows: () => readonly (readonly string[])[] | null;
  readonly record: (row: number) => AuditRecord;
}

/** A fault as a finding of a record. */
export function findingOf(record: AuditRecord, fault: Fault): AuditFinding {
  return {
    ...{
      rule: fault.rule,
      side: record.list.side,
      entity: record.list.entity,
      id: record.id,
      row: record.row,
    },
    ...{ field: fault.field, value: fault.value, says: fault.says },
    other: fault.other ?? null,
    repair: fault.repair ?? null,
  };
}

/** Begins a list. `before` are the lists of the same side that its references may lead to. Never throws. */
export function auditList(list: AuditList, terms: AuditTerms, before: readonly ListAudit[]): ListAudit {
  const columnOf = readerOf(list);
  const keys = keepKeys();
  const tree = keepTree();
  const formats = keepFormats(list);
  const worth = keepWorth();
  const quality = keepQuality(list);
  const marks = keepDecimalMarks(list, amountJudges);
  const fine = keepFineAmounts(list);
  const documents = keepDocuments(list);
  const lines = keepLines(
    list,
    before.flatMap((each) => each.documents ?? []),
  );
  const remarks: string[] = [];
  const refers = referencesOf(list, before);
  const rows = keepRows(terms.keptSigns ?? keptSignsMax);
  let count = 0;
  const recordAt = (cells: readonly string[], row: number): AuditRecord =>
    recordOf(cells, { list, terms, row, mark: marks.ofList(), columnOf });
  return {
    list,
    look: (cells, also = []) => {
      count += 1;
      const record = recordAt(cells, count);
      rows.note(cells);
      tree.note(record);
      formats.note(record);
      const readings = marks.readings(record);
      documents?.note(readings);
      lines?.note(readings);
      fine.note(record, lines === null ? record.at("currency") : lines.currencyOf(record));
      const faults = [
        ...judges.flatMap((judge) => judge(record)),
        ...marks.judge(readings),
        ...keys.note(record),
        ...refers(record),
        ...also,
      ];
      quality.note(cells, faults);
      return faults.map((fault) => findingOf(record, fault));
    },
    end: () => {
      const mark = marks.ofList();
      documents?.settle(mark);
      const told = lines?.end(mark);
      remarks.push(...marks.remarks(), ...(told?.remarks ?? []));
      const findings = [
        ...tree
          .faults(keys.has)
          .map((fault) => ({ ...fault, side: list.side, entity: list.entity, other: null, repair: null })),
        ...formats.findings(),
        ...marks.faults().map(([record, fault]) => findingOf(record, fault)),
        ...fine.findings(mark),
        ...(told?.findings ?? []),
      ];
      noteLater([...before, { list, quality }], findings);
      return findings;
    },
    remarks: () => remarks,
    take: worth.take,
    has: keys.has,
    records: () => count,
    lost: worth.lost,
    heldBytes: () => keys.bytes() + (tree.count() + (documents?.count() ?? 0)) * keyBytes,
    ...{ quality, documents },
    rows: rows.all,
    record: (row) => recordAt(rows.all()?.[row - 1] ?? [], row),
  };
}

/** Keeps the rows of a list, until there are too many or too long ones. */
function keepRows(signsMax: number): {
  readonly note: (cells: readonly string[]) => void;
  readonly all: ListAudit["rows"];
} {
  let kept: (readonly string[])[] | null = [];
  let signs = 0;
  return {
    note: (cells) => {
      if (kept === null) return;
      for (const cell of cells) signs += cell.length;
      if (kept.length >= keptMax || signs > signsMax) kept = null;
      kept?.push(cells);
    },
    all: () => kept,
  };
}

/** Counts what the end of a list showed against the fields that it is about. */
function noteLater(
  lists: readonly Pick<ListAudit, "list" | "quality">[],
  findings: readonly AuditFinding[],
): void {
  for (const finding of findings)
    lists
      .find(({ list: { side, entity } }) => finding.side === side && finding.entity === entity)
      ?.quality.noteLater(finding);
}

/** Records that name a record of another list which is not there. Lists that are not given say nothing. */
function referencesOf(list: AuditList, before: readonly ListAudit[]): Judge {
  const looked = list.columns.flatMap(({ meaning, name }) => {
    const targets = referenceLists[meaning] ?? [];
    const lists = before.filter((each) => each.list.side === list.side && targets.includes(each.list.entity));
    return lists.length === 0 ? [] : [{ meaning, name, lists }];
  });
  return ({ at }) =>
    looked.flatMap(({ meaning, name, lists }): readonly Fault[] => {
      const value = at(meaning);
      if (value === "" || lists.some((each) => each.has(value))) return [];
      const where = lists.map((each) => each.list.entity).join(" or ");
      return [{ rule: "orphan", field: name, value, says: `there is no such record among the ${where}` }];
    });
}
