import { deskOf } from "crossfoot/testing";
import type { RunningOdoo } from "crossfoot/testing";
import { expect, it } from "vitest";

/** What a started Odoo has to give. */
export function startCases(erp: () => RunningOdoo): void {
  it("serves each database apart from the others on the same server", async () => {
    const other = await erp().fresh();
    const named = async (at: RunningOdoo): Promise<number> =>
      (await deskOf({ ...at, key: at.adminKey }).find("res.partner", [["name", "=", "Only here"]], ["name"]))
        .length;
    await deskOf({ ...other, key: other.adminKey }).call("res.partner", "create", {
      vals_list: [{ name: "Only here" }],
    });
    expect([await named(erp()), await named(other)]).toEqual([0, 1]);
    await other.stop();
  });

  it("gives each user its own rights, and none to a wrong key", async () => {
    const order = { vals_list: [{ partner_id: 1 }] };
    const refused = { status: 403, kind: "odoo.exceptions.AccessError" };
    const reader = deskOf({ ...erp(), key: erp().readerKey });
    await expect(reader.call("sale.order", "create", order)).rejects.toMatchObject(refused);
    const stranger = deskOf({ ...erp(), key: "wrong" });
    await expect(stranger.call("res.users", "context_get")).rejects.toMatchObject({ status: 401 });
    const me = (await deskOf(erp()).call("res.users", "context_get")) as { readonly uid: number };
    const [user] = await deskOf(erp()).find("res.users", [["id", "=", me.uid]], ["login"]);
    expect(user?.["login"]).toBe(erp().user);
  });
}
