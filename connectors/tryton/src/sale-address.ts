import { refusal } from "./failures.ts";
import type { Lookups } from "./lookups.ts";
import { isSame, text, trytonId } from "./native.ts";
import type { JsonMap, Row } from "./native.ts";
import { addressOf } from "./party.ts";
import type { Rpc } from "./rpc.ts";

const fields = ["name", "street", "postal_code", "city", "country.code", "subdivision.name"];
const compared = ["street", "street2", "postal_code", "city", "country"] as const;

const isEqualAddress = (row: Row, wanted: JsonMap): boolean =>
  compared.every((part) => isSame(addressOf(row)[part] ?? null, text(wanted, part)));

/**
 * The address of a party that reads as wanted: one it has, or a further one that is created for it. It is
 * found again by its content, so that a repeat after a lost answer makes no second one.
 */
export async function shipmentAddress(
  { rpc, lookups }: { readonly rpc: Rpc; readonly lookups: Lookups },
  wanted: JsonMap,
  party: number,
): Promise<number> {
  const rows = await rpc.search({
    model: "party.address",
    domain: [
      ["party", "=", party],
      ["active", "=", true],
    ],
    fields,
  });
  const known = trytonId(rows.find((row) => isEqualAddress(row, wanted))?.["id"]);
  if (known !== undefined) return known;
  const [country, region] = [text(wanted, "country"), text(wanted, "subdivision")];
  const subdivision =
    country === null || region === null ? undefined : await lookups.subdivision(country, region);
  if (region !== null && subdivision === undefined && rpc.options.unknownRegion === "refuse") {
    const message =
      "Tryton knows no such subdivision of the country; load it there, or set the option unknownRegion";
    throw refusal("region_unknown", message, "shipment_address");
  }
  const street = [text(wanted, "street") ?? "", text(wanted, "street2")]
    .filter((line) => line !== null)
    .join("\n");
  const values: JsonMap = {
    party,
    name: text(wanted, "name"),
    street,
    postal_code: text(wanted, "postal_code"),
    city: text(wanted, "city"),
    country: country === null ? null : await lookups.country(country),
    subdivision: subdivision ?? null,
  };
  const created = await rpc.call("party.address.create", [[values]], { isWrite: true });
  const id = Array.isArray(created) ? trytonId(created[0] as number) : undefined;
  if (id !== undefined) return id;
  throw refusal("address_unknown", "Tryton did not say which address it created", "shipment_address");
}
