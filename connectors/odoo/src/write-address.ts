import { refusal } from "./failures.ts";
import { isMap, isSame, mapsOf, odooId, text } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Options } from "./options.ts";
import { isBlankAddress } from "./partner-address.ts";
import type { Lookups } from "./write-lookups.ts";

/** What writing addresses needs. */
export interface AddressSetting {
  readonly lookups: Lookups;
  readonly options: Options;
}

/** Fields of the partner itself, and commands for its children. */
export interface AddressWrites {
  readonly own: JsonMap;
  readonly children: readonly Json[];
}

const blank: JsonMap = {
  street: false,
  street2: false,
  zip: false,
  city: false,
  state_id: false,
  country_id: false,
};

/** Odoo's values of an address; of one that exists only what changes. */
export async function addressValues(
  { lookups, options }: AddressSetting,
  wanted: JsonMap,
  shown: JsonMap | null,
): Promise<JsonMap> {
  const changes = (part: string): boolean =>
    shown === null || !isSame(wanted[part] ?? null, shown[part] ?? null);
  const values: Record<string, Json> = {};
  for (const part of ["street", "street2", "zip", "city"])
    if (changes(part)) values[part] = text(wanted, part) ?? false;
  if (!changes("country") && !changes("state")) return values;
  const [code, region] = [text(wanted, "country"), text(wanted, "state")];
  const country = code === null ? undefined : await lookups.country(code);
  values["country_id"] = country ?? false;
  const state = country === undefined || region === null ? undefined : await lookups.state(country, region);
  if (region !== null && state === undefined && options.unknownRegion === "refuse") {
    const message = "Odoo knows no such state of the country; add it there, or set the option unknownRegion";
    throw refusal("region_unknown", message, "state");
  }
  values["state_id"] = state ?? false;
  return values;
}

/** What is to be changed of the addresses of a partner; `partner` is undefined for one that is created. */
export interface AddressChange {
  readonly partner: number | undefined;
  readonly patch: JsonMap;
  readonly current: JsonMap;
  /**
   * Its own address is that of its parent: Odoo writes both at once, and those of all its sisters, so that it
   * is never written.
   */
  readonly isShared: boolean;
}

/** The writes that bring the addresses of a partner to what the patch says. */
export async function addressWrites(setting: AddressSetting, from: AddressChange): Promise<AddressWrites> {
  const { patch, current, isShared } = from;
  const own: Record<string, Json> = {};
  const children: Json[] = [];
  const uses = [
    { root: "invoice_address", type: "invoice" },
    { root: "delivery_address", type: "delivery" },
  ];
  for (const { root, type } of uses) {
    if (patch[root] === undefined) continue;
    const [given, shown] = [patch[root], current[root]];
    const wanted = isMap(given) ? { ...(isMap(shown) ? shown : {}), ...given } : null;
    const change = { wanted, shown: isMap(shown) ? shown : null, type, isShared };
    merge({ own, children }, await oneAddress(setting, from.partner, change));
  }
  if (patch["addresses"] !== undefined) {
    for (const each of await furtherAddresses(setting, from)) merge({ own, children }, each);
  }
  return { own, children };
}

function merge(
  into: { readonly own: Record<string, Json>; readonly children: Json[] },
  more: AddressWrites,
): void {
  Object.assign(into.own, more.own);
  into.children.push(...more.children);
}

interface Change {
  readonly wanted: JsonMap | null;
  readonly shown: JsonMap | null;
  readonly type: string;
  readonly isShared: boolean;
}

const sharedAddress = (): never => {
  const message = "Odoo shares this address with the parent company; it is changed there";
  throw refusal("address_shared", message, "addresses");
};

/**
 * One address. An invoice address that is not there yet is the partner's own; any other is a child. What is
 * emptied is put away, never deleted: documents may name it.
 */
async function oneAddress(
  setting: AddressSetting,
  partner: number | undefined,
  { wanted, shown, type, isShared }: Change,
): Promise<AddressWrites> {
  const id = odooId(shown?.["id"]);
  const isOwn = id === undefined ? type === "invoice" : id === partner;
  if (isOwn && isShared) {
    if (wanted === null || isBlankAddress(wanted) || type !== "invoice")
      return id === undefined ? { own: {}, children: [] } : sharedAddress();
    return { own: {}, children: [[0, 0, { type, ...(await addressValues(setting, wanted, null)) }]] };
  }
  if (wanted === null || isBlankAddress(wanted)) {
    if (id === undefined) return { own: {}, children: [] };
    return isOwn ? { own: blank, children: [] } : { own: {}, children: [[1, id, { active: false }]] };
  }
  const values = await addressValues(setting, wanted, shown);
  if (isOwn) return { own: values, children: [] };
  const label = wanted["name"] === undefined ? {} : { name: text(wanted, "name") ?? false };
  const named = { ...label, ...values };
  return { own: {}, children: [id === undefined ? [0, 0, { type, ...named }] : [1, id, named]] };
}

async function furtherAddresses(
  setting: AddressSetting,
  { partner, patch, current, isShared }: AddressChange,
): Promise<readonly AddressWrites[]> {
  const rows = { wanted: mapsOf(patch["addresses"]), shown: mapsOf(current["addresses"]) };
  const kept = new Set(rows.wanted.map((row) => odooId(row["id"])));
  const dropped = rows.shown.filter((row) => !kept.has(odooId(row["id"])));
  const writes: AddressWrites[] = [];
  for (const shown of dropped)
    writes.push(await oneAddress(setting, partner, { wanted: null, shown, type: "other", isShared }));
  for (const row of rows.wanted) {
    const id = odooId(row["id"]);
    const shown = rows.shown.find((each) => odooId(each["id"]) === id) ?? null;
    const wanted = { ...shown, ...row };
    if (shown === null || !isSame(shown, wanted))
      writes.push(await oneAddress(setting, partner, { wanted, shown, type: "other", isShared }));
  }
  return writes;
}
