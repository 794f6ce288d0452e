import { describe, expect, it } from "vitest";
import { failureOf, openWith, reply, yamlAt } from "./session.ts";

const northgate = yamlAt("../descriptions/twin-erp.yaml");
const alder = yamlAt("descriptions/alder.yaml");

async function told(closed: string | null): Promise<unknown> {
  const company = { company_id: "ng-1", name: "Northgate Trading", closed_until: closed };
  const { connection } = await openWith(northgate, () => reply(200, company));
  return connection.closedPeriods?.();
}

describe("closed periods", () => {
  it("are told where the description says where they stand, as one day with strokes", async () => {
    expect(await told("20251231")).toEqual({ company: "Northgate Trading", through: "2025-12-31" });
    expect(await told("2026-02-28")).toEqual({ company: "Northgate Trading", through: "2026-02-28" });
    expect(await told(null)).toEqual({ company: "Northgate Trading", through: null });
  });

  it("are never guessed: a day that is none is refused", async () => {
    for (const none of ["20260230", "soon", "2026"])
      expect(await failureOf(told(none))).toMatchObject({ code: "answer_unreadable" });
  });

  it("are not offered where the description does not say", async () => {
    const { connection } = await openWith(alder, () => reply(200, {}));
    expect(connection.closedPeriods).toBe(undefined);
  });
});
