import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { pageStyle } from "./page-style.ts";

/** An instant as how long ago it was; `never` for none. */
export function time(iso: string | null, now: number): Html {
  if (iso === null) return html`<span class="soft">never</span>`;
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return html`<time>${iso}</time>`;
  const shown = new Date(at).toISOString().slice(0, 19).replace("T", " ");
  return html`<time datetime="${iso}" title="${shown} UTC">${ago(now - at)}</time>`;
}

/** A span of time as people say it. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

/** A cell with a number. */
export function count(value: number, isTrouble = false): Html {
  const look = value === 0 ? "count zero" : isTrouble ? "count warn" : "count";
  return html`<td class="${look}">${value}</td>`;
}

/** A table in a box that scrolls by itself on a narrow screen; without rows a sentence instead. */
export function sheet(heads: readonly Html[], rows: readonly Html[], empty: string): Html {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  return html`<div class="sheet" tabindex="0">
    <table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Head of a column. */
export const head = (title: string): Html => html`<th scope="col">${title}</th>`;
/** Head of a column of numbers. */
export const numberHead = (title: string): Html => html`<th scope="col" class="count">${title}</th>`;

/**
 * The style of every page. Kept out of the template: a formatter may add white space there, and the policy
 * names these very bytes.
 */
export const styleElement: Html = { html: `<style>${pageStyle}</style>` };
