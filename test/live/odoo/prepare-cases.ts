import { odoo } from "@crossfoot/connector-odoo";
import type { Connection } from "@crossfoot/connector-sdk";
import { expect, it } from "vitest";
import { liveSession } from "../scenarios/session.ts";
import { asId } from "./reading-traps.ts";
import type { Ground } from "./ground.ts";

/** A database that nobody prepared, and what `prepare` makes of it. */
export function prepareCases(ground: () => Ground): void {
  it("a database without our field is named by describe, takes no creates, is prepared once", async () => {
    const erp = await ground().erp.fresh();
    const options = { database: erp.database, user: erp.user, key: "erp-key" };
    const session = liveSession({ url: erp.url, options, secrets: { "erp-key": erp.key } });
    const connection: Connection = await odoo.open(session);
    const lacks = async (): Promise<readonly string[]> =>
      ((await connection.describe()).missing ?? []).map(({ what }) => what);
    const fields = ["res.partner: field x_crossfoot_reference", "sale.order: field x_crossfoot_reference"];
    expect(await lacks()).toEqual(fields);
    const write = {
      ...{ key: "k", entity: "accounts", kind: "create" as const, id: null, precondition: null },
      ...{ patch: { name: "Prepared" }, current: {}, reference: "ref-prepared", transition: null },
    };
    const [refused] = await connection.write([write]);
    expect(refused).toMatchObject({ failure: { code: "reference_field_missing" } });
    // The user of the connection may not add fields; nothing is half done.
    const own = { apply: true, as: null };
    await expect(connection.prepare?.(own)).rejects.toMatchObject({ code: "not_permitted" });
    const states = async (): Promise<readonly string[]> => {
      const as = { user: erp.adminUser, secret: erp.adminKey };
      return ((await connection.prepare?.({ apply: true, as })) ?? []).map(({ state }) => state);
    };
    expect(await states()).toEqual(["added", "added"]);
    expect(await states()).toEqual(["there", "there"]);
    expect(await lacks()).toEqual([]);
    const [made] = await connection.write([write]);
    expect(made).toMatchObject({ kind: "done" });
    const found = await connection.probe({
      entity: "accounts",
      roots: ["name"],
      reference: "ref-prepared",
      write,
    });
    expect(found.records.map(({ id }) => id)).toEqual([asId(made?.kind === "done" ? made.id : "")]);
    await erp.stop();
  });
}
