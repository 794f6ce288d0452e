import { openKillStage } from "./kill-stage.ts";
import { runCli } from "./kill-child.ts";
import { writeFileSync } from "node:fs";
const stage = await openKillStage({seed: 7, accounts: 120, products: 60, history: 24, quotes: 24}, {home: "embedded"});
const t = performance.now();
const lap = (n) => console.log(n, Math.round(performance.now() - t));
let e = await runCli(stage.folder, ["check"]);
lap("check"); console.log(e.code, e.stderr.slice(0, 800));
e = await runCli(stage.folder, ["plan", "--out", stage.folder + "/plan.json"]);
lap("plan"); console.log(e.code, e.stderr.slice(0, 800));
const plan = JSON.parse(e.stdout);
console.log(plan.writes.length, plan.calls, plan.guardStops, JSON.stringify(plan.verdicts));
let calls = 0;
const commits = () => [stage.crm, stage.erp].map((t) => t.commits.filter((c) => c.actor === "integration").length);
for (let i = 0; i < 3; i++) {
  e = await runCli(stage.folder, ["apply", stage.folder + "/plan.json", "--on-drift", "skip"]);
  lap("apply"); console.log(e.code, e.stderr.slice(0, 800));
  const s = JSON.parse(e.stdout);
  console.log(s.state, s.planned, s.applied, s.moved?.length, JSON.stringify(s.moved?.slice(0, 8)), s.calls, s.whyNothing, commits());
  if (i===0) writeFileSync("/tmp/apply.json", e.stdout);
}
e = await runCli(stage.folder, ["run"]);
lap("run"); console.log(e.code, e.stderr.slice(0, 800));
const s = JSON.parse(e.stdout);
console.log(s.state, s.calls, s.whyNothing, JSON.stringify(s.guardStops), commits());
e = await runCli(stage.folder, ["statement"]);
lap("statement"); console.log(e.code, e.stderr.slice(0, 800));
writeFileSync("/tmp/statement.json", e.stdout);
const st = JSON.parse(e.stdout);
console.log(st.isExplained, st.isEqual);
for (const x of st.entities) { const m = {}; for (const q of x.missing) m[q.reason] = (m[q.reason] ?? 0) + 1; const d = {}; for (const q of x.differences) d[q.field + ":" + q.reason] = (d[q.field + ":" + q.reason] ?? 0) + 1; console.log(x.entity, x.linked, x.fieldsCompared, x.fieldsEqual, m, d); }
writeFileSync("/tmp/commits.json", JSON.stringify({crm: stage.crm.commits, erp: stage.erp.commits}));
await stage.close();
