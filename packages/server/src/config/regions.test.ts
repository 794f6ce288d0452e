import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { plainProject, problemsIn, writeFiles } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => (folder = tempFolder()));
afterEach(() => folder.remove());

/** Problems of the plain project with regions for both connections, under a contract. */
function problems(crm: string | null, erp: string | null, contract: string): readonly string[] {
  const withRegion = (text: string, role: string, region: string | null): string =>
    region === null ? text : text.replace(`role: ${role}`, `role: ${role}\n    region: ${region}`);
  const file = withRegion(withRegion(plainProject, "crm", crm), "erp", erp);
  writeFiles(folder.path, { "crossfoot.yaml": file, "contract.yaml": contract });
  return problemsIn(folder.path);
}
const onlyInside = "privacy: { regions: { eu: [ch], ch: [eu] } }\n";

describe("regions", () => {
  test("let records go where the contract allows it, and everywhere when it names none", () => {
    expect(problems("eu", "us", "version: 1\n")).toEqual([]);
    expect(problems("eu", "eu", onlyInside)).toEqual([]);
    expect(problems("eu", "ch", onlyInside)).toEqual([]);
  });

  test("refuse the whole project on any other route, with the line of the connection", () => {
    const found = problems("eu", "us", onlyInside);
    expect(found.length).toBe(2);
    expect(found[0]).toMatch(/crossfoot\.yaml:\d+.*no route from crm \(eu\) to erp \(us\)/);
    expect(found[1]).toContain("no route from erp (us) to crm (eu)");
    expect(problems("eu", null, onlyInside)[0]).toContain("`region` of erp is not said");
  });

  test("look at the ways that records go: one that nothing travels on may be closed", () => {
    const way = "privacy: { regions: { eu: [us] } }\nentities:\n";
    const off = [
      "accounts",
      "contacts",
      "products",
      "pricebooks",
      "orders",
      "invoices",
      "inventory",
      "shipments",
    ];
    const others = off.map((name) => `  ${name}: { enabled: false }\n`).join("");
    const one = "direction: crm-to-erp";
    const back = [
      ...["status", "erpNumber", "validation"],
      ...["approval", "approvalReason", "approvalBy", "approvalAt"],
    ];
    const fields = back.map((field) => `${field}: { master: crm, ${one} }`).join(", ");
    const quotes = (more: string): string => `${way}${others}  quotes: { ${one}${more} }\n`;
    expect(problems("eu", "us", quotes(`, fields: { ${fields} }`))).toEqual([]);
    expect(problems("eu", "us", quotes(""))).toEqual([expect.stringContaining("from erp (us)")]);
  });
});
