/**
 * What became of a first load into a real ERP, judged by what the ERP's own RPC shows and by the commit log
 * of the CRM, and by nothing of ours: is everything there, once, with the values of its source.
 */
import type { Commit, TwinRecord } from "@crossfoot/twin";
import { companyName, personName } from "./company.ts";
import type { Party, Product } from "./live-erp.ts";
import type { LoadSize } from "./live-stage.ts";

/** Both systems as they tell it. */
export interface Told {
  readonly parties: readonly Party[];
  readonly products: readonly Product[];
  readonly crm: readonly Commit[];
}

/** The judgement. Each finding is one line. */
export interface LoadAudit {
  readonly wanted: number;
  readonly compared: number;
  /** Records that the integration user made, in both systems. */
  readonly created: number;
  readonly missing: readonly string[];
  readonly doubled: readonly string[];
  readonly wrong: readonly string[];
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

interface Found {
  wanted: number;
  compared: number;
  created: number;
  readonly missing: string[];
  readonly doubled: string[];
  readonly wrong: string[];
}

/** Records of the CRM by object, as its log leaves them. */
function recordsOf(commits: readonly Commit[], object: string): readonly TwinRecord[] {
  const there = new Map<string, TwinRecord>();
  for (const { object: of, id, after } of commits) {
    if (of !== object) continue;
    if (after === null) there.delete(String(id));
    else there.set(String(id), after);
  }
  return [...there.values()];
}

/** Exactly one of these is to be there; answers it. */
function only<T>(found: Found, label: string, all: readonly T[] = []): T | undefined {
  found.wanted += 1;
  if (all.length === 0) found.missing.push(label);
  if (all.length > 1) found.doubled.push(`${label}: ${all.length} times`);
  return all.length === 1 ? all[0] : undefined;
}

function same(
  found: Found,
  label: string,
  values: readonly (readonly [name: string, there: unknown, here: unknown])[],
): void {
  for (const [name, there, here] of values) {
    found.compared += 1;
    if (JSON.stringify(there) !== JSON.stringify(here)) found.wrong.push(`${label}: ${name} is not the same`);
  }
}

/** Customers and people that only the CRM knew. */
function judgeParties(told: Told, { accounts, contactEvery }: LoadSize, found: Found): void {
  const parties = Map.groupBy(told.parties, ({ name }) => name);
  const records = Map.groupBy(recordsOf(told.crm, "accounts"), ({ name }) => text(name));
  const wanted = new Set<string>();
  for (let n = 0; n < accounts; n += 1) {
    const name = companyName(n);
    wanted.add(name);
    const [record] = records.get(name) ?? [];
    const party = only(found, `party ${name}`, parties.get(name));
    const person = `Maud ${personName(n)}`;
    if (n % contactEvery === 0) {
      wanted.add(person);
      const contact = only(found, `party ${person}`, parties.get(person));
      if (contact !== undefined)
        same(found, person, [["email", contact.reach.get("email"), [`maud@fable-${n}.example`]]]);
    }
    if (party === undefined || record === undefined) continue;
    const address = record["billingAddress"] as TwinRecord | undefined;
    const place = [address?.["street"], address?.["postalCode"], address?.["city"]].map(text).join(", ");
    same(found, `party ${name}`, [
      ["being active", party.isActive, true],
      ["the number", party.code, text(record["customerNumber"])],
      ["the email", party.reach.get("email"), [record["email"]]],
      ["the phone", party.reach.get("phone"), [record["phone"]]],
      ["the website", party.reach.get("website"), [record["website"]]],
      ["the address", party.addresses, [place]],
      ["the terms", party.terms, record["paymentTerms"]],
    ]);
  }
  const made = told.parties.filter(({ references }) => references.length > 0);
  found.created += made.length;
  for (const { name } of made) if (!wanted.has(name)) found.wrong.push(`party ${name}: made and not wanted`);
}

/** Our references: one record under each, and one on each record. */
function judgeReferences(told: Told, found: Found): void {
  const all = told.parties.flatMap(({ references, id }) => references.map((code) => ({ code, id })));
  for (const [code, { length }] of Map.groupBy(all, (one) => one.code))
    if (length > 1) found.doubled.push(`${code} in the ERP: on ${length} records`);
  for (const { id, references } of told.parties)
    if (references.length > 1) found.doubled.push(`party ${id}: made under ${references.length} references`);
}

/** Products and the customers of the ERP's own seed, which the CRM was to get. */
function judgeCrm(told: Told, found: Found): void {
  const products = Map.groupBy(recordsOf(told.crm, "products"), ({ sku }) => text(sku));
  for (const { code, name } of told.products) {
    const record = only(found, `product ${code} in the CRM`, products.get(code));
    if (record !== undefined) same(found, `product ${code}`, [["the name", record["name"], name]]);
  }
  const accounts = Map.groupBy(recordsOf(told.crm, "accounts"), ({ customerNumber }) => text(customerNumber));
  for (const { code, name } of told.parties.filter((party) => /^C\d{5}$/.test(party.code))) {
    const record = only(found, `customer ${code} in the CRM`, accounts.get(code));
    if (record !== undefined) same(found, `customer ${code}`, [["the name", record["name"], name]]);
  }
}

/** What the integration user made in the CRM, deleted since or not: once under each reference and key. */
function judgeMaking(told: Told, found: Found): void {
  const made = told.crm.filter(
    ({ kind, actor, after }) =>
      kind === "create" && actor === "integration" && text(after?.["externalRef"]) !== "",
  );
  const keys = made.flatMap(({ object, after }) => {
    const names = [
      "externalRef",
      ...(object === "products" ? ["sku"] : []),
      ...(object === "accounts" ? ["name"] : []),
    ];
    return names.map((name) => `${object} by ${name} ${text(after?.[name])}`);
  });
  found.created += made.length;
  for (const [key, { length }] of Map.groupBy(keys, (key) => key))
    if (length > 1) found.doubled.push(`${key}: made ${length} times in the CRM`);
}

/** Judges a load of that size that has come to rest. */
export function judgeLoad(told: Told, size: LoadSize): LoadAudit {
  const found: Found = { wanted: 0, compared: 0, created: 0, missing: [], doubled: [], wrong: [] };
  judgeParties(told, size, found);
  judgeReferences(told, found);
  judgeCrm(told, found);
  judgeMaking(told, found);
  return found;
}
