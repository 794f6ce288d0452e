import { connectionId, externalId, linkId } from "@crossfoot/kernel";
import { contractWords, defaultContract, differenceReasons, foot } from "@crossfoot/model";
import type { Statement } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import type { Outlook, WhyReport } from "../runtime/engine.ts";
import { switched } from "../config/load-contract.ts";
import { showContract } from "./show-contract.ts";
import { outlookParts } from "./show-outlook.ts";
import { showPlan } from "./show-plan.ts";
import { showRun } from "./show-run.ts";
import { showStatement } from "./show-statement.ts";
import { showStatus } from "./show-status.ts";
import { statusPage } from "../http/page.ts";
import { showValue } from "./show-value.ts";
import { intent } from "../store/testing/records.ts";
import { showWhy } from "./show-why.ts";
import { renderTable } from "./table.ts";
import { quietRun, smallPlan, smallStatus } from "./testing.ts";
import { cut, safeText, widthOf, wrap } from "./text.ts";

describe("tables", () => {
  it("align words left and numbers right, and leave no space at the end of a line", () => {
    const columns = [{ title: "entity" }, { title: "linked", align: "right" } as const, { title: "note" }];
    expect(
      renderTable(columns, [
        ["accounts", 1200, ""],
        ["quotes", 7, "x"],
      ]),
    ).toBe(
      ["entity    linked  note", "────────  ──────  ────", "accounts   1,200", "quotes         7  x"].join(
        "\n",
      ),
    );
    expect(renderTable(columns, [])).toBe("");
  });

  it("squeeze the flexible columns to the width of the terminal, and mark what is cut", () => {
    const text = renderTable(
      [{ title: "id" }, { title: "text", least: 6 }],
      [["a-long-identifier", "word ".repeat(20)]],
      40,
    );
    const lines = text.split("\n");
    expect(Math.max(...lines.map((line) => widthOf(line)))).toBeLessThanOrEqual(40);
    expect(lines[2]).toContain("a-long-identifier");
    expect(lines[2]).toMatch(/…$/);
  });

  it("count wide letters, emoji and combining marks as a terminal does", () => {
    expect(["abc", "日本", "👩‍👩‍👧", "é", ""].map((text) => widthOf(text))).toEqual([3, 4, 2, 1, 0]);
    expect(cut("日本語", 5)).toBe("日本…");
    expect(wrap("a bb ccc dddd", 6)).toEqual(["a bb", "ccc", "dddd"]);
  });

  it("let no value of a connected system act on the terminal", () => {
    const evil = "\u001B[2Jname\u202Egnp.exe\u0007\r\n";
    const row = renderTable([{ title: "name" }], [[evil]]);
    for (const control of ["\u001B", "\u202E", "\u0007", "\r"]) expect(row).not.toContain(control);
    expect(row.split("\n")).toHaveLength(3);
    expect(safeText(evil)).toBe(String.raw`\u001b[2Jname\u202egnp.exe\u0007⏎⏎`);
  });
});

describe("values", () => {
  it("absent, null, empty text and zero look different", () => {
    expect([undefined, null, "", "0"].map((value) => showValue(value))).toEqual([
      "(not delivered)",
      "—",
      '""',
      "0",
    ]);
  });

  it("money, quantities, references, groups and lines are one line each", () => {
    expect(showValue({ amount: "12.5", currency: "EUR" })).toBe("12.50 EUR");
    expect(showValue({ amount: "0.1234", currency: "EUR" })).toBe("0.1234 EUR");
    expect(showValue({ amount: "7", currency: "JPY" })).toBe("7 JPY");
    expect(showValue({ value: "3", unit: "kg" })).toBe("3 kg");
    expect(showValue({ link: "l-7" })).toBe("→ l-7");
    expect(showValue({ awaits: { entity: "accounts", connection: "crm", id: "9" } })).toBe(
      "→ accounts crm:9 (not linked yet)",
    );
    expect(showValue({ city: "Graz", street: null, country: "AT" })).toBe("city Graz, country AT");
    expect(showValue([{ key: "a", fields: {} }])).toBe("1 line");
  });
});

describe("the contract as a page", () => {
  const head = { version: "3", hash: "f".repeat(64) };

  it("says of every field of every entity who is master, which way it goes, and what that means", () => {
    const signed = contractWords(defaultContract);
    const fields = signed.entities.flatMap((each) => each.fields);
    expect(fields.every(({ means, master }) => means !== "" && (master === "crm" || master === "erp"))).toBe(
      true,
    );
    const credit = signed.entities[0]?.fields.find(({ field }) => field === "creditLimit");
    expect(credit).toEqual({
      field: "creditLimit",
      title: "Credit limit",
      definition: "How much it may owe us at one time. Set by finance.",
      master: "erp",
      direction: "erp-to-crm",
      policy: "—",
      means: "The ERP decides; an edit in the CRM is shown and put back.",
      firstLink: "The ERP's value stands, unless it is empty.",
    });
  });

  it("has version, hash, rules and lines to sign, and names what is switched off", () => {
    const narrow = switched(defaultContract, (name) => name === "accounts" || name === "quotes");
    const page = showContract({ ...contractWords(narrow), ...head, signatures: null, missing: null }, 100);
    expect(page).toContain("CONTRACT BETWEEN CRM AND ERP, version 3");
    expect(page).toContain("f".repeat(64));
    expect(page).toContain(
      "Created in the ERP when its status is customer, or when a document needs it there.",
    );
    const closed =
      "While it is rejected or converted or cancelled in the ERP, nobody writes any other field.";
    expect(page).toContain(closed);
    expect(page).toContain("Not part of it (switched off): contacts, products");
    for (const who of ["Sales", "Finance", "Operations"])
      expect(page).toMatch(new RegExp(`${who} +_+ {2}date _+`));
  });
});

describe("runs, plans and statements", () => {
  it("a run that did nothing says why, and a trouble is one clear line", () => {
    const failure = {
      failure: "unauthorised",
      code: "login_refused",
      message: "wrong credentials",
      status: 401,
    } as const;
    const more = { retryAt: null, requestId: null, field: null };
    const troubles = [{ connection: connectionId("erp"), entity: null, failure: { ...failure, ...more } }];
    const text = showRun({ ...quietRun, troubles }, 100);
    expect(text).toContain("Nothing was written: nothing changed on either side.");
    expect(text).toContain("! erp: wrong credentials (login_refused)");
  });

  it("a plan counts its writes and spells them out; --out says how to apply it", () => {
    const text = showPlan(smallPlan, { room: 200, isWhole: false, out: "plan.json" });
    expect(text).toContain("Ada & Söhne");
    expect(text).toContain("creditLimit: 12.50 EUR");
    expect(text).toContain("To do exactly this: `crossfoot apply plan.json`");
    const empty = showPlan({ ...smallPlan, writes: [] }, { room: 200, isWhole: false, out: null });
    expect(empty).toContain("Nothing is to be written.");
  });

  it("a statement lists each difference with its reason in words, and ends in a verdict", () => {
    const difference = {
      link: linkId("l-1"),
      label: "A-1",
      field: "name",
      crm: "Ada",
      erp: "ADA",
      reason: "lossy_target",
      because: [],
      command: "crossfoot why l-1",
    } as const;
    const entity = {
      entity: "accounts",
      linked: 1,
      missing: [],
      notWanted: 0,
      fieldsCompared: 2,
      fieldsEqual: 1,
      totals: [],
      proof: null,
    };
    const statement: Statement = {
      madeAt: "2026-01-31T10:00:00Z",
      contract: "c",
      entities: [{ ...entity, differences: [difference] }],
      footing: foot([]),
      asOf: null,
      isExplained: true,
      isEqual: false,
    };
    const text = showStatement(statement, 200);
    expect(text).toContain("the system keeps the value in its own form");
    expect(text).toMatch(/They do not agree yet: 1 difference, each with its reason\.$/);
    expect(
      showStatement({ ...statement, entities: [{ ...entity, differences: [] }], isEqual: true }, 200),
    ).toMatch(/Both systems agree\.$/);
    const unknown = { ...entity, differences: [{ ...difference, reason: "unknown" as const }] };
    expect(showStatement({ ...statement, entities: [unknown], isExplained: false }, 200)).toContain(
      "1 without a reason",
    );
  });

  it("every reason of a difference has words", () => {
    for (const reason of differenceReasons) {
      const missing = [
        { link: null, label: "A-1", missingOn: "crm", reason, command: "crossfoot run" } as const,
      ];
      const entity = {
        entity: "accounts",
        linked: 0,
        missing,
        notWanted: 0,
        fieldsCompared: 0,
        fieldsEqual: 0,
      };
      const entities = [{ ...entity, differences: [], totals: [], proof: null }];
      const text = showStatement(
        {
          madeAt: "",
          contract: "",
          entities,
          footing: foot([]),
          asOf: null,
          isExplained: true,
          isEqual: false,
        },
        200,
      );
      expect(text).not.toContain(reason);
    }
  });

  it("a status without any run says where to start", () => {
    expect(showStatus({ ...smallStatus, connections: [] }, 100)).toContain("crossfoot check");
    expect(showStatus(smallStatus, 100)).toContain("ready");
  });

  it("status and its page tell one share: of what owes a proof, with what the contract keeps apart", () => {
    const proofs = [
      {
        ...{ entity: "orders", records: 8, fields: 80, recordsEqual: 3, fieldsEqual: 74 },
        ...{ recordsProven: 3, fieldsProven: 74, recordsApart: 4, fieldsApart: 5, oldest: null },
      },
      {
        ...{ entity: "quotes", records: 1, fields: 1, recordsEqual: 0, fieldsEqual: 0 },
        ...{ recordsProven: 0, fieldsProven: 0, recordsApart: 1, fieldsApart: 1, oldest: null },
      },
    ];
    const status = { ...smallStatus, proofs };
    const lines = showStatus(status, 120).split("\n");
    const told = (name: string) => lines.find((line) => line.startsWith(name))?.split(/ {2,}/);
    expect(told("orders")).toEqual(["orders", "8", "75.00 %", "98.66 %", "4"]);
    // Where nothing owes a proof there is no share, and no fault.
    expect(told("quotes")).toEqual(["quotes", "1", "1"]);
    const page = statusPage({ status, now: 0, trouble: null, contractHash: "c" });
    const cells = [...page.matchAll(/<td class="(count[^"]*)">([^<]*)<\/td>/g)].map(([, , text]) => text);
    expect(cells).toEqual(["8", "75.00 %", "98.66 %", "4", "1", "", "", "1"]);
    expect(page).toContain('<td class="count warn">75.00 %</td>');
    expect(page).toContain('<td class="count good"></td>');
  });

  it("tells when the backlog will be worked off, and by which limit", () => {
    const now = Date.UTC(2026, 0, 5, 13, 50);
    const day = { name: "day", limit: 1_000, budget: 950, charged: 900, left: null, windowMs: null };
    const erp: Outlook = {
      connection: connectionId("erp"),
      now,
      quota: {
        limits: [{ ...day, resetAt: Date.UTC(2026, 0, 5, 23) }],
        pausedUntil: now + 60_000,
        waits: [{ lane: "poll", calls: 40, roomAt: now + 1_800_000 }],
        callMs: 120,
      },
      ...{ records: 1_200, calls: 120, caughtUpAt: now + 1_800_000, boundBy: "day", loading: [] },
    };
    const crm: Outlook = {
      ...{ connection: connectionId("crm"), now, records: 0, calls: 0, caughtUpAt: now, boundBy: null },
      quota: { limits: [], pausedUntil: null, waits: [], callMs: null },
      loading: ["orders"],
    };
    expect(outlookParts([crm, erp], 120, false))
      .toBe(`connection  limit  calls  ours  charged  left as told  window
──────────  ─────  ─────  ────  ───────  ────────────  ───────────────────
erp         day    1,000   950      900                afresh at 23:00 UTC

connection  to write, at most  calls  caught up
──────────  ─────────────────  ─────  ─────────────────────
crm                         0      0  now
erp                     1,200    120  14:20 UTC (limit day)

erp: no call before 13:51 UTC; it asked us to wait.
erp: lane poll waits until 14:20 UTC (40 calls).
Caught up at 14:20 UTC, erp last (limit day), if nobody else calls.
First load not done: orders of crm. Its size is not known.`);
    const never = outlookParts([{ ...erp, caughtUpAt: null }], 120, false);
    expect(never).toContain("erp is never caught up with under its limits (limit day).");
    expect(outlookParts([{ ...crm, loading: [] }], 120, false)).toBe("Caught up: nothing is due.");
    // What is paused or held has not caught up with anything, and will not at any time.
    expect(outlookParts([{ ...crm, loading: [] }], 120, true)).toBe("");
    expect(outlookParts([erp], 120, true)).not.toContain("Caught up at");
    const tomorrow = outlookParts([{ ...erp, caughtUpAt: now + 86_400_000 }], 120, false);
    expect(tomorrow).toContain("Caught up at 2026-01-06 13:50 UTC, erp last");
  });
});

describe("why", () => {
  it("tells the story of a record in sentences", () => {
    const erp = connectionId("erp");
    const why: WhyReport = {
      link: linkId("l-1"),
      entity: "accounts",
      state: "live",
      verdict: "conflict",
      members: [
        {
          connection: connectionId("crm"),
          id: externalId("7"),
          kind: "present",
          version: "3",
          url: "https://crm.test/7",
          fields: { name: "Ada", email: "a@x" },
          base: { name: "Ad" },
          problems: {},
        },
        {
          connection: erp,
          id: externalId("70"),
          kind: "archived",
          version: null,
          url: null,
          fields: { name: "ADA" },
          base: {},
          problems: { email: { code: "not_text", expected: "text" } },
        },
      ],
      intents: [],
      waits: [
        {
          field: "parent",
          target: erp,
          parentLink: null,
          parentEntity: "accounts",
          parentConnection: "crm",
          parentId: "9",
          isBlocking: true,
        },
      ],
      parks: [],
      conflicts: [
        {
          link: linkId("l-1"),
          entity: "accounts",
          field: "name",
          reason: "both_changed",
          values: { crm: "Ada", erp: "ADA" },
          state: "open",
          openedAt: "2026-01-31T10:00:00Z",
        },
      ],
      undone: [],
      lost: [
        {
          entry: "3/14",
          at: "2026-01-30T09:00:00Z",
          link: linkId("l-1"),
          entity: "accounts",
          field: "phone",
          connection: erp,
          value: "555",
          actor: "bruno",
          reason: "master_wins",
          winner: connectionId("crm"),
          key: "k",
          outcome: "overwritten",
          restored: null,
          note: null,
        },
      ],
      journal: [
        {
          shard: 0,
          seq: 1,
          at: "2026-01-31T09:00:00Z",
          runId: null,
          entity: "accounts",
          link: "l-1",
          kind: "parked",
          body: { reason: "x" },
        },
      ],
      now: ["name is in conflict."],
    };
    const text = showWhy(why, 200);
    expect(text).toContain("This record of accounts is linked (l-1).");
    expect(text).toContain("erp: 70, archived");
    expect(text).toContain("refused: expected text");
    expect(text).toMatch(/name +Ada +ADA +changed since both agreed/);
    expect(text).toContain(
      "parent waits for its record of accounts to exist in erp; until then nothing is written",
    );
    expect(text).toContain("To decide: crossfoot conflicts --take crm l-1 name (or erp)");
    expect(text).toContain("2026-01-31 09:00:00 UTC  parked: reason x");
    expect(text).toContain(
      "phone “555” of bruno in erp lost: crm is the master of the field (overwritten) [3/14]",
    );
    const cause = { connection: "person", version: null, by: "ada", fields: [] };
    const writes = [
      intent(linkId("l-1"), { kind: "update", state: "settled", causes: [{ ...cause, accepts: "reduce" }] }),
      intent(linkId("l-1"), { causes: [{ ...cause, olderRevision: true }] }),
      intent(linkId("l-1")),
    ];
    const said =
      showWhy({ ...why, intents: writes }, 200)
        .split("Writes")[1]
        ?.split("\n\n")[0] ?? "";
    expect(said).toContain("update in erp of name to what is accepted of the quote, at the word of ada,");
    expect(said).toContain("create in erp of name though a newer revision is there, at the word of ada,");
    expect(said.match(/at the word of/g)).toHaveLength(2);
  });
});
