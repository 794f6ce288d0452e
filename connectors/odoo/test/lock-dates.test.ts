import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import { fakeOdoo } from "./fake-odoo.ts";

/** What is told of a company with these lock dates, of which a version has those that are named. */
async function told(dates: { readonly [field: string]: string | boolean }): Promise<unknown> {
  const session = fakeOdoo(({ model, method, args }) => {
    if (method === "fields_get") {
      const asked = args["allfields"] as readonly string[];
      const known = model === "res.company" ? asked.filter((name) => Object.hasOwn(dates, name)) : [];
      return { value: Object.fromEntries(known.map((name) => [name, { type: "date" }])) };
    }
    if (model === "res.currency") return { value: [{ id: 1, name: "EUR", decimal_places: 2, rate: 1 }] };
    if (model === "res.company")
      return { value: [{ id: 1, name: "Us", currency_id: [1, "EUR"], partner_id: [1, "Us"], ...dates }] };
    return method === "search_read" ? { value: [] } : undefined;
  });
  return openOdoo(session).closedPeriods?.();
}

describe("closed periods", () => {
  it("go to the latest of the lock dates that this version has", async () => {
    const of17 = { fiscalyear_lock_date: "2025-12-31", period_lock_date: "2026-01-31", tax_lock_date: false };
    expect(await told(of17)).toEqual({ company: "Us", through: "2026-01-31" });
    const of19 = { fiscalyear_lock_date: "2025-12-31", sale_lock_date: "2026-02-28", hard_lock_date: false };
    expect(await told(of19)).toEqual({ company: "Us", through: "2026-02-28" });
  });

  it("are none while nothing is locked, or where no books are kept", async () => {
    expect(await told({ fiscalyear_lock_date: false })).toEqual({ company: "Us", through: null });
    expect(await told({})).toEqual({ company: "Us", through: null });
  });
});
