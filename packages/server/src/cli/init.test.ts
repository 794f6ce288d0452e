import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readYaml } from "../config/yaml-file.ts";
import { plainEnvironment, plainProject, problemsIn, projectIn, writeFiles } from "../config/testing.ts";
import { defaultContract } from "@crossfoot/model";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { emptyMapping } from "./init-description.ts";
import { command } from "./testing.ts";

const environment = { CRM_TOKEN: "a", ERP_TOKEN: "b" };

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const read = (name: string): string => readFileSync(join(folder.path, name), "utf8");

describe("init", () => {
  it("makes a project that loads without a problem, with one entity switched on", async () => {
    const { code, out } = await command(["init", folder.path]);
    expect(code).toBe(0);
    expect(out).toContain("crossfoot check");
    expect(problemsIn(folder.path, environment)).toEqual([]);
    const project = projectIn(folder.path, environment);
    expect(project.entities).toEqual(["accounts"]);
    expect(project.connections.map(({ id, connector }) => [id, connector])).toEqual([
      ["crm", "http"],
      ["erp", "http"],
    ]);
  });

  it("its mapping file of a system that brings one says nothing yet: the connector's own is in force", () => {
    writeFiles(folder.path, { "crossfoot.yaml": plainProject, "mappings/erp.yaml": emptyMapping });
    const { connections } = projectIn(folder.path, plainEnvironment);
    for (const { mapping } of connections)
      expect(Object.keys(mapping.entities["accounts"]?.fields ?? {})).toEqual(["name", "email"]);
  });

  it("its contract.yaml says nothing yet: the defaults stand in it as comments", async () => {
    await command(["init", folder.path]);
    const written = read("contract.yaml");
    const { accounts } = projectIn(folder.path, environment).contract.entities;
    expect(accounts).toEqual(defaultContract.entities.accounts);
    const taken = written.replaceAll(/^( {2})# /gm, "$1");
    const { json, problems } = readYaml({ name: "contract.yaml", text: taken });
    expect(problems).toEqual([]);
    expect(Object.keys((json as { readonly entities: object }).entities)).toEqual(
      Object.keys(defaultContract.entities),
    );
    writeFiles(folder.path, { "contract.yaml": taken });
    expect(problemsIn(folder.path, environment)).toEqual([]);
    const { quotes } = projectIn(folder.path, environment).contract.entities;
    expect({ ...quotes, enabled: true }).toEqual(defaultContract.entities.quotes);
  });

  it("keeps the store, plans and secrets out of a repository, and says in README what to do", async () => {
    await command(["init", folder.path]);
    expect(read(".gitignore").split("\n")).toEqual(
      expect.arrayContaining(["crossfoot-store/", "plan.json", "secrets/"]),
    );
    expect(read("README.md")).toContain("crossfoot plan --out plan.json");
    expect(JSON.parse(read(".schemas/contract.schema.json"))).toMatchObject({ title: "Crossfoot contract" });
  });

  it("overwrites nothing, and writes nothing at all when a file is there", async () => {
    writeFiles(folder.path, { "contract.yaml": "entities: {}\n" });
    const { code, err } = await command(["init", "--project", folder.path]);
    expect(code).toBe(4);
    expect(err).toContain("has contract.yaml already; nothing was written");
    expect(existsSync(join(folder.path, "crossfoot.yaml"))).toBe(false);
    expect(read("contract.yaml")).toBe("entities: {}\n");
  });

  it("takes connectors and addresses, and names the nearest connector", async () => {
    const wrong = await command(["init", folder.path, "--erp", "plian"]);
    expect(wrong.code).toBe(4);
    expect(wrong.err).toContain("(did you mean `plain`?)");
    const { code } = await command([
      "init",
      folder.path,
      "--erp",
      "plain",
      "--crm-address",
      "https://crm.acme.test",
    ]);
    expect(code).toBe(0);
    expect(read("crossfoot.yaml")).toContain("address: https://crm.acme.test");
    expect(existsSync(join(folder.path, "descriptions/erp.yaml"))).toBe(false);
  });
});
