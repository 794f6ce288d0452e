import type { JsonMap, RecordRef, TwinRecord } from "../json.ts";
import type { CrmDesk } from "./desk.ts";

/**
 * What users of the CRM do. Each call acts and commits at once as the named user and returns the record; it
 * throws `TwinError` where the CRM would refuse. People meet no faults, no quota and no latency.
 */
export interface CrmPeople {
  create(object: string, fields: JsonMap, login?: string): TwinRecord;
  edit(ref: RecordRef, fields: JsonMap, login?: string): TwinRecord;
  archive(object: string, id: string, login?: string): TwinRecord;
  unarchive(object: string, id: string, login?: string): TwinRecord;
  remove(object: string, id: string, login?: string): void;
  /** Holds a row for some time: writes to it meet 409 LOCKED. */
  lock(object: string, id: string, forMs: number): void;
  /** An administrator keeps a record from the API, or gives it back. */
  withhold(ref: RecordRef, isWithheld: boolean): void;
  createAccount(fields: JsonMap, login?: string): TwinRecord;
  editAccount(id: string, fields: JsonMap, login?: string): TwinRecord;
  createContact(fields: JsonMap, login?: string): TwinRecord;
  editContact(id: string, fields: JsonMap, login?: string): TwinRecord;
  createQuote(fields: JsonMap, login?: string): TwinRecord;
  editQuote(id: string, fields: JsonMap, login?: string): TwinRecord;
  sendQuote(id: string, login?: string): TwinRecord;
  acceptQuote(id: string, login?: string): TwinRecord;
  rejectQuote(id: string, login?: string): TwinRecord;
  expireQuote(id: string, login?: string): TwinRecord;
  /** Back to draft with one revision more, then the fields; the number stays. */
  reviseQuote(id: string, fields: JsonMap, login?: string): TwinRecord;
  mergeAccounts(winnerId: string, loserId: string, login?: string): TwinRecord;
  unmergeAccount(loserId: string, login?: string): TwinRecord;
}

const SALES = "ada";

/** Makes the people of a CRM. */
export function crmPeople(desk: CrmDesk, clock: () => number): CrmPeople {
  const { records, ledger } = desk;
  const acting = <T>(act: () => T): T => ledger.transaction(act);
  const create: CrmPeople["create"] = (object, fields, login = SALES) =>
    acting(() => records.create(object, fields, { actor: login }));
  const edit: CrmPeople["edit"] = (ref, fields, login = SALES) =>
    acting(() => desk.update(ref, fields, { actor: login }));
  const quote = (id: string): RecordRef => ({ object: "quotes", id });
  const moveQuote =
    (status: string) =>
    (id: string, login = SALES): TwinRecord =>
      edit(quote(id), { status }, login);
  return {
    create,
    edit,
    archive: (object, id, login = SALES) => acting(() => desk.archive({ object, id }, { actor: login })),
    unarchive: (object, id, login = SALES) => acting(() => desk.unarchive({ object, id }, { actor: login })),
    remove: (object, id, login = SALES) =>
      acting(() => {
        desk.mustExist({ object, id });
        records.remove(object, id, { actor: login });
      }),
    lock: (object, id, forMs) => ledger.lock(object, id, clock() + forMs),
    withhold: (ref, isWithheld) => desk.withheld.set(ref, isWithheld),
    createAccount: (fields, login) => create("accounts", fields, login),
    editAccount: (id, fields, login) => edit({ object: "accounts", id }, fields, login),
    createContact: (fields, login) => create("contacts", fields, login),
    editContact: (id, fields, login) => edit({ object: "contacts", id }, fields, login),
    createQuote: (fields, login) => create("quotes", fields, login),
    editQuote: (id, fields, login) => edit(quote(id), fields, login),
    sendQuote: moveQuote("sent"),
    acceptQuote: moveQuote("accepted"),
    rejectQuote: moveQuote("rejected"),
    expireQuote: moveQuote("expired"),
    reviseQuote: (id, fields, login = SALES) =>
      acting(() => {
        edit(quote(id), { status: "draft" }, login);
        return Object.keys(fields).length === 0 ? records.need("quotes", id) : edit(quote(id), fields, login);
      }),
    mergeAccounts: (winnerId, loserId, login = SALES) => desk.merge(winnerId, loserId, { actor: login }),
    unmergeAccount: (loserId, login = SALES) => desk.unmerge(loserId, { actor: login }),
  };
}
