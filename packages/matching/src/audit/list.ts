import { keepWorth } from "@crossfoot/model";
import type { AuditFinding } from "@crossfoot/model";
import { keepDocuments } from "./document-sums.ts";
import type { Documents } from "./document-sums.ts";
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
import { keepKeys, keepTree, referenceLists } from "./structure.ts";

const judges: readonly Judge[] = [
  ...[judgeNeeded, judgeFillers, judgeHygiene],
  ...[judgePhones, judgeMails, judgeWebs, judgeTaxIds, judgeCodes],
  ...[judgeForms, judgePrices, judgeDocuments, judgeAge, judgeAddresses],
];

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
  /** Ids, keys and parents that are held in memory. */
  readonly held: () => number;
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
  const fine = keepFineAmounts(list);
  const documents = keepDocuments(list);
  const lines = keepLines(
    list,
    before.flatMap((each) => each.documents ?? []),
  );
  const remarks: string[] = [];
  const refers = referencesOf(list, before);
  let kept: (readonly string[])[] | null = [];
  let count = 0;
  let signs = 0;
  const signsMax = terms.keptSigns ?? keptSignsMax;
  const recordAt = (cells: readonly string[], row: number): AuditRecord =>
    recordOf(cells, { list, terms, row, columnOf });
  return {
    list,
    look: (cells, also = []) => {
      count += 1;
      const record = recordAt(cells, count);
      for (const cell of kept === null ? [] : cells) signs += cell.length;
      if (count > keptMax || signs > signsMax) kept = null;
      kept?.push(cells);
      tree.note(record);
      formats.note(record);
      documents?.note(record);
      lines?.note(record);
      fine.note(record, lines === null ? record.at("currency") : lines.currencyOf(record));
      const faults = [
        ...judges.flatMap((judge) => judge(record)),
        ...keys.note(record),
        ...refers(record),
        ...also,
      ];
      quality.note(cells, faults);
      return faults.map((fault) => findingOf(record, fault));
    },
    end: () => {
      const told = lines?.end();
      remarks.push(...(told?.remarks ?? []));
      const findings = [
        ...tree.faults(keys.has).map(({ id, row, ...fault }) => ({
          ...{ side: list.side, entity: list.entity, id, row, other: null, repair: null },
          ...{ rule: fault.rule, field: fault.field, value: fault.value, says: fault.says },
        })),
        ...formats.findings(),
        ...fine.findings(),
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
    held: () => keys.count() + tree.count() + (documents?.count() ?? 0),
    ...{ quality, documents },
    rows: () => kept,
    record: (row) => recordAt(kept?.[row - 1] ?? [], row),
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
