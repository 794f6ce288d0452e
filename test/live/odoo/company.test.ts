import type { NativeRecord } from "@crossfoot/connector-sdk";
import { entityNames } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { odooPlace, whyNot } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classOf, idOf } from "../scenarios/live-connector.ts";
import type { LiveConnector } from "../scenarios/live-connector.ts";
import { CompanyStage, connectTo } from "./company-stage.ts";
import { asId } from "./reading-traps.ts";

const reason = whyNot(odooPlace(process.env));

/** Ids that a connection lists of an entity. */
async function listed({ connection }: LiveConnector, entity: EntityName): Promise<ReadonlySet<string>> {
  return new Set((await connection.readIds({ entity, cursor: null })).ids.map(String));
}

/** Ids that a connection reads of an entity. */
const shown = async (live: LiveConnector, entity: EntityName): Promise<ReadonlySet<string>> =>
  new Set((await live.all(entity)).records.map(({ id }) => String(id)));

const address = { street: "5 Far", street2: null, city: "Kiel", postalCode: "24103", region: null };

describe.skipIf(reason !== null)(`two companies in one real Odoo (${reason ?? "live"})`, () => {
  let opened: CompanyStage | undefined;
  const stage = (): CompanyStage => {
    if (opened === undefined) throw new Error("Odoo is not up");
    return opened;
  };
  beforeAll(async () => {
    opened = await CompanyStage.open();
  }, 600_000);
  afterAll(async () => opened?.stop());

  it("several and none named is a question with their names; an unknown one names them too", async () => {
    const { erp, desk, first, second } = stage();
    const said = async (options: NativeRecord["native"]): Promise<unknown> =>
      (await connectTo(erp, desk, options)).connection.describe().catch((error: unknown) => error);
    const several = new RegExp(`${first.name}, ${second.name}; name one`);
    expect(await said({})).toMatchObject({ code: "option_company" });
    expect(await said({})).toMatchObject({ message: expect.stringMatching(several) as string });
    const unknown = await said({ company: "Third SA" });
    expect(unknown).toMatchObject({ failure: "unauthorised", code: "option_company" });
    expect(String(unknown)).toContain(`${first.name}, ${second.name}`);
  });

  it("one that this user has no right to is named with those that the user has", async () => {
    const { erp, desk, first, second } = stage();
    const [user] = await desk.find("res.users", [["login", "=", erp.user]], ["login"]);
    const ids = [Number(user?.["id"])];
    await desk.call("res.users", "write", { ids, vals: { company_ids: [[3, second.id]] } });
    try {
      const lost = await connectTo(erp, desk, { company: second.name });
      await expect(lost.connection.describe()).rejects.toMatchObject({
        code: "option_company",
        message: expect.stringMatching(
          new RegExp(`may work in: ${first.name}\\. .* an administrator has to allow it`),
        ) as string,
      });
      // Alone again, the user needs no option.
      const alone = await connectTo(erp, desk, {});
      expect((await alone.connection.describe()).title).toContain(first.name);
    } finally {
      await desk.call("res.users", "write", { ids, vals: { company_ids: [[4, second.id]] } });
    }
  });

  it("each connection is another tenant, and reads and lists no record of the other company", async () => {
    const { first, second, own } = stage();
    const tenants = [first, second].map(async ({ live }) => (await live.connection.describe()).tenant);
    expect(new Set(await Promise.all(tenants)).size).toBe(2);
    for (const entity of entityNames) {
      const [ours, theirs] = [await shown(second.live, entity), await shown(first.live, entity)];
      const id = String(own.get(entity));
      expect([entity, ours.has(id), theirs.has(id)]).toEqual([entity, true, false]);
      expect([entity, await listed(second.live, entity)]).toEqual([entity, ours]);
      expect([entity, await listed(first.live, entity)]).toEqual([entity, theirs]);
      const common = [...ours].filter((each) => theirs.has(each));
      // Master records that belong to no company are both's; documents, lists and stock are one's.
      const isShared = ["accounts", "contacts", "products"].includes(entity);
      expect([entity, common.length > 0]).toEqual([entity, isShared]);
    }
  });

  it("neither company is a customer of the other by being in the database", async () => {
    const { first, second, desk } = stage();
    const rows = await desk.call("res.company", "search_read", {
      ...{ domain: [], fields: ["partner_id"] },
      context: { allowed_company_ids: [first.id, second.id] },
    });
    const partners = (rows as readonly { readonly partner_id: readonly [number, string] }[]).map(
      ({ partner_id: [id] }) => String(id),
    );
    expect(partners.length).toBe(2);
    for (const { live } of [first, second]) {
      const ids = await shown(live, "accounts");
      expect(partners.filter((id) => ids.has(id))).toEqual([]);
    }
  });

  it("a record of the other company is not permitted by its id, and a write changes nothing", async () => {
    const { first, second, own, desk } = stage();
    for (const entity of ["accounts", "quotes", "invoices"] as const) {
      const wanted = { entity, roots: first.live.mappingOf(entity).roots, ids: [own.get(entity) ?? asId(0)] };
      const [record] = await first.live.connection.readByIds(wanted);
      expect([entity, record?.kind]).toEqual([entity, "not_permitted"]);
    }
    const record = await second.live.one("accounts", own.get("accounts") ?? asId(0));
    const [outcome] = await first.live.send(first.live.update("accounts", record, { phone: "+49 1" }));
    expect(classOf(outcome)).toBe("stale");
    const bare = { ...first.live.update("accounts", record, { phone: "+49 2" }), precondition: null };
    const [refused] = await first.live.send(bare);
    expect(classOf(refused)).toBe("unsupported");
    const after = await desk.call("res.partner", "read", {
      ...{ ids: [Number(record.id)], fields: ["phone"] },
      context: { allowed_company_ids: [second.id] },
    });
    expect(after).toMatchObject([{ phone: false }]);
  });

  it("where the rules that hide are switched off, a record of the other is still none of ours", async () => {
    const { first, own, desk } = stage();
    const rules = await desk.find(
      "ir.rule",
      [["model_id.model", "in", ["res.partner", "sale.order", "account.move"]]],
      ["active"],
    );
    const ids = rules.map((row) => Number(row["id"]));
    await desk.call("ir.rule", "write", { ids, vals: { active: false } });
    try {
      for (const entity of ["accounts", "quotes", "orders", "invoices"] as const) {
        const id = own.get(entity) ?? asId(0);
        expect([entity, (await shown(first.live, entity)).has(String(id))]).toEqual([entity, false]);
        expect([entity, (await first.live.one(entity, id)).kind]).toEqual([entity, "out_of_scope"]);
      }
    } finally {
      await desk.call("ir.rule", "write", { ids, vals: { active: true } });
    }
  });

  it("creates land in the company, with its terms and its list; the other does not see them", async () => {
    const { first, second, own, desk } = stage();
    const { live } = second;
    const [made] = await live.send(
      live.create("accounts", {
        ...{ name: "Made In Second", paymentTerms: "net30" },
        shippingAddress: { ...address, country: "DE" },
      }),
    );
    const account = idOf(made);
    const refTo = live.refTo("accounts", account);
    const [person] = await live.send(
      live.create("contacts", { name: { given: "Ada", family: "Second" }, account: refTo }),
    );
    // The second company has a ledger, and with it a currency, of its own.
    const list = await live.one("pricebooks", own.get("pricebooks") ?? asId(0));
    const { currency = null } = live.read("pricebooks", list).fields;
    const line = {
      product: live.refTo("products", own.get("products") ?? asId(0)),
      quantity: { value: "2", unit: "pcs" },
      unitPrice: { amount: "12", currency: currency as string },
    };
    const [quote] = await live.send(
      live.create("quotes", {
        ...{ account: refTo, currency, warehouse: "W2", pricebook: live.refTo("pricebooks", list.id) },
        lines: [{ key: "1", fields: line }],
      }),
    );
    const context = { allowed_company_ids: [first.id, second.id] };
    const partners = await desk.call("res.partner", "search_read", {
      domain: [
        "|",
        ["id", "in", [Number(account), Number(idOf(person))]],
        ["parent_id", "=", Number(account)],
      ],
      fields: ["company_id"],
      context,
    });
    const owners = (partners as readonly { readonly company_id: unknown }[]).map((row) => row.company_id);
    expect(owners).toEqual([1, 2, 3].map(() => [second.id, second.name]));
    const orders = await desk.call("sale.order", "read", {
      ...{ ids: [Number(idOf(quote))], fields: ["company_id", "pricelist_id", "warehouse_id"], context },
    });
    expect(orders).toMatchObject([
      { company_id: [second.id, second.name], warehouse_id: [expect.any(Number), "Second hall"] },
    ]);
    for (const [entity, id] of [
      ["accounts", account],
      ["contacts", idOf(person)],
      ["quotes", idOf(quote)],
    ] as const) {
      expect([entity, (await listed(live, entity)).has(id)]).toEqual([entity, true]);
      expect([entity, (await listed(first.live, entity)).has(id)]).toEqual([entity, false]);
    }
  });

  it("terms of a customer that both share are each company's own", async () => {
    const { first, second } = stage();
    const before = await first.live.named("accounts", "number", "C00009");
    const record = await second.live.one("accounts", before.id);
    const terms = (live: LiveConnector, of: NativeRecord): unknown =>
      live.read("accounts", of).fields["paymentTerms"];
    const was = terms(first.live, before);
    const wanted = was === "net15" ? "net30" : "net15";
    const [outcome] = await second.live.send(
      second.live.update("accounts", record, { paymentTerms: wanted }),
    );
    expect(classOf(outcome)).toBe("done");
    expect(terms(second.live, await second.live.one("accounts", before.id))).toBe(wanted);
    expect(terms(first.live, await first.live.one("accounts", before.id))).toBe(was);
  });

  it("a quote is refused by name: another company's name, list or warehouse", async () => {
    const { first, own } = stage();
    const quote = await first.live.quote("1", "5");
    const codes: string[] = [];
    for (const patch of [
      { company: "Second AG" },
      { warehouse: "W2" },
      { partner: String(own.get("accounts")) },
      { price_list: String(own.get("pricebooks")) },
    ]) {
      const key = JSON.stringify(patch);
      const [outcome] = await first.live.send({
        ...{ ...quote, key, reference: `other ${key}` },
        patch: { ...quote.patch, ...patch },
      });
      codes.push(outcome?.kind === "failed" ? outcome.failure.code : "done");
    }
    expect(codes.slice(0, 2)).toEqual(["company_mismatch", "warehouse_unknown"]);
    expect(codes).not.toContain("done");
  });

  it("keys of the context that are not `allowed_company_ids` are ignored in silence", async () => {
    const { erp, desk, first, second } = stage();
    const orders = async (context: NativeRecord["native"]): Promise<ReadonlySet<string>> => {
      const rows = await desk.call("sale.order", "search_read", {
        domain: [],
        fields: ["company_id"],
        context,
      });
      return new Set(
        (rows as readonly { readonly company_id: readonly [number, string] }[]).map(
          ({ company_id: [, name] }) => name,
        ),
      );
    };
    const ignored = await orders({ force_company: second.id, company_id: second.id, company: second.id });
    expect(ignored).toContain(first.name);
    expect(await orders({ allowed_company_ids: [second.id] })).toEqual(new Set([second.name]));
    expect(erp.user).not.toBe("");
  });
});
