import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { NativeRecord } from "@crossfoot/connector-sdk";
import { deliveryOf } from "@crossfoot/connector-sdk/testing";
import type { EntityName } from "@crossfoot/model";
import { expect, it } from "vitest";
import type { Ground } from "./ground.ts";
import type { LiveConnector } from "../scenarios/live-connector.ts";

type Id = NativeRecord["id"];
/** Brands an id. */
export const asId = (id: unknown): Id => String(id) as Id;

/** Everything of an entity that changed since an instant, by id, read page by page. */
async function changedSince(
  live: LiveConnector,
  entity: EntityName,
  at: { readonly since: string; readonly pageSize: number },
): Promise<ReadonlyMap<string, NativeRecord>> {
  const found = new Map<string, NativeRecord>();
  const { roots } = live.mappingOf(entity);
  let cursor: string | null = null;
  do {
    const page = await live.connection.read({ entity, roots, cursor, ...at });
    for (const record of page.records) found.set(String(record.id), record);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

/** The cursor that everybody thinks of first: the last stamp, and the last id of that stamp. */
async function readByStampAndId({ desk }: Ground, since: string): Promise<readonly number[]> {
  const found: number[] = [];
  let [stamp, last] = [since, 0];
  for (;;) {
    const domain = ["|", ["write_date", ">", stamp], "&", ["write_date", "=", stamp], ["id", ">", last]];
    const rows = (await desk.call("res.partner", "search_read", {
      domain,
      fields: ["write_date"],
      order: "write_date asc, id asc",
      limit: 2,
    })) as readonly { readonly id: number; readonly write_date: string }[];
    const end = rows.at(-1);
    if (end === undefined) return found;
    found.push(...rows.map(({ id }) => id));
    [stamp, last] = [end.write_date, end.id];
  }
}

const partners = (count: number, name: string): { readonly vals_list: readonly { name: string }[] } => ({
  vals_list: Array.from({ length: count }, (_, at) => ({ name: `${name} ${at}` })),
});

/** What Odoo's stamps, ids and answers do to whoever believes them. */
export function readingTraps(ground: () => Ground): void {
  it("no row of one second is lost between two pages, as by a cursor of stamp and id", async () => {
    const { desk, live } = ground();
    const ids = (await desk.call("res.partner", "create", partners(12, "Second"))) as readonly number[];
    const before = await live.one("accounts", asId(ids[0]));
    const since = before.modifiedAt ?? "";
    for (const id of ids.toReversed())
      await desk.call("res.partner", "write", { ids: [id], vals: { comment: "touched" } });
    const stamp = since.slice(0, 19).replace("T", " ");
    const fooled = new Set(await readByStampAndId(ground(), stamp));
    expect(ids.filter((id) => !fooled.has(id)).length).toBeGreaterThan(0);
    const seen = await changedSince(live, "accounts", { since, pageSize: 2 });
    expect(ids.filter((id) => !seen.has(String(id)))).toEqual([]);
  });

  it("a product shows what it costs and its barcode; a cost of zero is one that nobody entered", async () => {
    const { desk, live } = ground();
    const vals = { name: "Barcoded", default_code: "BAR-1", barcode: "4006381333931", standard_price: 3.2 };
    const made = await desk.call("product.product", "create", {
      vals_list: [vals, { name: "Without a cost", default_code: "BAR-2" }],
    });
    const [dear, bare] = made as readonly number[];
    const { native } = await live.one("products", asId(dear));
    expect(native["barcode"]).toBe("4006381333931");
    expect(native["cost"]).toEqual({ amount: "3.2", currency: "EUR" });
    expect((await live.one("products", asId(bare))).native["cost"]).toBe(null);
  });

  it("what is committed late is found within the overlap, which its stamp alone would miss", async () => {
    const { desk, live } = ground();
    const [customer] = await desk.find("res.partner", [["ref", "=", "C00001"]], ["name"]);
    const order = { partner_id: customer?.["id"] ?? 0, client_order_ref: "LATE" };
    let isLate = true;
    const late = desk.call("sale.order", "create", { vals_list: Array.from({ length: 600 }, () => order) });
    const lateIds = late.then((ids) => {
      isLate = false;
      return (ids as readonly number[]).map(String);
    });
    const quick = async (): Promise<string> => {
      const [id] = (await desk.call("sale.order", "create", {
        vals_list: [{ ...order, client_order_ref: "QUICK" }],
      })) as readonly number[];
      return (await live.one("quotes", asId(id))).modifiedAt ?? "";
    };
    const first = await quick();
    let watermark = first;
    while (watermark === first) watermark = await quick();
    expect(isLate).toBe(true);
    const ids = await lateIds;
    const missedSince = async (since: string): Promise<number> => {
      const seen = await changedSince(live, "quotes", { since, pageSize: 200 });
      return ids.filter((id) => !seen.has(id)).length;
    };
    expect(await missedSince(watermark)).toBe(ids.length);
    const overlap = new Date(Date.parse(watermark) - live.connection.manifest.commitLagMs).toISOString();
    expect(await missedSince(overlap)).toBe(0);
  });

  it("a merge moves an order without a stamp, and its version shows it all the same", async () => {
    const { desk, live } = ground();
    const [loser, winner] = (await desk.call("res.partner", "create", partners(2, "Merged"))) as readonly [
      number,
      number,
    ];
    const [order] = (await desk.call("sale.order", "create", {
      vals_list: [{ partner_id: loser }],
    })) as readonly number[];
    const stampOf = async (): Promise<unknown> =>
      (await desk.find("sale.order", [["id", "=", order ?? 0]], ["write_date"]))[0]?.["write_date"];
    const [before, stamp] = [await live.one("quotes", asId(order)), await stampOf()];
    const merge = { dst_partner_id: winner, partner_ids: [[6, 0, [loser, winner]]], state: "selection" };
    const wizard = await desk.call("base.partner.merge.automatic.wizard", "create", { vals_list: [merge] });
    await desk.call("base.partner.merge.automatic.wizard", "action_merge", { ids: wizard });
    const after = await live.one("quotes", asId(order));
    expect(await stampOf()).toBe(stamp);
    expect(after.version).not.toBe(before.version);
    expect(live.read("quotes", after).fields["account"]).toEqual(live.refTo("accounts", asId(winner)));
    const gone = await live.one("accounts", asId(loser));
    expect([gone.kind, gone.into]).toEqual(["merged", String(winner)]);
  });

  it("a text of a line that does not move its order is found among what changed", async () => {
    const { desk, live } = ground();
    const [order] = await desk.find("sale.order", [["client_order_ref", "=", "DRAFT-1"]], ["write_date"]);
    const [line] = await desk.find("sale.order.line", [["order_id", "=", order?.["id"] ?? 0]], ["name"]);
    const since = new Date().toISOString();
    await desk.call("sale.order.line", "write", {
      ids: [line?.["id"] ?? 0],
      vals: { name: "another text" },
    });
    const [after] = await desk.find("sale.order", [["client_order_ref", "=", "DRAFT-1"]], ["write_date"]);
    expect(after?.["write_date"]).toBe(order?.["write_date"]);
    const seen = await changedSince(live, "quotes", { since, pageSize: 50 });
    expect(seen.has(asId(order?.["id"]))).toBe(true);
  });

  it("a row that `read` leaves out in silence is answered as gone", async () => {
    const { desk, live } = ground();
    const [kept, deleted] = (await desk.call("res.partner", "create", partners(2, "Half"))) as readonly [
      number,
      number,
    ];
    await desk.call("res.partner", "unlink", { ids: [deleted] });
    const rows = (await desk.call("res.partner", "read", {
      ids: [kept, deleted],
      fields: ["name"],
    })) as readonly unknown[];
    expect(rows.length).toBe(1);
    const { roots } = live.mappingOf("accounts");
    const ids = [asId(kept), asId(deleted)];
    const records = await live.connection.readByIds({ entity: "accounts", roots, ids });
    expect(records.map(({ id, kind }) => [id, kind])).toEqual([
      [ids[0], "present"],
      [ids[1], "deleted"],
    ]);
  });

  it("stock is that of its warehouse, where another context key means all of them", async () => {
    const { desk, live } = ground();
    const [product] = await desk.find("product.product", [["default_code", "=", "P004"]], ["name"]);
    const id = product?.["id"] ?? 0;
    const places = await desk.find("stock.warehouse", [], ["code"]);
    const totals = async (key: string): Promise<readonly unknown[]> =>
      Promise.all(
        places.map(async (place) => {
          const context = { [key]: place["id"] ?? 0 };
          const fields = ["qty_available"];
          const rows = await desk.call("product.product", "read", { ids: [id], fields, context });
          return (rows as readonly { readonly qty_available: number }[])[0]?.qty_available;
        }),
      );
    expect(await totals("warehouse")).toEqual([140, 140]);
    const shown = places.map(async (place) => {
      const record = await live.one("inventory", asId(`${asId(id)}:${asId(place["id"])}`));
      const { fields } = live.read("inventory", record);
      return `${asId(fields["warehouse"])} ${asId(fields["onHand"])}`;
    });
    expect(new Set(await Promise.all(shown))).toEqual(new Set(["EAST 40", "WH 100"]));
  });

  it("repeated webhooks for one create say nothing that reading does not", async () => {
    const { desk, live } = ground();
    const bodies: string[] = [];
    const receiver = createServer((incoming, outgoing) => {
      let body = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (part: string) => (body += part));
      incoming.once("end", () => {
        bodies.push(body);
        outgoing.end();
      });
    });
    await new Promise<void>((listening) => void receiver.listen(0, "127.0.0.1", listening));
    const { port } = receiver.address() as AddressInfo;
    await hook(ground(), `http://127.0.0.1:${port}/`);
    const since = new Date().toISOString();
    const [customer] = await desk.find("res.partner", [["ref", "=", "C00003"]], ["name"]);
    const [order] = (await desk.call("sale.order", "create", {
      vals_list: [{ partner_id: customer?.["id"] ?? 0 }],
    })) as readonly number[];
    receiver.closeAllConnections();
    await new Promise<void>((closed) => void receiver.close(() => closed()));
    const ids = bodies.map((body) => (JSON.parse(body) as { readonly _id: number })._id);
    console.log(`${ids.length} webhooks for one create`);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids)).toEqual(new Set([order]));
    // Nothing signs them, so that they could come from anybody.
    const [body = ""] = bodies;
    const received = live.connection.receive(deliveryOf(body));
    expect([live.connection.manifest.webhooks, received.ok]).toEqual([false, false]);
    const seen = await changedSince(live, "quotes", { since, pageSize: 50 });
    expect([...seen.keys()].filter((id) => id === String(order)).length).toBe(1);
  });
}

/** Sends each change of an order to an address, as an administrator would set it up. */
async function hook({ desk }: Ground, address: string): Promise<void> {
  const [model] = await desk.find("ir.model", [["model", "=", "sale.order"]], ["model"]);
  const [field] = await desk.find(
    "ir.model.fields",
    [
      ["model", "=", "sale.order"],
      ["name", "=", "name"],
    ],
    ["name"],
  );
  const rule = { name: "hook", model_id: model?.["id"] ?? 0, trigger: "on_create_or_write" };
  const [automation] = (await desk.call("base.automation", "create", { vals_list: [rule] })) as readonly [
    number,
  ];
  const action = {
    name: "hook",
    model_id: model?.["id"] ?? 0,
    state: "webhook",
    webhook_url: address,
    webhook_field_ids: [[6, 0, [field?.["id"] ?? 0]]],
    base_automation_id: automation,
    usage: "base_automation",
  };
  await desk.call("ir.actions.server", "create", { vals_list: [action] });
}
