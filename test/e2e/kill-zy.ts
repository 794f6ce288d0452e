import { readFileSync } from "node:fs";
import { audit, commitsOf } from "./kill-audit.ts";
import { openKillStage } from "./kill-stage.ts";
const d = JSON.parse(readFileSync("/tmp/commits.json", "utf8"));
const stage = await openKillStage({seed: 7, accounts: 120, products: 60, history: 24, quotes: 24}, {home: "embedded"});
console.log(stage.contents.troubles);
const c = { crm: {commits: d.crm}, erp: {commits: d.erp} , contents: stage.contents };
console.log(audit(c as never), commitsOf(c as never));
await stage.close();
