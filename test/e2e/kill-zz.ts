import { killAgainAndAgain } from "./kill-trial.ts";
import { startPostgres } from "./kill-door.ts";
const [home = "embedded", seed = "1", kills = "20"] = process.argv.slice(2);
const pg = home === "server" ? await startPostgres() : null;
const store = pg === null ? {home: "embedded"} : {home: "server", url: await pg.createDatabase()};
try {
const t = await killAgainAndAgain({size: {seed: Number(seed), accounts: 120, products: 60, history: 24, quotes: 24}, store, kills: Number(kills), say: console.log});
const { statement, idle, apply, kept, audit: a, kills: k, ...rest } = t;
console.log(rest, a, kept.broken, kept.lost, kept.final.entries, kept.final.settled.length, kept.final.sending);
console.log("apply", apply.state, apply.planned, apply.applied, JSON.stringify(apply.moved), JSON.stringify(apply.troubles));
console.log("idle", idle.state, idle.whyNothing, JSON.stringify(idle.guardStops));
console.log(statement.isExplained, statement.isEqual);
for (const x of statement.entities) { const m = {}; for (const q of x.missing) m[q.reason] = (m[q.reason] ?? 0) + 1; const d = {}; for (const q of x.differences) d[q.field + ":" + q.reason] = (d[q.field + ":" + q.reason] ?? 0) + 1; console.log(x.entity, x.linked, x.fieldsCompared, x.fieldsEqual, m, d); }
} finally { await pg?.stop(); }
