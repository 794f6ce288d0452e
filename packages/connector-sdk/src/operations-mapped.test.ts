import { externalId } from "@crossfoot/kernel";
import { entities, entityNames } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { compileMapping } from "./mapping-compile.ts";
import type { Mapping } from "./mapping-types.ts";
import { mappedOperations } from "./operations-mapped.ts";
import type { Operations, PriceRequest } from "./operations.ts";
import { fakeOperations } from "./testing/fake-connection.ts";

const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
const lines = {
  list: "lines",
  key: "id",
  fields: { quantity: { value: "quantity", unit: { path: "unit", values: "units" } } },
};

function mappingWith(
  units: { readonly [code: string]: string },
  more: { [field: string]: unknown } = {},
): Mapping {
  const given = {
    valueMaps: { units, states: { part_delivered: "partly" } },
    entities: {
      quotes: { fields: { lines } },
      orders: { fields: { lines, ...more } },
      inventory: { fields: { unit: { path: "unit", values: "units" } } },
    },
  };
  const { mapping } = compileMapping(given, kinds);
  if (mapping === undefined || mapping === null) throw new Error("the mapping does not compile");
  return mapping;
}

const asked = (...units: readonly string[]): PriceRequest => ({
  customer: externalId("1"),
  pricebook: null,
  currency: null,
  date: null,
  lines: units.map((unit, at) => ({ product: externalId(String(at + 1)), quantity: "3", unit })),
});

/** The fake's operations under a mapping, and the units that reached them. */
function under(mapping: Mapping): { readonly mapped: Operations; readonly units: string[] } {
  const whole = fakeOperations(async () => undefined);
  const units: string[] = [];
  const operations: Operations = {
    ...whole,
    price: async (request) => {
      units.push(...request.lines.map(({ unit }) => unit));
      return whole.price(request);
    },
    availability: async (request) => {
      units.push(...request.rows.map(({ wanted }) => wanted?.unit ?? "none"));
      return whole.availability(request);
    },
  };
  const abilities = { price: { linesMax: 2, isDated: false, namesRule: true }, availability: { rowsMax: 1 } };
  return { mapped: mappedOperations({ operations, abilities, mapping }), units };
}

describe("operations under a mapping", () => {
  it("are asked in the system's units and answer in ours", async () => {
    const { mapped, units } = under(mappingWith({ pcs: "u", dz: "dozen" }));
    const answer = await mapped.price?.(asked("pcs"));
    expect(units).toEqual(["u"]);
    expect(answer?.rows).toMatchObject([{ ok: true, unit: "pcs" }]);
    const wanted = { quantity: "1", unit: "dz" };
    const rows = [{ product: externalId("7"), wanted }];
    const stock = await mapped.availability?.({ rows, warehouses: null, date: null });
    expect(units).toEqual(["u", "dozen"]);
    expect(stock?.rows).toMatchObject([{ ok: true, unit: "pcs" }]);
  });

  it("refuse a row in a unit that nobody mapped, and ask for the others in their places", async () => {
    const { mapped, units } = under(mappingWith({ pcs: "u" }));
    const answer = await mapped.price?.(asked("barrel", "pcs"));
    expect(units).toEqual(["u"]);
    expect(answer).toMatchObject({
      rows: [
        { ok: false, failure: { failure: "invalid", code: "unit_unmapped" } },
        { ok: true, product: "2", unit: "pcs" },
      ],
      totals: null,
    });
  });

  it("refuse a row that is answered in a unit or a state that nobody mapped", async () => {
    const { mapped } = under(mappingWith({ pcs: "U" }));
    const rows = [{ product: externalId("7"), wanted: null }];
    expect(await mapped.availability?.({ rows, warehouses: null, date: null })).toMatchObject({
      rows: [{ ok: false, failure: { failure: "invalid", code: "unit_unmapped" } }],
    });
    const states = mappingWith({ pcs: "u" }, { status: { path: "state", values: "states" } });
    expect(await under(states).mapped.orderStatus?.({ orders: [externalId("5")] })).toMatchObject([
      { ok: false, failure: { code: "state_unmapped" } },
    ]);
  });

  it("leave codes as they are where the mapping has no table for them", async () => {
    const { mapped, units } = under(mappingWith({ "*": "*" }));
    expect(await mapped.price?.(asked("u"))).toMatchObject({ rows: [{ unit: "u" }] });
    expect(units).toEqual(["u"]);
    expect(await mapped.orderStatus?.({ orders: [externalId("5")] })).toMatchObject([
      { state: "part_delivered", lines: [{ unit: "u" }] },
    ]);
  });

  it("reject a request that is longer than the manifest allows, before anything is asked", async () => {
    const { mapped, units } = under(mappingWith({ pcs: "u" }));
    const long = mapped.price?.(asked("pcs", "pcs", "pcs"));
    await expect(long).rejects.toMatchObject({ failure: "invalid", code: "too_many_rows" });
    expect(units).toEqual([]);
  });

  it("are those of the connection and no more", () => {
    const { credit } = fakeOperations(async () => undefined);
    const mapping = mappingWith({});
    expect(Object.keys(mappedOperations({ operations: { credit }, abilities: {}, mapping }))).toEqual([
      "credit",
    ]);
  });
});
