import { entityNames, owedOf, shareOf } from "@crossfoot/model";
import { lastOf, outcomeTitles, standsStill, webhookRows } from "../runtime/engine.ts";
import type { StatusReport } from "../runtime/engine.ts";
import type { EntityCounts } from "../store/port.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { ago, count, head, numberHead, sheet, styleElement, time } from "./page-parts.ts";
import { runOutcome } from "./run-outcome.ts";

/** What the page shows beside the status. */
export interface PageFacts {
  readonly status: StatusReport;
  /** Our clock, ms since 1970. */
  readonly now: number;
  /** What is wrong with the loop, or null. */
  readonly trouble: string | null;
  readonly contractHash: string;
  /** Who signed in; missing or null where nobody has to. */
  readonly person?: string | null;
}

const refreshSeconds = 15;

const tones: { readonly [state: string]: string } = {
  ready: "good",
  new: "soft",
  unreachable: "warn",
  paused: "warn",
  refused: "bad",
  foreign: "bad",
  done: "good",
  running: "soft",
  differences: "warn",
  stopped: "bad",
  failed: "bad",
  abandoned: "warn",
};

const tone = (state: string): Html => html`<span class="${tones[state] ?? "soft"}">${state}</span>`;

function connections({ status }: PageFacts): Html {
  const rows = status.connections.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.id}</th>
        <td>${each.role}</td>
        <td>${each.system}</td>
        <td>${each.tenant ?? ""}</td>
        <td>${tone(each.state)}</td>
        <td class="text">${each.reason ?? ""}</td>
      </tr>`,
  );
  const heads = ["Connection", "Role", "System", "Tenant", "State", "Reason"].map((title) => head(title));
  return sheet(heads, rows, "No connection has been reached yet.");
}

const counted: readonly (readonly [
  title: string,
  of: (counts: EntityCounts) => number,
  isTrouble: boolean,
])[] = [
  ["Linked", ({ live }) => live, false],
  ["One side only", ({ single }) => single, false],
  ["Backlog", ({ work }) => work, false],
  ["Open writes", ({ openIntents }) => openIntents, false],
  ["Waiting", ({ waits }) => waits, false],
  ["Set aside", ({ parks }) => parks, true],
  ["Conflicts", ({ conflicts }) => conflicts, true],
  ["Duplicates?", ({ candidates }) => candidates, true],
];

/** Entities as they depend on each other: parents first. */
const inOrder = (entities: readonly EntityCounts[]): readonly EntityCounts[] =>
  entities.toSorted((a, b) => rank(a.entity) - rank(b.entity));

const rank = (entity: string): number => (entityNames as readonly string[]).indexOf(entity);

function entityRows({ status }: PageFacts): Html {
  const rows = inOrder(status.entities).map(
    (each) =>
      html`<tr>
        <th scope="row">${each.entity}</th>
        ${counted.map(([, of, isTrouble]) => count(of(each), isTrouble))}
      </tr>`,
  );
  const heads = [head("Entity"), ...counted.map(([title]) => numberHead(title))];
  return sheet(heads, rows, "No record has been read yet.");
}

function proven({ status }: PageFacts): Html {
  const rows = status.proofs.map((each) => {
    const { entity, records, recordsProven, fieldsProven, recordsApart, oldest } = each;
    const owed = owedOf(each);
    const isWhole = recordsProven === owed.records;
    return html`<tr>
      <th scope="row">${entity}</th>
      ${count(records)}
      <td class="count ${isWhole ? "good" : "warn"}">${shareOf(recordsProven, owed.records)}</td>
      <td class="count">${shareOf(fieldsProven, owed.fields)}</td>
      ${count(recordsApart)}
      <td class="text">${oldest === null ? "" : `${oldest.link}, ${ago(oldest.ageMs)}`}</td>
    </tr>`;
  });
  const numbers = ["Linked", "Proven equal", "Fields", "Apart by contract"].map((title) => numberHead(title));
  return sheet([head("Entity"), ...numbers, head("Oldest unproven")], rows, "Nothing is linked yet.");
}

const notDone: Html = html`<span class="warn">not done</span>`;

function readings({ status, now }: PageFacts): Html {
  const rows = status.cursors.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.connection}</th>
        <td>${each.entity}</td>
        <td>${time(each.readAt, now)}</td>
        <td>${each.backfilledAt === null ? notDone : time(each.backfilledAt, now)}</td>
        <td>${time(each.sweptAt, now)}</td>
        <td class="text bad">
          ${each.failure === null ? "" : `${each.failure.message} (${each.failure.code})`}
        </td>
      </tr>`,
  );
  const heads = ["Connection", "Entity", "Read", "First load", "Swept", "Trouble"].map((title) =>
    head(title),
  );
  return sheet(heads, rows, "Nothing has been read yet.");
}

function runs({ status, now }: PageFacts): Html {
  const rows = status.runs.map(
    (each) =>
      html`<tr>
        <th scope="row">${each.command}</th>
        <td>${time(each.startedAt, now)}</td>
        <td>${tone(each.state)}</td>
        <td class="text">${runOutcome(each.summary)}</td>
      </tr>`,
  );
  return sheet(
    ["Run", "Started", "State", "What it did"].map((title) => head(title)),
    rows,
    "No run yet.",
  );
}

const isRefusal = (outcome: string): boolean => outcome !== "accepted" && outcome !== "duplicate";

/** What was refused of webhooks is looked at; an old secret is seen to be used no more. */
function webhooks({ status, now }: PageFacts): Html {
  const rows = webhookRows(status.webhooks).map((each) => {
    const { connection, counts, waiting, lastAt, secrets, refusals } = each;
    const used = secrets.map(
      ({ name, lastAt: at }, nth) => html`${nth === 0 ? "" : ", "}${name} ${time(at, now)}`,
    );
    const [refused] = refusals;
    return html`<tr>
      <th scope="row">${connection}</th>
      ${outcomeTitles.map(([outcome]) => count(counts[outcome], isRefusal(outcome)))} ${count(waiting)}
      <td>${time(lastAt, now)}</td>
      <td class="text">${used}</td>
      <td class="text">${refused === undefined ? "" : `${refused.outcome}: ${refused.reason ?? ""}`}</td>
    </tr>`;
  });
  const heads = [
    head("Connection"),
    ...outcomeTitles.map(([, title]) => numberHead(title)),
    numberHead("To read"),
    ...["Last", "Secrets", "Last refused"].map((title) => head(title)),
  ];
  return sheet(heads, rows, "No webhook has come yet.");
}

/** Nobody may take a system that is only observed for one that is kept in agreement. */
function observeOnly({ status: { observed } }: PageFacts): Html {
  if (observed.length === 0) return html``;
  return html`<p class="verdict bad">OBSERVE ONLY: NOTHING IS WRITTEN TO ${observed.join(" AND ")}</p>`;
}

/** A store that may be an older one: nothing is written before a person confirms it. */
function heldStore({ status: { epoch } }: PageFacts): Html {
  if (epoch.state !== "held") return html``;
  return html`<p class="verdict bad">
    THE STORE IS HELD, NOTHING IS WRITTEN: ${epoch.reason ?? ""}. <code>crossfoot epoch</code> tells what to
    do.
  </p>`;
}

/** What people have paused does not go on by itself. */
function paused({ status: { pauses }, now }: PageFacts): Html {
  if (pauses.length === 0) return html``;
  const each = pauses.map(
    ({ name, by, since }, at) => html`${at === 0 ? "" : ", "}${name} (${time(since, now)}, by ${by})`,
  );
  return html`<p class="verdict warn">PAUSED: ${each}</p>`;
}

const isStopped = ({ state }: { readonly state: string }): boolean => state === "stopped";

/** Who is told nothing, or not everything, until a person asks for it. */
function untold({ status: { subscriptions } }: PageFacts): Html {
  const wrong = subscriptions.filter((each) => isStopped(each) || each.parked > 0);
  if (wrong.length === 0) return html``;
  const each = wrong.map(({ name, state, parked }, at) => {
    const how = state === "stopped" ? "told nothing" : `${parked} parked`;
    return html`${at === 0 ? "" : ", "}${name} (${how})`;
  });
  return html`<p class="verdict warn">
    EVENTS NOT TOLD: ${each}. <code>crossfoot webhooks</code> tells what to do.
  </p>`;
}

/** When the work that is known will be done, as far as quotas tell. */
function until(outlooks: StatusReport["outlooks"]): string {
  const last = lastOf(outlooks);
  if (last === null) return "";
  const { connection, caughtUpAt, boundBy } = last;
  const bound = boundBy === null ? "" : ` (${boundBy})`;
  if (caughtUpAt === null) return `; ${connection} is never caught up with under its limits${bound}`;
  const time = new Date(caughtUpAt).toISOString().slice(0, 16).replace("T", " ");
  return `; caught up at ${time} UTC, ${connection} last${bound}, if nobody else calls`;
}

/** The first thing a person wants to know. */
function verdict({ status, trouble }: PageFacts): Html {
  if (trouble !== null) return html`<p class="verdict bad">The loop is in trouble: ${trouble}</p>`;
  const away = status.connections.filter(({ state }) => state !== "ready" && state !== "new");
  if (away.length > 0) {
    return html`<p class="verdict bad">
      Not usable: ${away.map(({ id }) => id).join(", ")}. The reason stands below.
    </p>`;
  }
  const sum = (of: (counts: EntityCounts) => number): number =>
    status.entities.reduce((all, each) => all + of(each), 0);
  const open =
    sum(({ parks }) => parks) +
    sum(({ conflicts }) => conflicts) +
    sum(({ candidates }) => candidates) +
    status.subscriptions.reduce((all, each) => all + each.parked + (isStopped(each) ? 1 : 0), 0);
  if (open > 0) {
    const waiting = open === 1 ? "1 thing waits" : `${open.toLocaleString("en-US")} things wait`;
    return html`<p class="verdict warn">${waiting} for a person.</p>`;
  }
  const backlog = sum(({ work }) => work) + sum(({ openIntents }) => openIntents);
  if (backlog > 0) return html`<p class="verdict">At work: ${backlog} to go${until(status.outlooks)}.</p>`;
  if (standsStill(status)) return html``;
  return html`<p class="verdict good">Caught up; nothing waits for a person.</p>`;
}

/** The status page: one HTML document without scripts. Everything from outside is escaped. */
export function statusPage(facts: PageFacts): string {
  const made = new Date(facts.now).toISOString();
  const { person = null } = facts;
  const account = person === null ? html`` : html`<a href="/account"><bdi>${person}</bdi></a>`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="refresh" content="${String(refreshSeconds)};url=?renewed" />
        <title>Crossfoot status</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <header>
            <h1>Crossfoot</h1>
            <a href="/reviews">Duplicates to review</a>
            ${account}
            <span class="soft">as of ${made.slice(0, 19).replace("T", " ")} UTC</span>
          </header>
          ${heldStore(facts)} ${observeOnly(facts)} ${paused(facts)}${untold(facts)} ${verdict(facts)}
          <h2>Connections</h2>
          ${connections(facts)}
          <h2>Entities</h2>
          ${entityRows(facts)}
          <h2>Proven equal</h2>
          ${proven(facts)}
          <h2>Last runs</h2>
          ${runs(facts)}
          <h2>Readings</h2>
          ${readings(facts)}
          <h2>Webhooks</h2>
          ${webhooks(facts)}
          <footer>
            Contract ${facts.contractHash.slice(0, 12)} · the same as JSON:
            <a href="/status.json">status.json</a> · <code>crossfoot why &lt;record&gt;</code> tells why a
            record is as it is. This page renews itself every ${String(refreshSeconds)} seconds.
          </footer>
        </main>
      </body>
    </html> `;
  return page.html;
}
