import { TwinError } from "../failure.ts";
import type { JsonMap, TwinRecord } from "../json.ts";
import type { Ledger } from "../ledger.ts";
import type { Records, WriteOptions } from "../records.ts";
import { crmRefusal } from "./wire.ts";

/** What callers and people can do to CRM records; both go through here. */
export interface CrmDesk {
  readonly records: Records;
  readonly ledger: Ledger;
  /** The record as a reader sees it. Throws 404, or 410 for the loser of a merge. */
  read(object: string, id: string): TwinRecord;
  /** Throws 404 or 410 when there is no record to write to. */
  mustExist(object: string, id: string): void;
  update(object: string, id: string, body: JsonMap, options: WriteOptions): TwinRecord;
  setArchived(object: string, id: string, archived: boolean, options: WriteOptions): TwinRecord;
  merge(winnerId: string, loserId: string, options: WriteOptions): TwinRecord;
  unmerge(loserId: string, options: WriteOptions): TwinRecord;
}

function gone(ledger: Ledger, object: string, id: string): TwinError {
  const into = ledger.state.merged[`${object}/${id}`];
  if (into === undefined) return crmRefusal("not-found", "", `no ${object} ${id}`);
  return new TwinError(410, "MERGED", `${id} was merged into ${into}`, null, { id, mergedInto: into });
}

function merge(records: Records, winnerId: string, loserId: string, options: WriteOptions): TwinRecord {
  const { ledger } = records;
  if (winnerId === loserId)
    throw crmRefusal("bad-value", "loserId", "an account cannot be merged into itself");
  const loser = records.need("accounts", loserId);
  records.checkLock("accounts", winnerId);
  records.checkLock("accounts", loserId);
  records.repoint("accounts", loserId, winnerId, options.actor);
  records.removeMerged("accounts", loserId, winnerId, options.actor);
  const filled: Record<string, JsonMap[string]> = {};
  for (const field of records.schema("accounts").fields) {
    const own = ledger.get("accounts", winnerId)?.[field.name] ?? null;
    const other = loser[field.name] ?? null;
    if (own === null && other !== null && other !== winnerId) filled[field.name] = other;
  }
  return records.amend("accounts", winnerId, filled, options.actor);
}

function unmerge(ledger: Ledger, records: Records, loserId: string, options: WriteOptions): TwinRecord {
  if (ledger.state.merged[`accounts/${loserId}`] === undefined) {
    throw crmRefusal("state", "", `${loserId} did not lose a merge`);
  }
  const was = ledger.commits.findLast(
    (commit) => commit.object === "accounts" && commit.id === loserId && commit.kind === "merge",
  )?.before;
  if (!was) throw crmRefusal("not-found", "", `no accounts ${loserId}`);
  return records.bringBack("accounts", was, options.actor);
}

/** Makes the desk of a CRM. */
export function createCrmDesk(records: Records): CrmDesk {
  const { ledger } = records;
  const mustExist = (object: string, id: string): void => {
    if (ledger.get(object, id) === undefined) throw gone(ledger, object, id);
  };
  return {
    records,
    ledger,
    mustExist,
    read: (object, id) => {
      const record = ledger.seen(object, id);
      if (record === undefined) throw gone(ledger, object, id);
      return record;
    },
    update: (object, id, body, options) => {
      mustExist(object, id);
      const before = records.need(object, id);
      records.checkVersion(before, options.expected ?? null);
      if (before["archived"] === true) throw crmRefusal("state", "", `${id} is archived`);
      return records.update(object, id, body, options);
    },
    setArchived: (object, id, archived, options) => {
      mustExist(object, id);
      const before = records.need(object, id);
      records.checkVersion(before, options.expected ?? null);
      records.checkLock(object, id);
      const kind = archived ? "archive" : "unarchive";
      return records.amend(object, id, { archived }, options.actor, kind);
    },
    merge: (winnerId, loserId, options) => {
      mustExist("accounts", winnerId);
      mustExist("accounts", loserId);
      return ledger.transaction(() => merge(records, winnerId, loserId, options));
    },
    unmerge: (loserId, options) => ledger.transaction(() => unmerge(ledger, records, loserId, options)),
  };
}
