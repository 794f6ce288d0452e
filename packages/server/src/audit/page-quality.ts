import type { ListQuality } from "@crossfoot/matching";
import { html } from "../http/html.ts";
import type { Html } from "../http/html.ts";
import type { AuditReport } from "./report.ts";
import { sideName } from "./side-name.ts";

/** A share for people: whole percent, of which only all is a hundred; a dash for none. */
function percent(share: number | null): Html {
  if (share === null) return html`<td class="count soft">–</td>`;
  // 0.29 times a hundred is a little less than 29.
  return html`<td class="count">${Math.floor(100 * share + 1e-9)} %</td>`;
}

const cells = ({ completeness, validity, uniqueness, consistency }: ListQuality): readonly Html[] =>
  [completeness, validity, uniqueness, consistency].map(percent);

const heads: Html = html`<th class="count">filled in</th>
  <th class="count">right</th>
  <th class="count">not twice</th>
  <th class="count">same in both</th>`;

/** How good each list and each of its fields is. */
export function qualityOf(report: AuditReport): Html {
  const lists = report.lists.map(
    ({ side, entity, records, quality }) =>
      html`<tr>
        <td>${sideName(side)}</td>
        <th scope="row">${entity}</th>
        <td class="count">${records}</td>
        ${cells(quality)}
      </tr>`,
  );
  const fields = report.lists.flatMap(({ side, entity, columns }) =>
    columns.map(
      (field) =>
        html`<tr>
          <td>${sideName(side)}</td>
          <td>${entity}</td>
          <th scope="row">${field.name}</th>
          <td class="soft">${field.meaning === "other" ? "not judged" : field.meaning}</td>
          ${cells(field)}
        </tr>`,
    ),
  );
  return html`<h2>How good the lists are</h2>
    <p>
      Filled in: a real value stands there. Right: it can be what it says, such as a phone number that has
      enough digits. Not twice: of what belongs to one record only, such as its number, no other record has
      it. Same in both: of records that both systems have, both say the same. A dash: there is nothing to ask.
    </p>
    <table>
      <thead>
        <tr>
          <th>system</th>
          <th>list</th>
          <th class="count">records</th>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${lists}
      </tbody>
    </table>
    <details>
      <summary>Every field, and what it was taken for</summary>
      <table>
        <thead>
          <tr>
            <th>system</th>
            <th>list</th>
            <th>field</th>
            <th>taken for</th>
            ${heads}
          </tr>
        </thead>
        <tbody>
          ${fields}
        </tbody>
      </table>
    </details>`;
}
