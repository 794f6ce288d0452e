import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditFinding } from "./finding.ts";
import { auditRuleIds } from "./rules.ts";
import { keepWorth, scoreOf } from "./score.ts";

const findings = fc.array(
  fc.record({ rule: fc.constantFrom(...auditRuleIds), row: fc.integer({ min: 1, max: 3000 }) }),
  { maxLength: 60 },
);

const finding = ({ rule, row }: Pick<AuditFinding, "rule" | "row">): AuditFinding => ({
  ...{ rule, row, side: "crm", entity: "accounts", id: String(row), field: "", value: "" },
  ...{ says: "", other: null, repair: null },
});

describe("the score", () => {
  it("never rises by a further finding, stays within 0 and 100, and is 100 only without any", () => {
    fc.assert(
      fc.property(findings, (all) => {
        const worth = keepWorth();
        const scores = all.map((each) => {
          worth.take(finding(each));
          return scoreOf([{ records: 3000, lost: worth.lost() }]) ?? -1;
        });
        for (const [at, score] of scores.entries()) {
          expect(score).toBeLessThan(100);
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(scores[at - 1] ?? 100);
        }
      }),
    );
    expect(scoreOf([{ records: 5, lost: 0 }])).toBe(100);
    expect(scoreOf([{ records: 0, lost: 0 }])).toBeNull();
  });

  it("a record loses its own worth at most, however many faults it has", () => {
    const worth = keepWorth();
    for (const rule of auditRuleIds) worth.take(finding({ rule, row: 1 }));
    expect(scoreOf([{ records: 2, lost: worth.lost() }])).toBe(50);
  });

  it("one fault among ten million records shows", () => {
    expect(scoreOf([{ records: 10_000_000, lost: 0.1 }])).toBe(99.9);
  });
});
