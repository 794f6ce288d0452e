import type { NativeRecord, NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import { openOdoo } from "../src/index.ts";
import type { Asked, FakeOdoo } from "./fake-odoo.ts";
import { fakeOdoo } from "./fake-odoo.ts";

const fields: { readonly [name: string]: object } = {
  x_crossfoot_reference: { type: "char", string: "Crossfoot reference" },
  x_note: { type: "char", string: "Note", size: 5 },
  x_grade: { type: "selection", string: "Grade", selection: [["gold", "Gold"]] },
  x_branch: { type: "many2one", string: "Branch", relation: "res.partner.industry" },
  x_double: { type: "float", string: "Twice", readonly: true },
  x_sum: { type: "monetary", string: "Sum" },
  x_count: { type: "integer", string: "Count" },
  x_tags: { type: "many2many", string: "Tags", relation: "res.partner.category" },
};
const tables: { readonly [model: string]: readonly object[] } = {
  "res.company": [{ id: 1, name: "Us", currency_id: [126, "EUR"], partner_id: [1, "Us"] }],
  "res.currency": [{ id: 126, name: "EUR", decimal_places: 2, rate: 1 }],
};
/** What Odoo finds of a name: as typed, and with more behind it. */
const branches = [
  [3, "Steel"],
  [4, "Steel and more"],
  [5, "Twice"],
  [6, "Twice"],
];

function server(): FakeOdoo {
  return fakeOdoo(({ model, method, args }: Asked) => {
    if (model === "res.users" && method !== "search_read") return undefined;
    if (method === "check_access_rights") return { value: true };
    if (method === "name_search") return { value: branches };
    if (method === "write") return { value: true };
    if (method === "fields_get") {
      const asked = args["allfields"] as readonly string[];
      const known = Object.entries(fields).filter(([name]) => asked.length === 0 || asked.includes(name));
      return { value: Object.fromEntries(known) };
    }
    return { value: tables[model] ?? [] };
  });
}

let count = 0;
async function sent(
  patch: NativeRecord["native"],
  current: NativeRecord["native"] = {},
): Promise<{
  readonly outcome: WriteOutcome | undefined;
  readonly vals: unknown;
}> {
  count += 1;
  const none = { precondition: null, current, transition: null, reference: `r${count}` };
  const at = { key: `k${count}`, entity: "accounts", kind: "update" as const };
  const write: NativeWrite = { ...at, ...none, id: "8" as NativeRecord["id"], patch };
  const session = server();
  const [outcome] = await openOdoo(session).write([write]);
  return { outcome, vals: session.asked.find(({ isWrite }) => isWrite)?.args["vals"] };
}

const codeOf = async (patch: NativeRecord["native"]): Promise<string> => {
  const { outcome, vals } = await sent(patch);
  if (outcome?.kind !== "failed") return "done";
  return vals === undefined ? outcome.failure.code : "sent all the same";
};

describe("a field that the company added", () => {
  it("is described by what Odoo says of it, a many2one also under its name", async () => {
    const { fields: told } = await openOdoo(server()).describe();
    const own = (told["accounts"] ?? []).filter(({ isOwn }) => isOwn);
    expect(own.map(({ root, isReadOnly }) => `${root}${isReadOnly ? " shown" : ""}`)).toEqual([
      ...["x_crossfoot_reference", "x_note", "x_grade", "x_branch", "x_branch:name", "x_double shown"],
      ...["x_sum", "x_count", "x_tags shown"],
    ]);
    expect(own.find(({ root }) => root === "x_grade")?.options).toEqual([{ code: "gold", label: "Gold" }]);
  });

  it("is written in its own type, and nothing as nothing", async () => {
    const patch = { x_note: "four", x_grade: "gold", x_sum: "1.25", x_count: "3", "x_branch:name": "Steel" };
    const vals = { x_note: "four", x_grade: "gold", x_sum: 1.25, x_count: 3, x_branch: 3 };
    expect(await sent(patch)).toMatchObject({ outcome: { kind: "done" }, vals });
    const none = { x_note: null, x_grade: "", "x_branch:name": null };
    const before = { x_note: "four", x_grade: "gold", "x_branch:name": "Steel" };
    expect((await sent(none, before)).vals).toEqual({ x_note: false, x_grade: false, x_branch: false });
  });

  it("takes nothing that Odoo would refuse, cut, round or quietly drop; none of it is sent", async () => {
    expect(await codeOf({ x_grade: "silver" })).toBe("code_unknown");
    expect(await codeOf({ x_note: "longer" })).toBe("too_long");
    expect(await codeOf({ x_double: "4" })).toBe("read_only");
    expect(await codeOf({ x_sum: "1.255" })).toBe("too_precise");
    expect(await codeOf({ x_count: "2.5" })).toBe("value_refused");
    expect(await codeOf({ x_count: "2147483648" })).toBe("value_refused");
    expect(await codeOf({ x_tags: ["1"] })).toBe("type_unsupported");
    expect(await codeOf({ x_branch: "Steel" })).toBe("value_refused");
    expect(await codeOf({ "x_branch:name": "Twice" })).toBe("code_unknown");
    expect(await codeOf({ "x_branch:name": "Iron" })).toBe("code_unknown");
    expect(await codeOf({ "x_note:name": "four" })).toBe("field_unknown");
    expect(await codeOf({ x_gone: "1" })).toBe("field_unknown");
  });
});
