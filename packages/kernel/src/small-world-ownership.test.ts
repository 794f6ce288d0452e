import { expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { Plan } from "./plan.ts";
import type { EntityPolicy } from "./policy.ts";
import { crm, decideInput, entityPolicy, erp, fieldPolicy, memberOf, viewOf } from "./testing/fixtures.ts";
import type { Fields, Value } from "./value.ts";

/**
 * The exhaustive small world of ownership by state: who may write a field depends on the state that the ERP
 * holds, and the state may move between the decision and the write. Every owner, state, base and view.
 */
const values: readonly Value[] = [null, "", "ann", "bob"];
const states = ["open", "posted"] as const;
type State = (typeof states)[number];

interface Course {
  readonly owner: typeof crm | null;
  readonly onForeignEdit: "restore" | "keep";
  readonly base: Value;
  readonly mine: Value;
  readonly theirs: Value;
  readonly before: State;
  readonly after: State;
}

function* courses(): Generator<Course> {
  for (const owner of [crm, erp, null])
    for (const onForeignEdit of ["restore", "keep"] as const)
      for (const base of values)
        for (const mine of values)
          for (const theirs of values)
            for (const before of states)
              for (const after of states) yield { owner, onForeignEdit, base, mine, theirs, before, after };
}

function policyOf({ owner, onForeignEdit }: Course): EntityPolicy {
  const status = fieldPolicy({ field: "status", writers: [erp], targets: [], master: erp });
  const ownership = [{ at: erp, statuses: ["posted"], fields: ["name"], writer: owner }];
  return entityPolicy([fieldPolicy({ onForeignEdit }), status], { statusField: "status", ownership });
}

interface Records {
  readonly fields: { crm: Fields; erp: Fields };
  readonly base: { crm: Value; erp: Value };
  readonly version: { crm: number; erp: number };
}

function planOf(course: Course, { fields, base, version }: Records): Plan {
  const member = (connection: typeof crm, name: "crm" | "erp") => {
    const view = viewOf(connection, { fields: fields[name], version: String(version[name]) });
    return memberOf(view, { name: base[name], status: course.before });
  };
  return decide(
    decideInput(policyOf(course), { members: { crm: member(crm, "crm"), erp: member(erp, "erp") } }),
  );
}

/** Applies a plan under its preconditions, and says what was written against the owner at that instant. */
function apply(course: Course, plan: Plan, records: Records): readonly string[] {
  const faults: string[] = [];
  const { fields, base, version } = records;
  const decided = { crm: fields.crm["name"] as Value, erp: fields.erp["name"] as Value };
  for (const { target, precondition, fields: written, causes } of plan.writes) {
    const name = target === crm ? "crm" : "erp";
    if (precondition !== String(version[name])) continue;
    const value = written["name"] as Value;
    const other = name === "crm" ? "erp" : "crm";
    // The state is the target's own: what moved on the other side after the decision no precondition can see.
    const isPosted = target === erp && fields.erp["status"] === "posted";
    if (isPosted && course.owner === null) faults.push("a field that nobody may write was written");
    if (isPosted && course.owner === erp) faults.push("the owner was overwritten");
    if (value !== decided[other]) faults.push("a value that the other side does not show");
    if (causes.length !== 1) faults.push("a write without its one cause");
    fields[name] = { ...fields[name], name: value };
    version[name] += 1;
    base[name] = value;
    base[other] = decided[other];
  }
  for (const { connection } of plan.baseMoves)
    base[connection === crm ? "crm" : "erp"] = decided[connection === crm ? "crm" : "erp"];
  return faults;
}

it("no write touches a field that the state gives to another, when the state moves too (I14)", () => {
  const broken: Record<string, string> = {};
  let combinations = 0;
  let refused = 0;
  for (const course of courses()) {
    combinations += 1;
    const records: Records = {
      fields: { crm: { name: course.mine }, erp: { name: course.theirs, status: course.before } },
      base: { crm: course.base, erp: course.base },
      version: { crm: 1, erp: 1 },
    };
    let plan = planOf(course, records);
    if (course.after !== course.before) {
      records.fields.erp = { ...records.fields.erp, status: course.after };
      records.version.erp += 1;
      refused += plan.writes.filter(({ target }) => target === erp).length;
    }
    const faults: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      faults.push(...apply(course, plan, records));
      plan = planOf(course, records);
    }
    if (plan.writes.length + plan.baseMoves.length > 0) faults.push("no rest");
    for (const fault of faults) broken[fault] ??= JSON.stringify(course);
  }
  console.log(`ownership: ${combinations} combinations, ${refused} writes met another state`);
  expect(broken).toEqual({});
  expect(combinations).toBe(1_536);
  expect(refused).toBeGreaterThan(100);
});
