import type { DuplicateCluster, ReviewReport } from "../runtime/engine.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { count, head, numberHead, sheet, styleElement, time } from "./page-parts.ts";

/** What the page of reviews is made from. */
export interface ReviewFacts {
  readonly report: ReviewReport;
  /** Our clock, ms since 1970. */
  readonly now: number;
  /** Which page of the list, from 1; any other number is the first. */
  readonly page: number;
}

/** Clusters on one page. */
const pageSize = 100;

const dayMs = 86_400_000;
const dayOf = (iso: string): string => iso.slice(0, 10);

/** When a cluster is due, in words that need no counting. */
function due({ dueAt }: DuplicateCluster, now: number): Html {
  const days = Math.floor((Date.parse(dueAt) - now) / dayMs);
  const text =
    days < -1
      ? `overdue for ${-days - 1} days`
      : days < 0
        ? "overdue"
        : days === 0
          ? "due within a day"
          : `due in ${days} ${days === 1 ? "day" : "days"}`;
  const look = days < 0 ? "bad" : days <= 2 ? "warn" : "soft";
  return html`<span class="${look}"><time datetime="${dueAt}">${dayOf(dueAt)}</time>, ${text}</span>`;
}

/** What may become of it, by the matcher and the contract. */
function band({ band: own, isAutomatic, probability }: DuplicateCluster): Html {
  const percent = `${(Math.floor(probability * 1000) / 10).toFixed(1)} %`;
  if (isAutomatic) return html`<span class="good">automatic by the contract</span>, ${percent}`;
  return own === "link"
    ? html`<span class="good">sure</span>, ${percent}`
    : html`<span class="warn">to be looked at</span>, ${percent}`;
}

/** What speaks for a pair, field by field; of more than two records with the names of both. */
const evidenceOf = ({ records, evidence }: DuplicateCluster): readonly Html[] =>
  evidence.map(({ records: [one, other], says }) => {
    const words = says.map((text) => html`<li>${text}</li>`);
    if (records.length === 2) return html`${words}`;
    return html`<li>
      <code>${one}</code> and <code>${other}</code>
      <ul>
        ${words}
      </ul>
    </li>`;
  });

function card(
  cluster: DuplicateCluster,
  at: { readonly now: number; readonly fresh: ReadonlySet<string> },
): Html {
  const { id, entity, connection, records, owner } = cluster;
  const isFresh = at.fresh.has(id);
  return html`<article id="${id}">
    <h3>${records.map(({ label }, nr) => html`${nr === 0 ? "" : " · "}<bdi>${label}</bdi>`)}</h3>
    <p class="soft">
      ${entity} of ${connection}: ${band(cluster)} · ${due(cluster, at.now)} ·
      ${owner === null ? "nobody looks at it" : html`<bdi>${owner}</bdi> looks at it`}
      ${isFresh ? html`· <span class="warn">first seen at the last look</span>` : ""}
    </p>
    <ul>
      ${records.map(
        ({ connection: place, id: own, label }) =>
          html`<li><code>${place}:${own}</code> <bdi>${label}</bdi></li>`,
      )}
    </ul>
    <p>What speaks for one and the same:</p>
    <ul>
      ${evidenceOf(cluster)}
    </ul>
    <p class="soft">
      One of them: <code>crossfoot consolidate --cluster ${id} --out plan.json</code><br />Each its own:
      <code>crossfoot duplicates --apart ${id}</code>
    </p>
  </article>`;
}

function trend({ trend: weeks }: ReviewReport): Html {
  const rows = weeks.map(
    (week) =>
      html`<tr>
        <th scope="row"><time>${dayOf(week.until)}</time></th>
        ${count(week.found)} ${count(week.closed)} ${count(week.open)}
      </tr>`,
  );
  const numbers = ["Found", "Closed", "Open"].map((title) => numberHead(title));
  return sheet([head("Week until"), ...numbers], rows, "Nothing was looked for yet.");
}

function looks({ looks: all }: ReviewReport, now: number): Html {
  const rows = all.map((look) => {
    const { entity, lookedAt, isScheduled, nextAt, records } = look;
    const next = !isScheduled
      ? html`<span class="soft">only when somebody calls <code>crossfoot duplicates</code></span>`
      : nextAt === null || Date.parse(nextAt) <= now
        ? html`by the next worker that has time`
        : html`<time datetime="${nextAt}">${dayOf(nextAt)}</time>`;
    return html`<tr>
      <th scope="row">${entity}</th>
      <td>${time(lookedAt, now)}</td>
      ${count(records)} ${count(look.fresh.length)}
      <td class="text">${next}</td>
    </tr>`;
  });
  const heads = [
    head("Entity"),
    head("Last look"),
    numberHead("Records"),
    numberHead("First seen"),
    head("Next look"),
  ];
  const empty =
    "Nobody has looked for duplicates yet: crossfoot duplicates, or terms of consolidation in the contract.";
  return sheet(heads, rows, empty);
}

/** The first thing a person wants to know. */
function verdict({ clusters, overdue, looks: all }: ReviewReport): Html {
  if (clusters.length === 0) {
    const isLooked = all.some(({ lookedAt }) => lookedAt !== null);
    return isLooked
      ? html`<p class="verdict good">Nothing to review: no record is there twice, as far as we know.</p>`
      : html`<p class="verdict">Nothing was looked for yet.</p>`;
  }
  const waiting =
    clusters.length === 1 ? "1 cluster waits" : `${clusters.length.toLocaleString("en-US")} clusters wait`;
  return html`<p class="verdict ${overdue > 0 ? "bad" : "warn"}">
    ${waiting} for a person${overdue > 0 ? `, ${overdue.toLocaleString("en-US")} of them overdue` : ""}.
  </p>`;
}

function pages(at: { readonly page: number; readonly last: number }): Html {
  if (at.last < 2) return html``;
  const link = (page: number, text: string): Html =>
    page < 1 || page > at.last ? html`` : html`<a href="/reviews?page=${String(page)}">${text}</a>`;
  return html`<nav aria-label="Pages">
    ${link(at.page - 1, "← more urgent")}
    <span class="soft">page ${at.page} of ${at.last}</span>
    ${link(at.page + 1, "less urgent →")}
  </nav>`;
}

/**
 * The page of reviews: clusters of likely duplicates, the most urgent first, with what speaks for each, whose
 * they are and until when, and the commands that settle them. Read-only, without scripts; everything from
 * outside is escaped and keeps its own direction of writing. Never throws.
 */
export function reviewsPage({ report, now, page: asked }: ReviewFacts): string {
  const { clusters } = report;
  const last = Math.max(1, Math.ceil(clusters.length / pageSize));
  const page = Number.isInteger(asked) && asked >= 1 && asked <= last ? asked : 1;
  const shown = clusters.slice((page - 1) * pageSize, page * pageSize);
  const fresh = new Set(report.looks.flatMap((look) => look.fresh));
  const made = new Date(now).toISOString().slice(0, 19).replace("T", " ");
  const turning = pages({ page, last });
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Crossfoot: duplicates to review</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <header>
            <h1>Duplicates to review</h1>
            <a href="/">Status</a>
            <span class="soft">as of ${made} UTC</span>
          </header>
          ${verdict(report)}
          <h2>Looked for</h2>
          ${looks(report, now)}
          <h2>Week by week</h2>
          ${trend(report)} ${clusters.length === 0 ? html`` : html`<h2>Clusters, the most urgent first</h2>`}
          ${turning} ${shown.map((cluster) => card(cluster, { now, fresh }))} ${turning}
          <footer>
            The same as JSON: <a href="/reviews.json">reviews.json</a> · who looks at one, and until when:
            <code>crossfoot duplicates --assign &lt;cluster&gt; --owner &lt;name&gt; --due &lt;day&gt;</code>.
          </footer>
        </main>
      </body>
    </html> `;
  return document.html;
}
