import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import type { Asked, FakeOdoo } from "./fake-odoo.ts";
import { fakeOdoo } from "./fake-odoo.ts";

/** A server that has our field on the models of `known`, and adds it where it is told to. */
function server(known: Set<unknown>, options: FakeOdoo["options"] = {}): FakeOdoo {
  const models = ["res.partner", "sale.order"];
  return fakeOdoo(
    ({ model, method, args }: Asked) => {
      if (model === "res.users" && method === "read")
        return { value: [{ id: 5, login: "sync", company_id: [1, "Us"], company_ids: [1] }] };
      if (method === "fields_get") {
        const isAsked = (args["allfields"] as readonly string[]).includes("x_crossfoot_reference");
        return { value: known.has(model) && isAsked ? { x_crossfoot_reference: { type: "char" } } : {} };
      }
      if (model === "ir.model") {
        const sought = JSON.stringify(args["domain"]);
        const at = models.findIndex((each) => sought.includes(each));
        return { value: [{ id: at + 1, model: models[at] }] };
      }
      if (model === "ir.model.fields") {
        const [values] = args["vals_list"] as readonly { readonly model_id: number }[];
        known.add(models[(values?.model_id ?? 0) - 1]);
        return { value: [9] };
      }
      return undefined;
    },
    { options },
  );
}

const statesOf = async (session: FakeOdoo, apply: boolean): Promise<readonly string[]> => {
  const found = (await openOdoo(session).prepare?.({ apply, as: null })) ?? [];
  return found.map(({ what, state }) => `${what} ${state}`);
};

describe("prepare", () => {
  it("only looks until it is told to add, and adds once what is missing", async () => {
    const known = new Set<unknown>(["sale.order"]);
    const session = server(known);
    const [partner, order] = [
      "res.partner: field x_crossfoot_reference",
      "sale.order: field x_crossfoot_reference",
    ];
    expect(await statesOf(session, false)).toEqual([`${partner} missing`, `${order} there`]);
    expect(session.requests.filter(({ isWrite }) => isWrite)).toEqual([]);
    expect(await statesOf(session, true)).toEqual([`${partner} added`, `${order} there`]);
    expect(await statesOf(session, true)).toEqual([`${partner} there`, `${order} there`]);
    const created = session.asked.filter(({ model }) => model === "ir.model.fields");
    expect(created.map(({ args }) => args["vals_list"])).toEqual([
      [expect.objectContaining({ model_id: 1, ttype: "char", copied: false, index: true })],
    ]);
  });

  it("adds no field where an option names one that Odoo has", async () => {
    const session = server(new Set(), { partnerReference: "ref", orderReference: "origin" });
    expect(await statesOf(session, true)).toEqual([]);
  });

  it("as an administrator uses their key for that call alone", async () => {
    const session = server(new Set());
    const as = { user: "sync", secret: "another-key" };
    await openOdoo(session).prepare?.({ apply: true, as });
    const keys = new Set(session.requests.map(({ headers }) => headers?.["authorization"]));
    expect([...keys].filter((key) => key !== undefined)).toEqual(["bearer another-key"]);
    expect(session.tokens.get("login")).toBe(undefined);
  });
});
