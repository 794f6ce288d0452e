import type { NativeField, NativeRecord } from "@crossfoot/connector-sdk";
import type { Desk } from "crossfoot/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { idOf } from "../scenarios/live-connector.ts";
import type { LiveConnector } from "../scenarios/live-connector.ts";
import { asId } from "./reading-traps.ts";

type Values = NativeRecord["native"];

const grades = [
  ["gold", "Gold"],
  ["silver", "Silver"],
] as const;

/** What a company added to its Odoo by hand: one field of each kind. */
const added: readonly Values[] = [
  { name: "x_studio_note", field_description: "Our note", ttype: "char", size: 20 },
  {
    ...{ name: "x_grade", field_description: "Grade", ttype: "selection" },
    selection_ids: grades.map(([value, name]) => [0, 0, { value, name }]),
  },
  { name: "x_branch", field_description: "Branch", ttype: "many2one", relation: "res.partner.industry" },
  { name: "x_since", field_description: "Since", ttype: "date" },
  { name: "x_met", field_description: "Met at", ttype: "datetime" },
  { name: "x_vip", field_description: "VIP", ttype: "boolean" },
  { name: "x_score", field_description: "Score", ttype: "float" },
  { name: "x_count", field_description: "Count", ttype: "integer" },
  { name: "x_coin", field_description: "Coin", ttype: "many2one", relation: "res.currency" },
  { name: "x_bonus", field_description: "Bonus", ttype: "monetary", currency_field: "x_coin" },
  {
    ...{ name: "x_double", field_description: "Doubled", ttype: "float", store: false, readonly: true },
    ...{ compute: "for r in self:\n  r['x_double'] = r.x_score * 2", depends: "x_score" },
  },
];

/** Adds fields to a model through `ir.model.fields`, as an administrator does; answers ids by name. */
export async function addFields(
  desk: Desk,
  model: string,
  fields: readonly Values[] = added,
): Promise<ReadonlyMap<string, number>> {
  const [row] = await desk.find("ir.model", [["model", "=", model]], ["model"]);
  const ids = new Map<string, number>();
  for (const field of fields) {
    const values = { model_id: Number(row?.["id"]), state: "manual", ...field };
    const [id] = (await desk.call("ir.model.fields", "create", { vals_list: [values] })) as readonly number[];
    ids.set(String(values["name" as keyof typeof values]), id ?? 0);
  }
  return ids;
}

/** A user's mapping of some of them to fields of ours. */
const over = {
  entities: {
    accounts: {
      fields: {
        industry: { path: "x_grade", values: { retail: "gold", technology: "silver" } },
        website: "x_studio_note",
        owner: "x_branch:name",
        creditLimit: { amount: "x_bonus", currency: "x_coin:name" },
      },
    },
    contacts: { fields: { consent: { parts: { email: "x_vip" } } } },
    quotes: {
      fields: {
        customerOrderNumber: "x_studio_note",
        requestedDate: "x_since",
        discountPercent: { path: "x_score" },
      },
    },
  },
};

interface Grounded {
  readonly desk: Desk;
  readonly live: LiveConnector;
}

/** Fields that the company added: found by asking, mapped by the user, and refused by name. */
export function fieldCases(ground: () => Grounded): void {
  describe("fields that the company added", () => {
    let ids: ReadonlyMap<string, number>;
    const mapped = (): LiveConnector => ground().live.mapped(over);
    beforeAll(async () => {
      const { desk } = ground();
      ids = await addFields(desk, "res.partner");
      await addFields(desk, "sale.order");
    });
    const row = async (model: string, id: string, fields: readonly string[]): Promise<Values> =>
      (await ground().desk.find(model, [["id", "=", Number(id)]], fields))[0] as Values;

    it("are listed with label, type, options, what they lead to, and whether they are written", async () => {
      const { fields } = await ground().live.connection.describe();
      const known = (entity: string): ReadonlyMap<string, NativeField> =>
        new Map((fields[entity] ?? []).map((field) => [field.root, field]));
      for (const entity of ["accounts", "contacts", "quotes"])
        expect([...known(entity).values()].filter(({ isOwn }) => isOwn)).toEqual(
          expect.arrayContaining([
            expect.objectContaining({
              root: "x_studio_note",
              type: "char",
              label: "Our note",
              lengthMax: 20,
            }),
            expect.objectContaining({
              ...{ root: "x_grade", type: "selection", label: "Grade", isReadOnly: false },
              options: grades.map(([code, label]) => ({ code, label })),
            }),
            expect.objectContaining({ root: "x_branch", type: "many2one", refersTo: "res.partner.industry" }),
            expect.objectContaining({
              root: "x_branch:name",
              label: "Branch",
              refersTo: "res.partner.industry",
            }),
            expect.objectContaining({ root: "x_vip", type: "boolean", isReadOnly: false }),
            expect.objectContaining({ root: "x_bonus", type: "monetary" }),
            expect.objectContaining({ root: "x_double", type: "float", isReadOnly: true }),
          ]) as unknown,
        );
      // An order is shown, not written: what is written of it goes to the quote that it was.
      expect(known("orders").get("x_grade")).toMatchObject({ isReadOnly: true });
      expect(known("accounts").get("name")?.isOwn).toBe(undefined);
    });

    it("are read as what they are: a code, a name, a day, an instant, decimals, nothing", async () => {
      const { desk, live } = ground();
      const idNamed = async (model: string, name: string): Promise<number> =>
        Number((await desk.find(model, [["name", "=", name]], ["name"]))[0]?.["id"]);
      const branch = await idNamed("res.partner.industry", "Agriculture");
      const coin = await idNamed("res.currency", "EUR");
      const values = {
        ...{
          x_studio_note: "hello",
          x_grade: "gold",
          x_branch: branch,
          x_since: "2026-01-02",
        },
        ...{ x_met: "2026-01-02 03:04:05", x_vip: true, x_score: 1.255, x_count: 3 },
        ...{ x_coin: coin, x_bonus: 12.5 },
      };
      const made = (await desk.call("res.partner", "create", {
        vals_list: [
          { name: "Has all", is_company: true, ...values },
          { name: "Has none", is_company: true },
        ],
      })) as readonly number[];
      const roots = [...Object.keys(values), "x_branch:name", "x_coin:name", "x_gone", "x_score:name"];
      const read = await live.connection.readByIds({ entity: "accounts", roots, ids: made.map(asId) });
      expect(read.map(({ native }) => native)).toEqual([
        {
          ...{ x_studio_note: "hello", x_grade: "gold", x_since: "2026-01-02", x_met: "2026-01-02 03:04:05" },
          ...{ x_branch: String(branch), "x_branch:name": "Agriculture", "x_coin:name": "EUR" },
          ...{ x_vip: true, x_score: "1.255", x_count: 3, x_bonus: "12.5", x_coin: String(coin) },
        },
        {
          ...{ x_studio_note: null, x_grade: null, x_since: null, x_met: null, x_branch: null, x_coin: null },
          ...{ "x_branch:name": null, "x_coin:name": null },
          ...{ x_vip: false, x_score: "0", x_count: 0, x_bonus: "0" },
        },
      ]);
    });

    it("are created, changed and emptied through a mapping of the user, and read as written", async () => {
      const live = mapped();
      const fields = {
        ...{ name: "Mapped GmbH", industry: "retail", website: "first", owner: "Agriculture" },
        creditLimit: { amount: "250.75", currency: "EUR" },
      };
      const [outcome] = await live.send(live.create("accounts", fields));
      const id = idOf(outcome);
      const first = await live.one("accounts", id);
      expect(live.read("accounts", first)).toMatchObject({ fields, problems: {} });
      expect(await row("res.partner", id, ["x_grade", "x_studio_note", "x_bonus"])).toMatchObject({
        ...{ x_grade: "gold", x_studio_note: "first", x_bonus: 250.75 },
      });
      const next = { industry: "technology", website: "second", owner: null };
      const [changed] = await live.send(live.update("accounts", first, next));
      expect(changed?.kind).toBe("done");
      expect(live.read("accounts", await live.one("accounts", id)).fields).toMatchObject(next);
      expect(await row("res.partner", id, ["x_grade", "x_branch"])).toMatchObject({
        ...{ x_grade: "silver", x_branch: false },
      });
      const { desk } = ground();
      await desk.call("res.partner", "write", { ids: [Number(id)], vals: { x_grade: "gold" } });
      const seen = live.read("accounts", await live.one("accounts", id)).fields;
      expect([seen["industry"], seen["website"]]).toEqual(["retail", "second"]);
    });

    it("of people and of orders go both ways too", async () => {
      const live = mapped();
      const account = await live.named("accounts", "number", live.ground.customer);
      const refTo = live.refTo("accounts", account.id);
      const [person] = await live.send(
        live.create("contacts", {
          ...{ name: { given: "Ada", family: "Own" }, account: refTo },
          consent: { email: true },
        }),
      );
      expect(await row("res.partner", idOf(person), ["x_vip"])).toMatchObject({ x_vip: true });
      const plain = await live.quote("2", "5");
      const [made] = await live.send({
        ...plain,
        patch: { ...plain.patch, x_since: "2026-03-04", x_studio_note: "PO 7", x_score: "2.5" },
      });
      const id = idOf(made);
      const own = ["x_since", "x_studio_note", "x_score"];
      const shown = { x_since: "2026-03-04", x_studio_note: "PO 7", x_score: 2.5 };
      expect(await row("sale.order", id, own)).toMatchObject(shown);
      const quote = await live.one("quotes", id);
      const fields = { customerOrderNumber: "PO 7", requestedDate: "2026-03-04", discountPercent: "2.5" };
      expect(live.read("quotes", quote).fields).toMatchObject(fields);
      const [changed] = await live.send(live.update("quotes", quote, { customerOrderNumber: "PO 8" }));
      expect(changed?.kind).toBe("done");
      expect(await row("sale.order", id, own)).toMatchObject({ ...shown, x_studio_note: "PO 8" });
    });

    it("refuse by name what Odoo would refuse, cut, round or drop in silence", async () => {
      const { live } = ground();
      const [made] = await live.send(live.create("accounts", { name: "Refuses" }));
      const record = await live.one("accounts", idOf(made));
      const wrong: readonly (readonly [Values, string, RegExp])[] = [
        [{ x_grade: "bronze" }, "code_unknown", /x_grade takes gold, silver, and not this/],
        [{ "x_branch:name": "Nowhere" }, "code_unknown", /x_branch leads to a res.partner.industry/],
        [{ x_branch: "Agriculture" }, "value_refused", /id of a res.partner.industry; x_branch:name takes/],
        [{ x_studio_note: "one and twenty signs." }, "too_long", /x_studio_note takes 20 characters/],
        [{ x_double: "4" }, "read_only", /x_double is reckoned by Odoo/],
        [{ x_count: "3.5" }, "value_refused", /x_count takes a whole number/],
        [{ x_score: "many" }, "value_refused", /x_score takes a number/],
        [{ x_bonus: "1.005" }, "too_precise", /x_bonus keeps 2 decimals/],
        [{ x_since: "02.01.2026" }, "value_refused", /x_since takes a date/],
        [{ x_vip: "perhaps" }, "value_refused", /x_vip takes true or false/],
        [{ category_id: ["1"] }, "type_unsupported", /category_id is a many2many/],
        [{ x_never: "1" }, "field_unknown", /no field x_never on res.partner/],
      ];
      const update = live.update("accounts", record, { phone: "+49 1" });
      for (const [patch, code, message] of wrong) {
        const [outcome] = await live.send({ ...update, key: code, patch });
        const failure = outcome?.kind === "failed" ? outcome.failure : null;
        expect([patch, failure?.failure, failure?.code]).toEqual([patch, "invalid", code]);
        expect(failure?.message).toMatch(message);
      }
      const after = await row("res.partner", record.id, ["x_grade", "x_studio_note", "x_count"]);
      expect(after).toMatchObject({ x_grade: false, x_studio_note: false, x_count: 0 });
    });

    it("one that is removed there leaves its value absent, and its writes refused by name", async () => {
      const { desk } = ground();
      const live = mapped();
      const [made] = await live.send(live.create("accounts", { name: "Loses one", website: "kept" }));
      const before = await live.one("accounts", idOf(made));
      await desk.call("ir.model.fields", "unlink", { ids: [ids.get("x_studio_note") ?? 0] });
      const after = await live.one("accounts", before.id);
      expect(live.read("accounts", before).fields["website"]).toBe("kept");
      expect([after.kind, "x_studio_note" in after.native]).toEqual(["present", false]);
      // Absent is not null: nothing is emptied on the other side.
      expect("website" in live.read("accounts", after).fields).toBe(false);
      const [refused] = await live.send(live.update("accounts", after, { website: "again" }));
      expect(refused).toMatchObject({ failure: { code: "field_unknown", field: "x_studio_note" } });
      const { fields } = await live.connection.describe();
      expect((fields["accounts"] ?? []).map(({ root }) => root)).not.toContain("x_studio_note");
    });
  });
}

/** Products are read only, and what the company added stands on their templates. */
export function productFieldCases(ground: () => Grounded): void {
  it("a field that the company added to products is shown on each variant, and only shown", async () => {
    const { desk, live } = ground();
    const shelf = { name: "x_shelf", field_description: "Shelf", ttype: "char" };
    await addFields(desk, "product.template", [shelf]);
    const [template] = await desk.find("product.template", [["default_code", "=", "P003"]], ["name"]);
    const vals = { x_shelf: "A 7" };
    await desk.call("product.template", "write", { ids: [Number(template?.["id"])], vals });
    const fields = { category: { path: "x_shelf", write: false } };
    const mapped = live.mapped({ entities: { products: { fields } } });
    const product = await mapped.named("products", "sku", "P003");
    expect(mapped.read("products", product)).toMatchObject({ fields: { category: "A 7" }, problems: {} });
    const { fields: told } = await live.connection.describe();
    const own = (told["products"] ?? []).find(({ root }) => root === "x_shelf");
    expect(own).toMatchObject({ label: "Shelf", isOwn: true, isReadOnly: true });
  });
}
