import type { ApplySummary, UnmadeWrite } from "../runtime/engine.ts";
import { showRun } from "./show-run.ts";
import { renderTable } from "./table.ts";
import { many, number, safeText } from "./text.ts";

/** Rows that are spelt out; all of them are in the document of --json. */
const listedMax = 40;

const titles: { readonly [why in UnmadeWrite["why"]]: string } = {
  moved: "The world has moved since the plan was made",
  held: "Held back: what they need is not there yet",
  refused: "Refused by their target; `crossfoot dead-letters` has the evidence",
  open: "Not settled yet; the next run, or the next apply of this plan, settles them",
  left: "Left for another apply of this plan",
};

function part(why: UnmadeWrite["why"], unmade: readonly UnmadeWrite[], room: number): readonly string[] {
  const own = unmade.filter((each) => each.why === why);
  if (own.length === 0) return [];
  const title = `${titles[why]} (${number(own.length)})`;
  if (why === "left") {
    const reasons = new Set(own.map(({ reason }) => safeText(reason)));
    return [`${title}: ${[...reasons].join("; ")}.`];
  }
  const columns = [
    { title: "no.", align: "right" } as const,
    { title: "entity" },
    { title: "record", least: 12 },
    { title: "write" },
    { title: "why", least: 20 },
  ];
  const rows = own
    .slice(0, listedMax)
    .map((each) => [each.number, each.entity, each.label, `${each.kind} ${each.target}`, each.reason]);
  const more =
    own.length > listedMax ? [`… and ${number(own.length - listedMax)} more; --json has all.`] : [];
  return [`${title}:`, renderTable(columns, rows, room), ...more];
}

/** What an apply did, for a person. */
export function showApply(summary: ApplySummary, room: number): string {
  const { unmade, canary, planned, applied, appliedNow, plan, appliedAt, guardStops } = summary;
  if (appliedAt !== null) {
    return `Plan ${plan} was applied already (${appliedAt}). A plan is applied once: nothing was done.`;
  }
  const before = applied > appliedNow ? `, ${number(appliedNow)} of them now` : "";
  const lines = [`Plan ${plan}: ${number(applied)} of ${many(planned, "planned write")} made${before}.`];
  if (canary.length > 0) {
    const columns = [{ title: "entity" }, { title: "record", least: 12 }, { title: "what", least: 20 }];
    const rows = canary.map(({ entity, label, problem }) => [entity, label, problem]);
    lines.push("The first records did not come out as planned:", renderTable(columns, rows, room));
  }
  for (const why of ["moved", "held", "refused", "open", "left"] as const)
    lines.push(...part(why, unmade, room));
  if (guardStops.length > 0) {
    lines.push(`If it is meant: \`crossfoot apply <file> --approve ${plan}\` approves exactly this plan.`);
  }
  if (unmade.some(({ why }) => why === "moved"))
    lines.push("Make a new plan with `crossfoot plan --out plan.json`, look at it, and apply that.");
  // What a plan left undone has been told already, write by write.
  const whyNothing = unmade.length > 0 ? null : summary.whyNothing;
  return [...lines, showRun({ ...summary, whyNothing }, room)].join("\n\n");
}
