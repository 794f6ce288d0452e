import { TwinError } from "../failure.ts";
import type { JsonMap, RecordRef, TwinRecord } from "../json.ts";
import type { Ledger } from "../ledger.ts";
import type { Records, WriteOptions } from "../records.ts";
import { crmRefusal } from "./wire.ts";
import { withheldRecords } from "./withheld.ts";
import type { Withheld } from "./withheld.ts";

/** What callers and people can do to CRM records; both go through here. */
export interface CrmDesk {
  readonly records: Records;
  readonly ledger: Ledger;
  /** What the API may not see. */
  readonly withheld: Withheld;
  /** The record as a reader sees it. Throws 404, or 410 for the loser of a merge. */
  read(object: string, id: string): TwinRecord;
  /** Throws 404 or 410 when there is no record to write to. */
  mustExist(ref: RecordRef): void;
  update(ref: RecordRef, body: JsonMap, options: WriteOptions): TwinRecord;
  archive(ref: RecordRef, options: WriteOptions): TwinRecord;
  unarchive(ref: RecordRef, options: WriteOptions): TwinRecord;
  merge(winnerId: string, loserId: string, options: WriteOptions): TwinRecord;
  unmerge(loserId: string, options: WriteOptions): TwinRecord;
}

function gone(ledger: Ledger, { object, id }: RecordRef): TwinError {
  const into = ledger.state.merged[`${object}/${id}`];
  if (into === undefined) return crmRefusal("not-found", "", `no ${object} ${id}`);
  return new TwinError(410, "MERGED", `${id} was merged into ${into}`).with({ id, mergedInto: into });
}

/** The two accounts of a merge. */
interface Pair {
  readonly winnerId: string;
  readonly loserId: string;
}

function merge(records: Records, { winnerId, loserId }: Pair, actor: string): TwinRecord {
  const { ledger } = records;
  const loserRef = { object: "accounts", id: loserId };
  if (winnerId === loserId)
    throw crmRefusal("bad-value", "loserId", "an account cannot be merged into itself");
  const loser = records.need("accounts", loserId);
  records.checkLock("accounts", winnerId);
  records.checkLock("accounts", loserId);
  records.repoint(loserRef, winnerId, actor);
  records.removeMerged(loserRef, winnerId, actor);
  const filled: Record<string, JsonMap[string]> = {};
  for (const field of records.schema("accounts").fields) {
    const own = ledger.get("accounts", winnerId)?.[field.name] ?? null;
    const other = loser[field.name] ?? null;
    if (own === null && other !== null && other !== winnerId) filled[field.name] = other;
  }
  return records.amend({ object: "accounts", id: winnerId }, filled, { actor, kind: "write" });
}

function unmerge(records: Records, loserId: string, actor: string): TwinRecord {
  const { ledger } = records;
  if (ledger.state.merged[`accounts/${loserId}`] === undefined) {
    throw crmRefusal("state", "", `${loserId} did not lose a merge`);
  }
  const was = ledger.commits.findLast(
    (commit) => commit.object === "accounts" && commit.id === loserId && commit.kind === "merge",
  )?.before;
  if (!was) throw crmRefusal("not-found", "", `no accounts ${loserId}`);
  return records.bringBack("accounts", was, actor);
}

function setArchived(
  records: Records,
  ref: RecordRef,
  options: WriteOptions & { archived: boolean },
): TwinRecord {
  const { archived, actor } = options;
  records.checkVersion(records.need(ref.object, ref.id), options.expected ?? null);
  records.checkLock(ref.object, ref.id);
  return records.amend(ref, { archived }, { actor, kind: archived ? "archive" : "unarchive" });
}

/** Makes the desk of a CRM. */
export function createCrmDesk(records: Records): CrmDesk {
  const { ledger } = records;
  const mustExist = (ref: RecordRef): void => {
    if (ledger.get(ref.object, ref.id) === undefined) throw gone(ledger, ref);
  };
  const archiving =
    (archived: boolean) =>
    (ref: RecordRef, options: WriteOptions): TwinRecord => {
      mustExist(ref);
      return setArchived(records, ref, { ...options, archived });
    };
  return {
    records,
    ledger,
    withheld: withheldRecords(ledger),
    mustExist,
    read: (object, id) => {
      const record = ledger.seen(object, id);
      if (record === undefined) throw gone(ledger, { object, id });
      return record;
    },
    update: (ref, body, options) => {
      mustExist(ref);
      const before = records.need(ref.object, ref.id);
      records.checkVersion(before, options.expected ?? null);
      if (before["archived"] === true) throw crmRefusal("state", "", `${ref.id} is archived`);
      return records.update(ref, body, options);
    },
    archive: archiving(true),
    unarchive: archiving(false),
    merge: (winnerId, loserId, { actor }) => {
      for (const id of [winnerId, loserId]) mustExist({ object: "accounts", id });
      return ledger.transaction(() => merge(records, { winnerId, loserId }, actor));
    },
    unmerge: (loserId, { actor }) => ledger.transaction(() => unmerge(records, loserId, actor)),
  };
}
