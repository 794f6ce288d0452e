import { describe, expect, it } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { EntityFields, MappedField } from "../runtime/engine.ts";
import { command, fakeEngine } from "./testing.ts";
import type { Ended } from "./testing.ts";

const field = (root: string, more: Partial<MappedField> = {}): MappedField => ({
  ...{ root, type: "char", isRequired: false, isReadOnly: false, lengthMax: null, mappedTo: [] },
  ...more,
});
const found: readonly EntityFields[] = [
  {
    entity: "accounts",
    fields: [
      field("name", { isRequired: true, mappedTo: ["name"] }),
      field("color", { label: "Colour", type: "integer" }),
      field("x_grade", {
        ...{ label: "Grade", type: "selection", isOwn: true, mappedTo: ["industry"] },
        options: [
          { code: "gold", label: "Gold" },
          { code: "b2b", label: "b2b" },
        ],
      }),
      field("x_note", { label: "Note", isOwn: true, lengthMax: 20 }),
      field("x_double", { label: "Twice", type: "float", isOwn: true, isReadOnly: true }),
    ],
  },
  { entity: "products", fields: [field("x_shelf", { label: "Shelf", isOwn: true })] },
];

async function run(...words: readonly string[]): Promise<Ended> {
  const folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  const refused = new ConnectorError({
    ...{ failure: "unauthorised", code: "option_company" },
    message: "works in several companies: A, B",
  });
  const engine = fakeEngine({
    fields: (id) =>
      id === "away"
        ? Promise.reject(refused)
        : Promise.resolve(id === "erp" ? found : id === "silent" ? [] : undefined),
  });
  try {
    return await command(["fields", ...words, "--project", folder.path], { engine });
  } finally {
    folder.remove();
  }
}

describe("fields", () => {
  it("shows what the company added and what is mapped, with what each takes", async () => {
    const { out, code } = await run("erp");
    expect(code).toBe(0);
    expect(out.split("\n").map((line) => line.trimEnd())).toMatchInlineSnapshot(`
      [
        "accounts",
        "field       called  type       takes                written  mapped to",
        "──────────  ──────  ─────────  ───────────────────  ───────  ─────────",
        "  name              char                            needed   name",
        "+ x_grade   Grade   selection  gold (Gold), b2b     yes      industry",
        "+ x_note    Note    char       up to 20 characters  yes",
        "+ x_double  Twice   float                           no",
        "",
        "products",
        "field      called  type  takes  written  mapped to",
        "─────────  ──────  ────  ─────  ───────  ─────────",
        "+ x_shelf  Shelf   char         yes",
        "",
        "4 fields marked + added by the company, 3 of them not mapped.",
        "To carry one, name it in mappings/erp.yaml, then \`crossfoot check\`.",
        "",
      ]
    `);
  });

  it("shows one entity, or every field, when that is asked for", async () => {
    expect((await run("erp", "--entity", "products")).out).not.toContain("x_grade");
    expect((await run("erp")).out).not.toContain("color");
    expect((await run("erp", "--all")).out).toContain("color");
    const told = JSON.parse((await run("erp", "--entity", "products", "--json")).out) as object;
    expect(told).toMatchObject({ connection: "erp", entities: [{ entity: "products" }] });
  });

  it("says so of a system that does not tell its fields", async () => {
    const { out, code } = await run("silent");
    expect([out, code]).toEqual(["silent does not tell which fields it has.\n", 0]);
  });

  it("refuses a connection that is none, and says why one is not reached", async () => {
    const unknown = await run("erq");
    expect([unknown.code, unknown.err]).toEqual([4, "crossfoot: no connection is called erq\n"]);
    const away = await run("away");
    expect([away.code, away.err]).toEqual([4, "crossfoot: away: works in several companies: A, B\n"]);
  });
});
