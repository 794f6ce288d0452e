import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { between, recordedStory, unrecorded } from "./odoo17/recorded-story.ts";
import { isList, isMap } from "./odoo17/values.ts";
import type { Json } from "./odoo17/values.ts";

interface Exchange {
  readonly title: string;
  readonly request: { readonly body: Json };
  readonly response: { readonly status: number; readonly body: Json };
}

const file = new URL("../../connectors/odoo/recordings/v17.json", import.meta.url);
const exchanges = JSON.parse(readFileSync(file, "utf8")) as readonly Exchange[];

const instant = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** An answer with every instant as its form alone, and the named values as their kinds alone. */
function comparable(value: Json, named: readonly string[]): Json {
  if (isList(value)) return value.map((each) => comparable(each, named));
  if (typeof value === "string") return instant.test(value) ? "<instant>" : value;
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]): [string, Json] => [
      name,
      named.includes(name) ? `<${typeof each}>` : comparable(each, named),
    ]),
  );
}

/** Names of the keys of a map in their order, as deep as they go: an answer has them as Odoo had. */
const keysOf = (value: Json): Json =>
  isList(value)
    ? value.map(keysOf)
    : isMap(value)
      ? Object.entries(value).map(([name, each]) => [name, keysOf(each)])
      : null;

test("the server answers every exchange as Odoo 17 did: values, keys, exceptions", () => {
  const odoo = recordedStory();
  const problems: string[] = [];
  for (const { title, request, response } of exchanges) {
    between[title]?.(odoo);
    const body = typeof request.body === "string" ? request.body : JSON.stringify(request.body);
    const answered = odoo.answer(body);
    const said = answered.status === 200 ? (JSON.parse(answered.body) as Json) : answered.body;
    const named = unrecorded[title] ?? [];
    const [got, recorded] = [said, response.body].map((each) => JSON.stringify(comparable(each, named)));
    const hasKeys = JSON.stringify(keysOf(said)) === JSON.stringify(keysOf(response.body));
    if (answered.status !== response.status || !hasKeys || got !== recorded)
      problems.push(
        `${title}\n  answered ${answered.status} ${got}\n  recorded ${response.status} ${recorded}`,
      );
  }
  expect(problems.join("\n")).toBe("");
  expect(exchanges.length).toBe(45);
});
