import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import type { PlanDocument, RepairAsked } from "../runtime/engine.ts";
import { command, fakeEngine, smallPlan } from "./testing.ts";
import type { Ended } from "./testing.ts";

let folder: TempFolder;
let asked: RepairAsked[];
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  asked = [];
});
afterEach(() => folder.remove());

const planned: PlanDocument = { ...smallPlan, troubles: [], guardStops: [] };

/** Runs `bulk update` on a file, and keeps what the engine was asked. */
async function bulk(
  text: string,
  flags: readonly string[] = [],
  plan: PlanDocument = planned,
): Promise<Ended> {
  writeFiles(folder.path, { "given.csv": text });
  const engine = fakeEngine({
    repair: (request) => {
      asked.push(...request.asked);
      return Promise.resolve(plan);
    },
  });
  const where = ["--entity", "accounts", "--on", "crm", "--project", folder.path];
  return command(["bulk", "update", join(folder.path, "given.csv"), ...where, ...flags], { engine });
}
const values = (): readonly unknown[] => asked.map(({ id, path, was, to }) => [id, path, was, to]);

it.each([
  ["names, blanks and what is taken away", 'id,name,taxId\n7,"A, B",\ncrm:8,,#N/A\n'],
  ["semicolons, bars and other line ends", "id;name;taxId\r\n7;A, B;\r\n8;;#N/A\r\n"],
  ["a byte order mark", "\ufeffid|name|taxId\n7|A, B|\n8||#N/A\n"],
])("%s are read", async (_what, text) => {
  const ended = await bulk(text);
  expect([ended.err, ended.code]).toEqual(["", 0]);
  expect(values()).toEqual([
    ["7", "name", null, "A, B"],
    ["8", "taxId", null, ""],
  ]);
});

it("parts, own names of columns, what must still stand there, and cells of our own files", async () => {
  const map = ["--map", "Town=billingAddress.city,Key=id"];
  await bulk("Key,Town,was billingAddress.city,phone\n7,Lyon,#N/A,'+33 1\n8,Nice,Niza,\n", map);
  expect(values()).toEqual([
    ["7", "billingAddress.city", "", "Lyon"],
    ["7", "phone", null, "+33 1"],
    ["8", "billingAddress.city", "Niza", "Nice"],
  ]);
});

it.each([
  ["no id", "name\nA\n", "no column is `id`"],
  ["an unknown place", "id,nam\n7,A\n", "did you mean `name`"],
  ["a reference", "id,parent\n7,8\n", "`parent` is no place of accounts"],
  ["a whole group", "id,billingAddress\n7,x\n", "`billingAddress` is no place of accounts"],
  ["columns twice", "id,name,name\n7,A,B\n", "two columns are `name`"],
  ["only what was", "id,was name\n7,A\n", "has no column with the new value"],
  ["no values", "id\n7\n", "no column has values"],
  ["nothing", "", "is empty"],
  ["a header alone", "id,name\n", "gives no value"],
  ["a short line", "id,name\n7,A\n8\n", "line 3: 1 columns, the header has 2"],
  ["a line without id", "id,name\n,A\n", "line 2: it has no id"],
  ["one record twice", "id,name\n7,A\ncrm:7,B\n", "line 3: 7 stands on line 2 already"],
])("%s is refused, and nothing is planned", async (_what, text, says) => {
  const ended = await bulk(text);
  expect([ended.code, ended.err]).toEqual([4, expect.stringContaining(says)]);
  expect(asked).toEqual([]);
});

it.each([
  ["another action", ["bulk", "delete", "x"], "there is: update"],
  [
    "an unknown connection",
    ["bulk", "update", "x", "--entity", "accounts", "--on", "cmr"],
    "did you mean `crm`",
  ],
  [
    "an unknown entity",
    ["bulk", "update", "x", "--entity", "acounts", "--on", "crm"],
    "did you mean `accounts`",
  ],
  ["no file", ["bulk", "update", "nowhere.csv", "--entity", "accounts", "--on", "crm"], "cannot be read"],
])("%s is refused", async (_what, args, says) => {
  const where = args[1] === "delete" ? ["--entity", "accounts", "--on", "crm"] : [];
  const ended = await command([...args, ...where, "--project", folder.path], { engine: fakeEngine() });
  expect([ended.code, ended.err]).toEqual([4, expect.stringContaining(says)]);
});

it("ends with 2 where something stays as it is, and keeps the plan for nobody else's eyes", async () => {
  const stays = {
    ...{ link: null, entity: "accounts", label: "crm:7", target: "crm", id: "7", rule: "given" },
    ...{ field: "name", why: "refused", reason: "no such record" },
  };
  const repair = { of: "given.csv", by: "ada", asked: 1, values: [], left: [stays] };
  const out = join(folder.path, "bulk.plan");
  const ended = await bulk("id,name\n7,A\n", ["--out", out], {
    ...planned,
    repair,
  } as unknown as PlanDocument);
  expect(ended.code).toBe(2);
  expect(ended.out).toContain("left to a person: no such record");
  expect(ended.out).toContain("bulk.plan");
});
