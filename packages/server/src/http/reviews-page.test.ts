import { connectionId, externalId } from "@crossfoot/kernel";
import { describe, expect, it } from "vitest";
import type { DuplicateCluster, ReviewReport } from "../runtime/engine.ts";
import { reviewsPage } from "./reviews-page.ts";

const now = Date.parse("2026-03-10T12:00:00Z");
const day = (days: number): string => new Date(now + days * 86_400_000).toISOString();
const crm = connectionId("crm");

function cluster(
  id: string,
  labels: readonly string[],
  more: Partial<DuplicateCluster> = {},
): DuplicateCluster {
  return {
    ...{ id, entity: "accounts", connection: crm, state: "open", band: "review", probability: 0.9712 },
    ...{ isAutomatic: false, foundAt: day(-3), dueAt: day(11), owner: null },
    ...{ closedAt: null, closedBy: null, plan: null, takenBackBy: null, decidedBy: null },
    records: labels.map((label, nr) => ({
      ...{ connection: crm, id: externalId(`${id}-${nr}`), label, link: null, content: "" },
    })),
    evidence: [
      {
        records: [`crm:${id}-0`, `crm:${id}-1`],
        probability: 0.97,
        says: ["name is equal", "phone sounds alike"],
      },
    ],
    ...more,
  };
}

const report = (clusters: readonly DuplicateCluster[], more: Partial<ReviewReport> = {}): ReviewReport => ({
  ...{ at: day(0), clusters, overdue: 0, trend: [] },
  looks: [
    {
      entity: "accounts",
      lookedAt: day(-1),
      isScheduled: true,
      nextAt: day(6),
      records: 1_200,
      fresh: ["d-1"],
    },
  ],
  ...more,
});

const made = (given: ReviewReport, page = 1): string => reviewsPage({ report: given, now, page });

describe("the page of reviews", () => {
  it("shows each cluster with evidence in words, band, due day, owner and the commands beside it", () => {
    const page = made(report([cluster("d-1", ["Acme", "Acme Ltd"], { owner: "ben" })]));
    for (const text of [
      "<li>name is equal</li>",
      "<li>phone sounds alike</li>",
      "to be looked at",
      "97.1 %",
      "2026-03-21",
      "due in 11 days",
    ])
      expect(page).toContain(text);
    expect(page).toContain("<bdi>ben</bdi> looks at it");
    expect(page).toContain("first seen at the last look");
    expect(page).toContain("<code>crossfoot consolidate --cluster d-1 --out plan.json</code>");
    expect(page).toContain("<code>crossfoot duplicates --apart d-1</code>");
    expect(page).toContain("1 cluster waits for a person.");
  });

  it("says when a day is over, and how many are", () => {
    const late = [
      cluster("d-1", ["a", "b"], { dueAt: day(-5) }),
      cluster("d-2", ["c", "d"], { dueAt: day(-0.5) }),
    ];
    const page = made(report(late, { overdue: 2 }));
    expect(page).toContain("overdue for 4 days");
    expect(page).toContain("2 clusters wait for a person, 2 of them overdue.");
    expect(page).toContain('class="verdict bad"');
  });

  it("tells apart that nothing was found and that nobody has looked", () => {
    expect(made(report([]))).toContain("Nothing to review");
    const never = { ...report([]).looks[0], lookedAt: null, nextAt: null } as ReviewReport["looks"][number];
    const page = made(report([], { looks: [never] }));
    expect(page).toContain("Nothing was looked for yet.");
    expect(page).toContain("by the next worker that has time");
    expect(made(report([], { looks: [{ ...never, isScheduled: false }] }))).toContain(
      "only when somebody calls",
    );
  });

  it("no name, owner, id or evidence becomes a tag; a name keeps its direction of writing", () => {
    const evil = `</bdi><script>alert(1)</script> "x" & 'y'`;
    const page = made(
      report([
        cluster(evil, [evil, "شركة الخليج للتجارة"], {
          owner: evil,
          entity: evil,
          evidence: [{ records: [evil, evil], probability: 1, says: [evil] }],
        }),
      ]),
    );
    expect(page).not.toContain("<script");
    expect(page).toContain("<bdi>شركة الخليج للتجارة</bdi>");
    expect(page.match(/<bdi>/g)?.length).toBe(page.match(/<\/bdi>/g)?.length);
  });

  it("five hundred clusters are five pages, and a page that is none is the first", () => {
    const many = Array.from({ length: 500 }, (_, nr) => cluster(`d-${nr}`, ["a", "b"]));
    const pages = [1, 2, 3, 4, 5].map((page) => made(report(many), page).match(/<article id="[^"]*"/g) ?? []);
    expect(new Set(pages.flat()).size).toBe(500);
    expect(made(report(many), 2)).toContain('href="/reviews?page=3"');
    for (const wrong of [0, -1, 6, 1.5, Number.NaN, Infinity])
      expect(made(report(many), wrong)).toBe(made(report(many)));
    expect(made(report(many), 5)).not.toContain("page=6");
  });

  it("of more than two records each pair says what speaks for it", () => {
    const page = made(report([cluster("d-1", ["a", "b", "c"])]));
    expect(page).toContain("<code>crm:d-1-0</code> and <code>crm:d-1-1</code>");
  });
});
