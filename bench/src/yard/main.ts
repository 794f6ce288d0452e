/**
 * The yard: two small systems in a process of their own, so that their work is not measured as the
 * engine's. Started by `openYard` with the latency in ms as its argument; takes questions over the channel
 * to its parent.
 */
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";
import { answerParent } from "../child.ts";
import { crmAccount, erpAccount } from "./records.ts";
import { serveYard } from "./serve.ts";
import { YardTable } from "./table.ts";
import { hookToken } from "./talk.ts";
import type { YardCounts, YardPlace, YardQuestions } from "./talk.ts";

const changeMsMax = 10_000;
const latencyMs = Number(process.argv[2] ?? "5");
const crmTable = new YardTable("crm");
const erpTable = new YardTable("erp");
const crm = await serveYard({ table: crmTable, tenant: "yard-crm", latencyMs: () => latencyMs });
const erp = await serveYard({ table: erpTable, tenant: "yard-erp", latencyMs: () => latencyMs });

function seed({ records, isPaired }: YardQuestions["seed"]): null {
  crmTable.clear();
  erpTable.clear();
  for (let at = 0; at < records; at += 1) {
    const account = crmAccount(at);
    crmTable.seed(account);
    if (isPaired) erpTable.seed(erpAccount(account));
  }
  return null;
}

function edit({ count, mark }: YardQuestions["edit"]): null {
  for (let at = 0; at < count; at += 1) crmTable.edit(crmTable.idAt(at), { phone: `${mark} ${at}` });
  return null;
}

/** Compares by tax id, which both sides show. */
function counts(): YardCounts {
  const wanted = new Map<string, string>();
  for (let at = 0; at < crmTable.size; at += 1) {
    const account = erpAccount(crmTable.get(crmTable.idAt(at))?.fields ?? {});
    wanted.set(account["vat_number"] ?? "", JSON.stringify(account));
  }
  let different = 0;
  for (let at = 0; at < erpTable.size; at += 1) {
    const fields = erpTable.get(erpTable.idAt(at))?.fields ?? {};
    const names = Object.keys(erpAccount({}));
    const shown = JSON.stringify(Object.fromEntries(names.map((name) => [name, fields[name] ?? null])));
    if (wanted.get(fields["vat_number"] ?? "") !== shown) different += 1;
  }
  const requests = crm.requests() + erp.requests();
  return { crm: crmTable.size, erp: erpTable.size, doubled: erpTable.doubled, different, requests };
}

async function oneChange(
  pool: Pool,
  at: { readonly path: string; readonly id: string; readonly phone: string },
): Promise<number> {
  const seen = Promise.withResolvers<number>();
  erpTable.onWrite = ({ fields }) => {
    if (fields["telephone"] === at.phone) seen.resolve(performance.now());
  };
  const startedAt = performance.now();
  crmTable.edit(at.id, { phone: at.phone });
  const body = JSON.stringify({ deliveryId: at.phone, id: at.id });
  const headers = { "content-type": "application/json", "x-yard-token": hookToken };
  const answer = await pool.request({ method: "POST", path: at.path, body, headers });
  await answer.body.dump();
  if (answer.statusCode >= 300) throw new Error(`the hook answered ${answer.statusCode}`);
  const late = wait(changeMsMax, Number.NaN, { ref: false });
  const seenAt = await Promise.race([seen.promise, late]);
  if (Number.isNaN(seenAt)) throw new Error(`a change was not seen within ${changeMsMax} ms`);
  return seenAt - startedAt;
}

async function changes({ count, mark, hook, pauseMs }: YardQuestions["changes"]): Promise<readonly number[]> {
  const { origin, pathname } = new URL(hook);
  const pool = new Pool(origin, { connections: 4 });
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const id = crmTable.idAt(at % crmTable.size);
    times.push(await oneChange(pool, { path: pathname, id, phone: `${mark} ${at}` }));
    await wait(pauseMs);
  }
  erpTable.onWrite = () => undefined;
  await pool.close();
  return times;
}

answerParent<YardQuestions>({ crm: crm.url, erp: erp.url } satisfies YardPlace, {
  seed,
  emptyErp: () => {
    erpTable.clear();
    return null;
  },
  edit,
  counts,
  changes,
  stop: () => {
    crm.close();
    erp.close();
    return null;
  },
});
