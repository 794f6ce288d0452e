import { wordDiff } from "@crossfoot/model";
import { html } from "../http/html.ts";
import type { Html } from "../http/html.ts";
import { sheetStyle } from "./sheet-style.ts";
import { isAmount, isOfAmounts } from "./sheet.ts";
import type { Cell, Sheet, SheetPart, SheetTable } from "./sheet.ts";

/** What changed in a cell: what both share is said once. */
function struck({ was, is }: Exclude<Cell, string>): Html {
  if (was === null) return is === null ? html`` : html`<ins>${is}</ins>`;
  if (is === null) return html`<del>${was}</del>`;
  const diff = wordDiff(was, is);
  const gone = diff.was === "" ? html`` : html`<del>${diff.was.trimEnd()}</del> `;
  const put = diff.is === "" ? html`` : html`<ins>${diff.is.trimEnd()}</ins>${gap(diff.is)}`;
  return html`${diff.start}${gone}${put}${diff.end}`;
}

const gap = (text: string): string => (text.endsWith(" ") ? " " : "");

/** A command as it is typed: broken between its words only, so that it can be read off paper too. */
const command = (text: string): Html =>
  html`<code>${text.split(" ").map((word, at) => html`${at === 0 ? "" : " "}<span>${word}</span>`)}</code>`;

function cell(value: Cell): Html {
  if (typeof value !== "string") return struck(value);
  return value.startsWith("crossfoot ") ? command(value) : html`${value}`;
}

/** Texts of more letters than that get a wider column. */
const longFrom = 60;

function classOf(value: Cell): string {
  if (typeof value !== "string") return "";
  if (isAmount(value)) return "count";
  return value.length > longFrom && !value.startsWith("crossfoot ") ? "long" : "";
}

const line = ([name = "", ...rest]: readonly Cell[]): Html => {
  const cells = rest.map((value) => {
    const name = classOf(value);
    return name === "" ? html`<td>${cell(value)}</td>` : html`<td class="${name}">${cell(value)}</td>`;
  });
  return html`<tr>
    <th scope="row">${cell(name)}</th>
    ${cells}
  </tr> `;
};

function table(sheet: SheetTable): Html {
  const { caption, columns, rows, sums = [] } = sheet;
  if (rows.length === 0) return html``;
  const head = columns.map((column, at) =>
    isOfAmounts(sheet, at)
      ? html`<th scope="col" class="count">${column}</th>`
      : html`<th scope="col">${column}</th>`,
  );
  const body = rows.map((row) => line(row));
  const foot =
    sums.length === 0
      ? html``
      : html`<tfoot>
          ${sums.map((row) => line(row))}
        </tfoot> `;
  return html`<div class="sheet" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
      ${foot}
    </table>
  </div> `;
}

const heading = (title: string, level: number): Html => {
  if (level <= 2) return html`<h2>${title}</h2> `;
  return level === 3 ? html`<h3>${title}</h3> ` : html`<h4>${title}</h4> `;
};

function inside({ paragraphs = [], points = [], tables = [], parts = [] }: SheetPart, level: number): Html {
  const list =
    points.length === 0
      ? html``
      : html`<ul>
          ${points.map((text) => html`<li>${text}</li>`)}
        </ul> `;
  const texts = paragraphs.map((text) => html`<p>${text}</p> `);
  const below = parts.map((each) => html`${heading(each.title, level)}${inside(each, level + 1)}`);
  return html`${texts}${list}${tables.map((each) => table(each))}${below}`;
}

/**
 * A document as one page that needs nothing from anywhere: no script, no picture, no font. All texts are
 * escaped. It can be printed; heads of tables are repeated on each sheet of paper.
 */
export function sheetHtml(sheet: Sheet): string {
  const { parts = [], facts } = sheet;
  const chapters = parts.map(({ title }, at) => html`<li><a href="#part-${at + 1}">${title}</a></li>`);
  const nav =
    parts.length < 3
      ? html``
      : html`<nav aria-label="Chapters">
          <ol>
            ${chapters}
          </ol>
        </nav> `;
  const head = facts.map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd>`,
  );
  const body = parts.map(
    (part, at) => html`<section id="part-${at + 1}">${heading(part.title, 2)}${inside(part, 3)}</section> `,
  );
  const style: Html = { html: sheetStyle };
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${sheet.title}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          <h1>${sheet.title}</h1>
          <dl>${head}</dl>
          ${inside({ ...sheet, parts: [] }, 2)}${nav}${body}
        </main>
      </body>
    </html> `.html;
}
