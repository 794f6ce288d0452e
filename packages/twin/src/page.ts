import type { Commit } from "./ledger.ts";
import type { TwinRecord } from "./json.ts";

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function frame(title: string, body: string): Response {
  const style =
    "body{font:15px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}" +
    "table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem;border-bottom:1px solid #ddd}" +
    "pre{white-space:pre-wrap}";
  const page =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>` +
    `<style>${style}</style></head><body><h1>${escape(title)}</h1>${body}</body></html>`;
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("")}</tr>`;
  return `<table>${cells(heads, "th")}${rows.map((row) => cells(row, "td")).join("")}</table>`;
}

/** The status page of a system: how many records it holds, and its last commits. */
export function statusPage(
  title: string,
  counts: Readonly<Record<string, number>>,
  commits: readonly Commit[],
): Response {
  const recent = commits
    .slice(-20)
    .toReversed()
    .map((commit) => [
      String(commit.seq),
      new Date(commit.committedAt).toISOString(),
      commit.actor,
      commit.kind,
      `${commit.object} ${commit.id}`,
    ]);
  return frame(
    title,
    `<p>A fictional system. Its description is at <a href="/openapi.json">/openapi.json</a>.</p>` +
      `<h2>Records</h2>${table(
        ["object", "count"],
        Object.entries(counts).map(([name, count]) => [name, String(count)]),
      )}` +
      `<h2>Last commits</h2>${table(["seq", "at", "by", "kind", "record"], recent)}`,
  );
}

/** The page of one record, where a `recordUrl` leads. */
export function recordPage(title: string, record: TwinRecord): Response {
  const rows = Object.entries(record)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => [field, typeof value === "string" ? value : JSON.stringify(value, null, 1)]);
  return frame(title, table(["field", "value"], rows));
}
