import {
  auditEntities,
  auditList,
  compareLists,
  duplicatesIn,
  firstLoadOf,
  labelOf,
  pairLists,
  recogniseColumns,
} from "@crossfoot/matching";
import type { AuditTerms, FirstLoad, ListAudit, Pairing } from "@crossfoot/matching";
import { scoreOf } from "@crossfoot/model";
import type { AuditFinding } from "@crossfoot/model";
import { keepTally } from "./report.ts";
import type { AuditReport } from "./report.ts";
import type { AuditRow, AuditSource } from "./source.ts";

/** Rows that tell what the columns of a list hold. */
const sampleMax = 2000;
/** Findings given on at once. */
const batchMax = 1000;

/** Bytes that ids, numbers and parents of all lists may take: some 70 million ids, or 8 million numbers. */
const heldBytesMax = 2 ** 30;
/** Records between two looks at what is held. */
const lookEvery = 1024;

/** Lists that hold more than the memory has room for. */
export class AuditTooLarge extends Error {
  constructor(from: string, row: number, heldBytes: number) {
    super(
      `${from}: too much to be audited at once: at row ${row} the ids, numbers and parents of the lists ` +
        `take ${Math.round(heldBytes / 2 ** 20)} MB to be remembered. Audit fewer lists at a time, or ` +
        "split this one (one country or one year at a time)",
    );
    this.name = "AuditTooLarge";
  }
}

/** What an audit works with. */
export interface AuditWork {
  readonly sources: readonly AuditSource[];
  readonly terms: AuditTerms;
  /** Gets every finding, in batches. */
  readonly sink: (findings: readonly AuditFinding[]) => Promise<void>;
  readonly onProgress: (message: string) => void;
  /** Bytes that ids, numbers and parents of all lists together may take, where fewer than usual. */
  readonly heldBytesMax?: number;
}

interface Listed {
  readonly audit: ListAudit;
  readonly from: string;
  /** Rows by what links them; null where nobody knows. */
  readonly links: ReadonlyMap<string, number> | null;
}

/**
 * Audits lists, row by row, then in themselves, then against the other side. Memory does not grow with the
 * findings. Reads only. Rejects with AuditTooLarge, and with whatever a source or the sink rejects with.
 */
export async function runAudit(work: AuditWork): Promise<AuditReport> {
  const tally = keepTally();
  const remarks: string[] = [];
  const lists: Listed[] = [];
  const give = giver(work, (finding) => {
    tally.take(finding);
    lists
      .find(({ audit: { list } }) => list.side === finding.side && list.entity === finding.entity)
      ?.audit.take(finding);
  });
  const order = work.sources.toSorted(
    (one, other) => auditEntities.indexOf(one.entity) - auditEntities.indexOf(other.entity),
  );
  for (const source of order) {
    const opened = await beginList(
      source,
      work,
      lists.map(({ audit }) => audit),
    );
    lists.push({ audit: opened.audit, from: source.from, links: opened.links });
    await opened.read(give);
    remarks.push(...opened.audit.remarks());
    work.onProgress(`${source.side}: ${source.entity}, ${opened.audit.records()} records`);
  }
  const firstLoad = await compareAll(lists, { work, give, remarks });
  await give([], true);
  const groups = tally.groups((finding) => nameOf(finding, lists));
  const worths = lists.map(({ audit }) => ({ records: audit.records(), lost: audit.lost() }));
  return {
    madeOn: work.terms.today,
    staleDays: work.terms.staleDays,
    score: scoreOf(worths),
    records: worths.reduce((sum, { records }) => sum + records, 0),
    findings: groups.reduce((sum, { count }) => sum + count, 0),
    repairs: groups.reduce((sum, { repairs }) => sum + repairs, 0),
    lists: lists.map(({ audit, from }) => ({
      ...{ side: audit.list.side, entity: audit.list.entity, from, records: audit.records() },
      score: scoreOf([{ records: audit.records(), lost: audit.lost() }]),
      quality: audit.quality.whole(audit.records()),
      columns: audit.quality.fields(audit.records()),
    })),
    ...{ groups, firstLoad, remarks },
  };
}

/** What people call the record of a finding; "" where that is its id, or its list was too long to be kept. */
function nameOf({ side, entity, row, id }: AuditFinding, lists: readonly Listed[]): string {
  const audit = lists.find(({ audit: { list } }) => list.side === side && list.entity === entity)?.audit;
  if (audit === undefined || audit.rows() === null) return "";
  const name = labelOf(audit.record(row));
  return name === id ? "" : name;
}

type Give = (findings: readonly AuditFinding[], isLast?: boolean) => Promise<void>;

/** Gives findings on in batches, each counted first. */
function giver(work: AuditWork, count: (finding: AuditFinding) => void): Give {
  let waiting: AuditFinding[] = [];
  return async (findings, isLast = false) => {
    for (const finding of findings) {
      count(finding);
      waiting.push(finding);
    }
    if (waiting.length < (isLast ? 1 : batchMax)) return;
    const batch = waiting;
    waiting = [];
    await work.sink(batch);
  };
}

interface Begun {
  readonly audit: ListAudit;
  readonly links: ReadonlyMap<string, number> | null;
  readonly read: (give: Give) => Promise<void>;
}

/** Recognises the columns of a list by its first rows, and makes it ready to be read. */
async function beginList(source: AuditSource, work: AuditWork, before: readonly ListAudit[]): Promise<Begun> {
  const { side, entity } = source;
  const opened = await source.open();
  const rows = opened.rows[Symbol.asyncIterator]();
  const sample: AuditRow[] = [];
  let isOver = false;
  while (opened.columns === null && sample.length < sampleMax && !isOver) {
    const next = await rows.next();
    if (next.done === true) isOver = true;
    else sample.push(next.value);
  }
  const columns =
    opened.columns ??
    recogniseColumns(
      entity,
      opened.names,
      sample.map(({ cells }) => cells),
    );
  const hasLines = work.sources.some((each) => each.side === side && each.entity === "lines");
  const list = { side, entity, columns, isCanonical: opened.isLinked, hasLines };
  const audit = auditList(list, work.terms, before);
  const links = opened.isLinked ? new Map<string, number>() : null;
  const look = ({ cells, link, faults }: AuditRow): readonly AuditFinding[] => {
    const found = audit.look(cells, faults);
    if (audit.records() % lookEvery === 0) refuseTooMany(source.from, [...before, audit], work.heldBytesMax);
    if (typeof link === "string") links?.set(link, audit.records());
    return found;
  };
  const read = async (give: Give): Promise<void> => {
    for (const row of sample) await give(look(row));
    for (let next = isOver ? null : await rows.next(); next?.done === false; next = await rows.next())
      await give(look(next.value));
    await give(audit.end());
  };
  return { audit, links, read };
}

function refuseTooMany(from: string, lists: readonly ListAudit[], most = heldBytesMax): void {
  const held = lists.reduce((sum, each) => sum + each.heldBytes(), 0);
  if (held > most) throw new AuditTooLarge(from, lists.at(-1)?.records() ?? 0, held);
}

interface Comparing {
  readonly work: AuditWork;
  readonly give: Give;
  readonly remarks: string[];
}

/** Duplicates within each list, and each list against that of the other side. */
async function compareAll(
  lists: readonly Listed[],
  { work, give, remarks }: Comparing,
): Promise<readonly FirstLoad[]> {
  for (const { audit } of lists) {
    if (audit.rows() === null) {
      const { side, entity } = audit.list;
      remarks.push(`${side}: ${entity} is too large to be compared by likeness; equal numbers were found`);
    }
    work.onProgress(`${audit.list.side}: duplicates among ${audit.list.entity}`);
    for (const finding of duplicatesIn(audit)) await give([finding]);
  }
  const loads: FirstLoad[] = [];
  const sides = [...new Set(lists.map(({ audit }) => audit.list.side))];
  for (const entity of auditEntities) {
    const [left, right] = sides.map((side) =>
      lists.find(({ audit: { list } }) => list.side === side && list.entity === entity),
    );
    if (left === undefined || right === undefined) continue;
    work.onProgress(`comparing ${entity}`);
    const pairing = pairingOf(left, right);
    if (pairing === null) {
      remarks.push(`${entity} of both sides were not compared: no column of both names the same thing`);
      continue;
    }
    for (const finding of compareLists(left.audit, right.audit, pairing)) await give([finding]);
    loads.push(firstLoadOf(left.audit, right.audit, pairing));
  }
  return loads;
}

/** What is linked counts as it is; the likeness of records is asked only for those that are not. */
function pairingOf(left: Listed, right: Listed): Pairing | null {
  const likely = pairLists(left.audit, right.audit);
  if (left.links === null || right.links === null) return likely;
  const links = [...left.links].flatMap(([link, row]) => {
    const other = right.links?.get(link);
    return other === undefined ? [] : [[row, other] as const];
  });
  const [mine, theirs] = [new Set(links.map(([row]) => row)), new Set(links.map(([, row]) => row))];
  const asked = [...(likely?.links ?? []), ...(likely?.reviews ?? [])];
  return { links, reviews: asked.filter(([row, other]) => !mine.has(row) && !theirs.has(other)) };
}
