import { auditRules } from "@crossfoot/model";
import type { AuditSeverity } from "@crossfoot/model";
import { html } from "../http/html.ts";
import type { Html } from "../http/html.ts";
import { pageCss } from "./page-css.ts";
import { qualityOf } from "./page-quality.ts";
import { worstMax } from "./report.ts";
import type { AuditExample, AuditGroup, AuditReport } from "./report.ts";
import { sideName } from "./side-name.ts";

const severityNames: { readonly [severity in AuditSeverity]: string } = {
  stop: "settle first",
  fault: "wrong",
  note: "untidy",
};

/** What must be settled before anything is written. */
function stopsOf(report: AuditReport): number {
  const stops = report.groups.filter(({ severity }) => severity === "stop");
  return stops.reduce((sum, { count }) => sum + count, 0);
}

/** What a score means, for somebody who sees the first one. */
function verdict(report: AuditReport): Html {
  const { score } = report;
  if (score === null) return html`<p>There were no records.</p>`;
  const words =
    score >= 95
      ? "Most of the records are in good order"
      : score >= 80
        ? "Most records are in order, and some need work"
        : "Many records need work before they are carried into another system";
  const rest =
    stopsOf(report) === 0
      ? "; nothing stands in the way of a first load."
      : "; what is marked “settle first” stands in the way of a first load.";
  return html`<p>${words}${rest}</p>`;
}

function numbers(report: AuditReport): Html {
  const { score } = report;
  const tone = score === null || score < 80 ? "bad" : score < 95 ? "warn" : "good";
  const stops = stopsOf(report);
  return html`<section class="numbers">
    <div class="big ${tone}"><b>${score === null ? "–" : score.toFixed(1)}</b><span>of 100</span></div>
    <div><b>${report.records}</b><span>records looked at</span></div>
    <div><b>${report.findings}</b><span>things to look at</span></div>
    <div><b>${stops}</b><span>to settle before anything is written</span></div>
    <div><b>${report.repairs}</b><span>with a certain repair</span></div>
  </section>`;
}

function lists(report: AuditReport): Html {
  const rows = report.lists.map(
    ({ side, entity, records, score, from }) =>
      html`<tr>
        <td>${sideName(side)}</td>
        <th scope="row">${entity}</th>
        <td class="count">${records}</td>
        <td class="count">${score === null ? "" : score.toFixed(1)}</td>
        <td class="soft">${from}</td>
      </tr>`,
  );
  return html`<h2>What was looked at</h2>
    <table>
      <thead>
        <tr>
          <th>system</th>
          <th>list</th>
          <th class="count">records</th>
          <th class="count">score</th>
          <th>from</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}

/** Longest value that is shown; the rest is in the files. */
const shownMax = 60;
const cut = (text: string): string => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);

/** A value with every blank of it to be seen. */
const quoted = (text: string): Html => html`<span class="value">“${cut(text)}”</span>`;

function example(finding: AuditExample, side: string): Html {
  const { id, name, value, other, repair, says } = finding;
  // Of the same system it is another record, which the words behind it name.
  const isTwin = other !== null && other.side === side && says.endsWith(` ${other.id}`);
  const named = name === "" || name === value ? html`` : html` ${cut(name)}:`;
  const theirs =
    other === null || other.value === "" || isTwin
      ? html``
      : html` ${sideName(other.side)}: ${quoted(other.value)}`;
  const twin = isTwin && other.value !== "" ? html` ${quoted(other.value)}` : html``;
  const right = repair === null || repair === "" ? html`nothing` : quoted(repair);
  const mended = repair === null ? html`` : html` <span class="good">→ ${right}</span>`;
  return html`<li>
    <code>${id}</code>${named} ${value === "" ? html`<i>nothing</i>` : quoted(value)}${theirs}${mended}
    <span class="soft">${says}</span>${twin}
  </li>`;
}

/** What to do, in words and as commands; in a project a plan puts right what is certain. */
function repairWords(group: AuditGroup): Html {
  const { advice } = auditRules[group.rule];
  if (group.commands.length > 0) {
    const { planned, count } = group;
    const words =
      planned === null || planned === 0
        ? html`<p>${advice}</p>`
        : html`<p>
            ${count === 1 ? "It" : planned >= count ? "All of them" : `${planned} of them`} can be put right
            at once, as a plan that you look at first, and that can be taken
            back.${planned < count ? ` The others: ${advice}` : ""}
          </p>`;
    return html`${words}
      <pre class="commands">${group.commands.join("\n")}</pre>`;
  }
  if (group.repairs === 0) return html`<p>${advice}</p>`;
  const file = `repairs-${group.side}-${group.entity}.csv`;
  const { count, repairs } = group;
  const all = count === 1 ? "It" : repairs === count ? "All of them" : `${repairs} of them`;
  return html`<p>${all} can be repaired at once: the right values stand in <code>${file}</code>.</p>
    ${group.repairs < group.count ? html`<p>The others: ${advice}</p>` : html``}`;
}

function group(each: AuditGroup, place: number): Html {
  const rule = auditRules[each.rule];
  const where = each.field === "" ? "" : `, field ${each.field}`;
  return html`<article>
    <h3>
      <span class="place">${place + 1}</span> ${rule.title}
      <span class="tag ${each.severity}">${severityNames[each.severity]}</span>
    </h3>
    <p class="soft">
      ${sideName(each.side)}, ${each.entity}${where}: ${each.count} ${each.count === 1 ? "record" : "records"}
    </p>
    <p>${rule.harm}</p>
    ${repairWords(each)}
    <ul>
      ${each.examples.map((one) => example(one, each.side))}
    </ul>
  </article>`;
}

function firstLoad(report: AuditReport): Html {
  if (report.firstLoad.length === 0) return html``;
  const isPlanned = report.firstLoad.some(({ creates }) => creates !== null);
  const sides = Object.keys(report.firstLoad[0]?.alone ?? {});
  const [mine = "crm", theirs = "erp"] = sides;
  const rows = report.firstLoad.map(({ entity, linked, reviewed, alone, creates }) => {
    const counts = [creates?.[theirs] ?? alone[mine] ?? 0, creates?.[mine] ?? alone[theirs] ?? 0];
    return html`<tr>
      <th scope="row">${entity}</th>
      <td class="count">${linked}</td>
      <td class="count">${reviewed}</td>
      ${counts.map((count) => html`<td class="count">${count}</td>`)}
    </tr>`;
  });
  const terms = isPlanned
    ? "By the contract in force, as a plan has it. Nothing of this was done."
    : "If every record is to be in both systems. Nothing of this was done.";
  return html`<h2>What a first load would do</h2>
    <p>${terms}</p>
    <table>
      <thead>
        <tr>
          <th>list</th>
          <th class="count">in both: linked</th>
          <th class="count">perhaps the same: you are asked</th>
          <th class="count">created in the ${sideName(theirs)}</th>
          <th class="count">created in the ${sideName(mine)}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}

function rest(groups: readonly AuditGroup[]): Html {
  if (groups.length === 0) return html``;
  const rows = groups.map((each) => {
    const plan = each.repairs > 0 && each.commands.length > 1 ? each.commands[0] : undefined;
    return html`<tr>
      <td>${sideName(each.side)}</td>
      <td>${each.entity}</td>
      <td>${each.field}</td>
      <th scope="row">${auditRules[each.rule].title}</th>
      <td class="count">${each.count}</td>
      <td>${plan === undefined ? "" : html`<code>${plan}</code>`}</td>
    </tr>`;
  });
  return html`<h2>Everything else</h2>
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}

/** Kept out of the template: a formatter may add white space there. */
const styleElement: Html = { html: `<style>${pageCss}</style>` };

/**
 * The audit as one HTML document without scripts, for a person who decides. Everything from outside is
 * escaped.
 */
export function auditPage(report: AuditReport): string {
  const worst = report.groups.slice(0, worstMax);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Audit of ${report.madeOn}</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <h1>What is in your CRM and ERP</h1>
          <p class="soft">
            Looked at on ${report.madeOn}, before anything is joined. Nothing was changed in either system.
          </p>
          ${numbers(report)} ${verdict(report)} ${firstLoad(report)}
          <h2>${worst.length === 0 ? "Nothing was found" : "What to do first"}</h2>
          ${worst.map(group)} ${rest(report.groups.slice(worstMax))} ${lists(report)} ${qualityOf(report)}
          ${report.remarks.map((remark) => html`<p class="soft">${remark}</p>`)}
          <footer>
            The score: each record begins with one point and loses all of it for a thing to settle first, four
            tenths for what is wrong, one tenth for what is untidy; the score is what is left, of 100.
            Untouched for ${report.staleDays} days counts as stale. Every finding stands in
            <code>findings.csv</code>, the shares of every field in <code>fields.csv</code>.
          </footer>
        </main>
      </body>
    </html> `;
  return page.html;
}
