import type { NativeRecord } from "@crossfoot/connector-sdk";
import type { EntityName } from "@crossfoot/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classOf, idOf, LiveConnector } from "../live/scenarios/live-connector.ts";
import { connected } from "./odoo17/connected.ts";
import type { Connected } from "./odoo17/connected.ts";

const asId = (id: unknown): NativeRecord["id"] => String(id) as NativeRecord["id"];
const amountOf = (value: unknown): number => Number((value as { readonly amount: string }).amount);

/** Ids of what changed since an instant, read two at a time, in their order and as often as they came. */
async function changedSince(
  live: LiveConnector,
  entity: EntityName,
  since: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  const { roots } = live.mappingOf(entity);
  let cursor: string | null = null;
  do {
    const page = await live.connection.read({ entity, roots, cursor, since, pageSize: 2 });
    found.push(...page.records.map(({ id }) => String(id)));
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

describe("what Odoo 17 does to whoever believes it", () => {
  let opened: Connected | undefined;
  const ground = (): Connected => {
    if (opened === undefined) throw new Error("the server is not up");
    return opened;
  };
  beforeAll(async () => {
    opened = await connected();
  });
  afterAll(async () => opened?.close());

  it("`>` finds the rows of the shown second again: nothing is lost, and nothing read for ever", async () => {
    const { desk, live } = ground();
    const names = Array.from({ length: 9 }, (_, at) => ({ name: `Second ${at}` }));
    const ids = (await desk.call("res.partner", "create", { vals_list: names })) as readonly number[];
    const [row] = await desk.find("res.partner", [["id", "=", ids[0] ?? 0]], ["write_date"]);
    const stamp = row?.["write_date"] ?? false;
    const again = await desk.find(
      "res.partner",
      [
        ["write_date", ">", stamp],
        ["id", "in", [...ids]],
      ],
      ["name"],
    );
    const equal = await desk.find(
      "res.partner",
      [
        ["write_date", "=", stamp],
        ["id", "in", [...ids]],
      ],
      ["name"],
    );
    expect([again.length, equal.length]).toEqual([9, 0]);
    const since = (await live.one("accounts", asId(ids[0]))).modifiedAt ?? "";
    const seen = (await changedSince(live, "accounts", since)).filter((id) => ids.includes(Number(id)));
    expect(seen).toEqual(ids.map(String));
  });

  it("an exception behind status 200 refuses the one record that it is about", async () => {
    const { live } = ground();
    const outcomes = await live.send(
      live.create("accounts", { name: "Stands 1" }),
      live.create("accounts", { name: "Falls", parent: live.refTo("accounts", asId(999_999)) }),
      live.create("accounts", { name: "Stands 2" }),
    );
    expect(outcomes.map(classOf)).toEqual(["done", "invalid", "done"]);
    const [, refused] = outcomes;
    expect(refused?.kind === "failed" ? refused.failure.code : "").toBe("reference_missing");
    const names = await Promise.all(
      ["Stands 1", "Falls", "Stands 2"].map(
        async (name) => (await live.ground.people.customersNamed(name)).length,
      ),
    );
    expect(names).toEqual([1, 0, 1]);
  });

  it("a posted invoice whose line took another price is shown as its books say now", async () => {
    const { desk, live } = ground();
    const [invoice] = await desk.find("account.move", [["state", "=", "posted"]], ["amount_total"]);
    const id = asId(invoice?.["id"]);
    const before = await live.one("invoices", id);
    const rows = [
      ["move_id", "=", invoice?.["id"] ?? 0],
      ["display_type", "=", "product"],
    ];
    const [line] = await desk.find("account.move.line", rows, ["price_unit"]);
    await desk.call("account.move.line", "write", { ids: [line?.["id"] ?? 0], vals: { price_unit: 9 } });
    const after = await live.one("invoices", id);
    expect(after.version).not.toBe(before.version);
    const { fields } = live.read("invoices", after);
    const lines = fields["lines"] as readonly {
      readonly fields: { readonly [field: string]: unknown };
    }[];
    const nets = lines.map((each) => amountOf(each.fields["net"]));
    expect(nets.reduce((sum, net) => sum + net, 0)).toBe(amountOf(fields["net"]));
    expect([amountOf(fields["net"]), amountOf(fields["gross"])]).toEqual([54, 64.26]);
  });

  it("a question in place of an answer has delivered nothing, and nothing says that it has", async () => {
    const { desk, live } = ground();
    const [picking] = await desk.find("stock.picking", [["state", "=", "assigned"]], ["sale_id"]);
    const ids = [picking?.["id"] ?? 0];
    const answer = await desk.call("stock.picking", "button_validate", { ids });
    expect(answer).toMatchObject({ res_model: "confirm.stock.sms" });
    const status = async (entity: EntityName, key: unknown): Promise<unknown> =>
      live.read(entity, await live.one(entity, asId(key))).fields["status"];
    const seen = async (): Promise<readonly unknown[]> => [
      await status("shipments", picking?.["id"]),
      await status("orders", picking?.["sale_id"]),
    ];
    expect(await seen()).toEqual(["planned", "open"]);
    await desk.call("stock.picking", "button_validate", { ids, context: { skip_sms: true } });
    expect(await seen()).toEqual(["shipped", "delivered"]);
  });

  it("has a mobile number, which 19 has not, where the options name the version", async () => {
    const { desk, live } = ground();
    const { options } = live.ground;
    const named = await LiveConnector.open({ ...live.ground, options: { ...options, version: 17 } });
    const account = await named.named("accounts", "number", live.ground.customer);
    const person = { name: { given: "Mo", family: "Bile" }, mobile: "+49 170 55", phone: "+49 69 55" };
    const [made] = await named.send(
      named.create("contacts", { ...person, account: named.refTo("accounts", account.id) }),
    );
    const [row] = await desk.find("res.partner", [["id", "=", Number(idOf(made))]], ["mobile"]);
    expect(row?.["mobile"]).toBe(person.mobile);
    expect(named.read("contacts", await named.one("contacts", idOf(made))).fields).toMatchObject(person);
  });

  it("a cancel that answers with a question is pressed so that it cancels", async () => {
    const { desk, live } = ground();
    const [made] = await live.send(await live.quote("4", "3.5"));
    const id = idOf(made);
    await live.send(live.move("quotes", id, { from: "draft", to: "sent" }));
    const asked = await desk.call("sale.order", "action_cancel", { ids: [Number(id)] });
    expect(asked).toMatchObject({ res_model: "sale.order.cancel" });
    expect(live.read("quotes", await live.one("quotes", id)).fields["status"]).toBe("sent");
    const cancel = live.move("quotes", id, { from: "sent", to: "cancelled" });
    expect((await live.send(cancel)).map(classOf)).toEqual(["done"]);
    expect(live.read("quotes", await live.one("quotes", id)).fields["status"]).toBe("cancelled");
  });

  it("a line's text that moves no stamp, and a row left out in silence, are both seen", async () => {
    const { desk, live } = ground();
    const [line] = await desk.find("sale.order.line", [["state", "=", "draft"]], ["order_id"]);
    const order = line?.["order_id"] ?? 0;
    const stampOf = async (): Promise<unknown> =>
      (await desk.find("sale.order", [["id", "=", order]], ["write_date"]))[0]?.["write_date"];
    const [stamp, since] = [await stampOf(), new Date().toISOString()];
    await desk.call("sale.order.line", "write", { ids: [line?.["id"] ?? 0], vals: { name: "otherwise" } });
    expect(await stampOf()).toBe(stamp);
    expect(await changedSince(live, "quotes", since)).toContain(asId(order));
    const [gone] = (await desk.call("res.partner", "create", {
      vals_list: [{ name: "Soon gone" }],
    })) as readonly number[];
    await desk.call("res.partner", "unlink", { ids: [gone ?? 0] });
    expect((await live.one("accounts", asId(gone))).kind).toBe("deleted");
  });
});
