import { describe, expect, it } from "vitest";
import { sightOf } from "./sight.ts";

const canary = "4711.99";
const sight = sightOf("sales", { sales: { accounts: ["creditLimit"], invoices: ["*"] } });

/** Everything in which a hidden value can stand. */
const answer = {
  entity: "accounts",
  members: [
    { connection: "crm", fields: { name: "Acme", creditLimit: canary }, base: { creditLimit: canary } },
  ],
  intents: [
    {
      entity: "accounts",
      fields: { creditLimit: { amount: canary }, name: "Acme" },
      before: { creditLimit: { limit: canary } },
      sourceImages: { crm: { creditLimit: { limit: canary } } },
    },
  ],
  conflicts: [
    { entity: "accounts", field: "creditLimit", values: { crm: canary, erp: canary } },
    { entity: "accounts", field: "name", values: { crm: "Acme" } },
  ],
  lost: [{ entity: "accounts", field: "creditLimit.amount", value: canary }],
  journal: [
    { entity: null, kind: "base_moved", body: { images: { creditLimit: { limit: canary } } } },
    { entity: null, kind: "discarded", body: { field: "creditLimit", value: canary } },
  ],
  whatIf: { rows: [{ entity: "accounts", what: "creditLimit", now: { value: canary } }] },
  candidates: [
    {
      entity: "accounts",
      keys: [`creditLimit=["${canary}"]`, `name+creditLimit=["a","${canary}"]`, 'name=["acme"]'],
    },
  ],
  others: [{ entity: "invoices", fields: { gross: canary } }],
  failure: { failure: "invalid", code: "too_high", message: "the limit is too high", field: "creditLimit" },
};

describe("sight", () => {
  it("leaves out what a role does not see, wherever it stands, and nothing else", () => {
    const shown = sight.conceal(answer);
    expect(JSON.stringify(shown)).not.toContain(canary);
    expect(shown).toMatchObject({
      members: [{ connection: "crm", fields: { name: "Acme" } }],
      intents: [{ fields: { name: "Acme" } }],
      conflicts: [{ field: "name" }],
      candidates: [{ keys: ['name=["acme"]'] }],
      others: [],
      failure: { code: "too_high", field: "creditLimit" },
    });
  });

  it("leaves the name of a hidden field out of lists of names: of who changed what", () => {
    const causes = [
      { connection: "erp", actor: "faye", fields: ["creditLimit", "lines[l-1].price", "name"] },
    ];
    const shown = sight.conceal({ entity: "accounts", causes, withheld: { fields: ["creditLimit.amount"] } });
    expect(shown.causes[0]?.fields).toEqual(["lines[l-1].price", "name"]);
    expect(shown.withheld.fields).toEqual([]);
    expect(sight.conceal({ entity: "contacts", causes })).toEqual({ entity: "contacts", causes });
  });

  it("leaves out what records are called where the field that tells it is hidden", () => {
    const unnamed = sightOf("sales", { sales: { accounts: ["name"] } });
    const candidates = [
      { entity: "accounts", links: ["l-1"], names: [canary] },
      { entity: "contacts", links: ["l-2"], names: ["ada@x.example"] },
    ];
    const waits = [
      { entity: "contacts", label: "ada@x.example", field: "account", target: "erp", parent: canary },
    ];
    const plan = { candidates, waits };
    expect(unnamed.conceal(plan)).toEqual({
      candidates: [{ entity: "accounts", links: ["l-1"], names: [] }, candidates[1]],
      waits: [{ ...waits[0], parent: "" }],
    });
    const seeing = sightOf("sales", { sales: { accounts: ["creditLimit"] } });
    expect(seeing.conceal(plan)).toEqual({ candidates, waits });
  });

  it("leaves the name of a hidden field out of sentences", () => {
    const now = ["creditLimit is in conflict (both) and waits.", "crm is to get update (name, creditLimit)."];
    expect(sight.conceal({ entity: "accounts", now }).now).toEqual([
      "(hidden) is in conflict (both) and waits.",
      "crm is to get update (name, (hidden)).",
    ]);
    expect(sight.conceal({ entity: "contacts", now }).now).toEqual(now);
  });

  it("hides a field of one entity in that entity alone", () => {
    const shown = sight.conceal({ entity: "contacts", fields: { creditLimit: "kept" } });
    expect(shown.fields.creditLimit).toBe("kept");
    expect(sight.conceal({ fields: { creditLimit: canary } }, "accounts").fields.creditLimit).toBeUndefined();
  });

  it("hides what people call a record where that is made of a hidden field, and nowhere else", () => {
    const blind = sightOf("sales", { sales: { accounts: ["name"], orders: ["status"] } });
    const rows = (entity: string) => ({ entity, records: [{ id: "1", label: canary }] });
    const clusters = [rows("accounts"), rows("orders"), rows("contacts")];
    const shown = blind.conceal({ clusters });
    expect(shown.clusters.map(({ records }) => records[0]?.label)).toEqual(["", canary, canary]);
  });

  it("leaves out what a statement calls the records of a hidden entity", () => {
    const blind = sightOf("sales", { sales: { accounts: ["*"], products: ["name"] } });
    const names = ["accounts", "products", "orders"].map((entity) => ({
      entity,
      link: "l-1",
      label: canary,
    }));
    const shown = blind.conceal({ names });
    expect(shown.names.map(({ entity, label }) => [entity, label])).toEqual([
      ["products", ""],
      ["orders", canary],
    ]);
  });

  it("a role that sees everything gets the very answer", () => {
    expect(sightOf("operator", {}).conceal(answer)).toBe(answer);
  });
});
