import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionId } from "@crossfoot/kernel";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { ConsolidationRefused } from "../runtime/consolidate-refusal.ts";
import type { ConsolidateRequest, DuplicateCluster, DuplicateReport } from "../runtime/engine.ts";
import { command as commandOf, fakeEngine, smallPlan } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

const command: typeof commandOf = (argv, more) => commandOf([...argv, "--project", folder.path], more);

const cluster: DuplicateCluster = {
  ...{ id: "d-1", entity: "accounts", connection: connectionId("crm"), state: "open", band: "link" },
  ...{ probability: 0.987, isAutomatic: false },
  records: ["1001", "1002"].map((id) => {
    return { connection: connectionId("crm"), id: id as never, label: `=Ada ${id}`, link: null, content: "" };
  }),
  evidence: [{ records: ["crm:1001", "crm:1002"], probability: 0.987, says: ["name is equal"] }],
  ...{ foundAt: "2026-01-31T10:00:00Z", dueAt: "2026-02-14T10:00:00Z", owner: "ben" },
  ...{ closedAt: null, closedBy: null, plan: null, takenBackBy: null, decidedBy: null },
};
const report: DuplicateReport = {
  ...{ at: "2026-01-31T10:00:00Z", clusters: [cluster], fresh: ["d-1"], overdue: 0, troubles: [] },
  looked: [{ entity: "accounts", connection: connectionId("crm"), records: 12 }],
  trend: [{ until: "2026-01-31T10:00:00Z", found: 1, closed: 0, open: 1 }],
};

describe("duplicates", () => {
  it("lists clusters with evidence, owner and due day, and the weeks", async () => {
    const engine = fakeEngine({ duplicates: () => Promise.resolve(report) });
    const { out, code } = await command(["duplicates"], { engine });
    expect(code).toBe(0);
    for (const text of ["d-1 (first seen)", "0.987", "name is equal", "ben", "2026-02-14", "week until"])
      expect(out).toContain(text);
  });

  it("keeps a word about a cluster, and refuses one that nobody knows", async () => {
    const said: unknown[] = [];
    const engine = fakeEngine({
      answerDuplicate: (id, word) => {
        said.push([id, word]);
        return Promise.resolve(id === "d-1" ? { ...cluster, state: "apart" } : null);
      },
    });
    const at = { engine };
    expect((await command(["duplicates", "--apart", "d-1"], at)).code).toBe(0);
    expect((await command(["duplicates", "--apart", "d-2"], at)).code).toBe(1);
    expect((await command(["duplicates", "--assign", "d-1"], at)).code).toBe(4);
    expect(said.length).toBe(2);
  });

  it("takes a word back, and says what cannot be", async () => {
    const words: string[] = [];
    const engine = fakeEngine({
      answerDuplicate: (id, { word }) => {
        words.push(`${id} ${word}`);
        return Promise.resolve({ ...cluster, state: id === "d-1" ? "open" : "consolidated" });
      },
    });
    const told = await command(["duplicates", "--reopen", "d-1"], { engine });
    expect([told.code, told.out]).toEqual([0, expect.stringContaining("d-1: asked about again")]);
    const refused = await command(["duplicates", "--reopen", "d-2"], { engine });
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("crossfoot undo")]);
    expect(words).toEqual(["d-1 reopen", "d-2 reopen"]);
    expect((await command(["duplicates", "--reopen", "d-1", "--apart", "d-2"], { engine })).code).toBe(4);
  });

  it("refuses a day that is over or is none, and one without a cluster; today is fine", async () => {
    const engine = fakeEngine({ answerDuplicate: () => Promise.resolve(cluster) });
    const due = (day: string) => command(["duplicates", "--assign", "d-1", "--due", day], { engine });
    // The clock of these commands stands at the first of January 1970.
    const past = await due("1969-12-31");
    expect([past.code, past.err]).toEqual([4, expect.stringContaining("1969-12-31 is over")]);
    expect((await due("2026-02-30")).code).toBe(4);
    expect((await command(["duplicates", "--due", "2999-01-01"], { engine })).code).toBe(4);
    expect([(await due("2999-01-01")).code, (await due("1970-01-01")).code]).toEqual([0, 0]);
  });
});

describe("consolidate", () => {
  it("asks for one cluster with its survivor and values, or for all automatic ones", async () => {
    const asked: ConsolidateRequest[] = [];
    const engine = fakeEngine({
      consolidate: (request) => {
        asked.push(request);
        return Promise.resolve(smallPlan);
      },
    });
    const at = { engine };
    const one = ["consolidate", "--cluster", "d-1", "--survivor", "crm:1001", "--take", "phone=crm:1002"];
    expect((await command(one, at)).code).toBe(0);
    expect((await command(["consolidate", "--automatic"], at)).code).toBe(0);
    expect(asked.map(({ cluster: id, survivor, take }) => [id, survivor, take])).toEqual([
      ["d-1", "crm:1001", { phone: "crm:1002" }],
      [null, null, {}],
    ]);
    for (const wrong of [[], ["--cluster", "d-1", "--automatic"], ["--cluster", "d-1", "--take", "phone"]])
      expect((await command(["consolidate", ...wrong], at)).code).toBe(4);
  });

  it("tells why it cannot be planned", async () => {
    const refused = new ConsolidationRefused("its records are one already");
    const engine = fakeEngine({ consolidate: () => Promise.reject(refused) });
    const told = await command(["consolidate", "--cluster", "d-1"], { engine });
    expect([told.code, told.err]).toEqual([3, expect.stringContaining("one already")]);
  });
});
