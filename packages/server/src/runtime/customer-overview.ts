import { amountOf, entityNames, sumOf } from "@crossfoot/model";
import type { EntityName, Fields } from "@crossfoot/kernel";
import { text } from "./preflight-words.ts";
import type { Customer, LinkedMember, LinkedRecord } from "./looking-port.ts";

/** Documents of one entity, state and currency, added up. Amounts are exact decimal text. */
interface DocumentSum {
  readonly entity: EntityName;
  /** Null where no state is shown. */
  readonly status: string | null;
  /** ISO 4217; null for documents that show no amount. */
  readonly currency: string | null;
  readonly count: number;
  readonly gross: string | null;
  /** What is open of it; null where that is not shown. */
  readonly open: string | null;
  /** What is open of it and past its due date; null where nothing is. */
  readonly overdue: string | null;
}

/** Records of one entity that belong to the account, the newest first. */
interface RelatedPart {
  readonly entity: EntityName;
  readonly count: number;
  readonly records: readonly LinkedRecord[];
  /** False when the sums are those of a part: there are more records than are looked at. */
  readonly isWhole: boolean;
}

/** What one looks at first when a customer calls. */
export interface CustomerOverview {
  readonly account: LinkedRecord;
  readonly documents: readonly DocumentSum[];
  readonly related: readonly RelatedPart[];
}

/** Entities whose amounts are added up. */
const summed: readonly string[] = ["quotes", "orders", "invoices"];
/** Entities that the ERP tells first: a quote, a contact and a price are the CRM's until it has them too. */
const erpFirst: readonly string[] = ["orders", "invoices", "shipments"];
/** What places a record in time, by entity. */
const dayFields = ["date", "confirmedDeliveryDate", "expectedShipDate"];

const shownKinds: readonly string[] = ["present", "archived"];
const goneKinds: readonly string[] = ["deleted", "merged", "converted", "out_of_scope"];

/**
 * The fields that a record is told by: those of the system that has the first word about its entity, or of
 * another one while that has nothing to show. Null for one that is gone where the first word is.
 */
function toldFields(record: LinkedRecord, erp: string | null): Fields | null {
  const isErpFirst = erpFirst.includes(record.entity);
  const first = record.members.filter(({ connection }) => (connection === erp) === isErpFirst);
  const all = [...first, ...record.members];
  const shown = all.find(({ kind }: LinkedMember) => shownKinds.includes(kind));
  const isGone = first.length > 0 && first.every(({ kind }) => goneKinds.includes(kind));
  return isGone ? null : (shown?.fields ?? null);
}

function dayOf(fields: Fields | null): string {
  return dayFields.map((field) => text(fields?.[field])).find((day) => day !== null) ?? "";
}

interface Told {
  readonly record: LinkedRecord;
  readonly fields: Fields | null;
}

function sumsOf(entity: EntityName, told: readonly Told[], today: string): readonly DocumentSum[] {
  const documents = told.flatMap(({ fields }) => {
    if (fields === null) return [];
    const { gross, openBalance, status, dueDate } = fields;
    const [amount, open] = [amountOf(gross), amountOf(openBalance)];
    const due = text(dueDate);
    const isOverdue = due !== null && due < today && status !== "cancelled";
    const currency = amount?.currency ?? open?.currency ?? null;
    return [{ status: text(status), currency, gross: amount, open, isOverdue }];
  });
  const groups = Map.groupBy(documents, ({ status, currency }) => JSON.stringify([status, currency]));
  const sum = (amounts: readonly (string | undefined)[]): string | null => {
    const known = amounts.filter((each) => each !== undefined);
    return known.length === 0 ? null : sumOf(known);
  };
  return [...groups.values()].map((group) => ({
    entity,
    status: group[0]?.status ?? null,
    currency: group[0]?.currency ?? null,
    count: group.length,
    gross: sum(group.map(({ gross }) => gross?.amount)),
    open: sum(group.map(({ open }) => open?.amount)),
    overdue: sum(group.filter(({ isOverdue }) => isOverdue).map(({ open }) => open?.amount)),
  }));
}

/**
 * Adds up what an account has, and keeps the newest records of each entity. Of what it is not shown it adds
 * up nothing: whoever asks takes hidden fields out before. `today` is a day, `YYYY-MM-DD`. Never throws for
 * canonical values.
 */
export function overviewOf(
  customer: Customer,
  { today, limit }: { readonly today: string; readonly limit: number },
): CustomerOverview {
  const order = new Map<string, number>(entityNames.map((name, at) => [name, at]));
  const parts = customer.related.toSorted(
    (a, b) => (order.get(a.entity) ?? 99) - (order.get(b.entity) ?? 99),
  );
  const told = parts.map((part) => ({
    ...part,
    told: part.records
      .map((record): Told => ({ record, fields: toldFields(record, customer.erp) }))
      .toSorted((a, b) => dayOf(b.fields).localeCompare(dayOf(a.fields))),
  }));
  return {
    account: customer.account,
    documents: told.flatMap(({ entity, told: all }) =>
      summed.includes(entity) ? sumsOf(entity, all, today) : [],
    ),
    related: told.map(({ entity, count, records, told: all }) => ({
      entity,
      count,
      records: all.slice(0, limit).map(({ record }) => record),
      isWhole: records.length === count,
    })),
  };
}
