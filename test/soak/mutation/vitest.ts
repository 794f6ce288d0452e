/** What the kernel's tests see as vitest in a mutation run: they are gathered, to be called one by one. */
import { format } from "node:util";
import { expect as real } from "vitest";

/** One test, by its full name. */
export interface GatheredTest {
  readonly name: string;
  readonly run: () => void;
}

type Body = (...row: never[]) => void;
type Rows = readonly unknown[];

let gathered: GatheredTest[] = [];
let path: readonly string[] = [];

/** Gathers what these modules declare, in order. */
export async function gather(load: () => Promise<unknown>): Promise<readonly GatheredTest[]> {
  // A load that failed may have left a group open.
  gathered = [];
  path = [];
  await load();
  return gathered;
}

/** vitest's own. */
export const expect: typeof real = real;

/** A group of tests; its name comes before theirs. */
export function describe(name: string, body: Body): void {
  const outer = path;
  path = [...outer, name];
  body();
  path = outer;
}

/** One test. Options are of no use here: a defect that never ends is stopped by Stryker. */
export function it(name: string, ...rest: readonly unknown[]): void {
  const body = rest.find((part) => typeof part === "function") as () => unknown;
  gathered.push({ name: uniqueName([...path, name].join(" ")), run: () => noPromise(body()) });
}

function noPromise(answer: unknown): void {
  if (answer instanceof Promise) throw new Error("a test of the kernel waits for nothing");
}

/** Rows may give two tests one name. */
function uniqueName(name: string): string {
  const times = gathered.filter((other) => other.name === name || other.name.startsWith(`${name} #`)).length;
  return times === 0 ? name : `${name} #${times + 1}`;
}

const eachOf =
  (declare: (name: string, body: Body) => void) =>
  (rows: Rows) =>
  (name: string, ...rest: readonly unknown[]): void => {
    const body = rest.find((part) => typeof part === "function") as (...row: unknown[]) => void;
    for (const row of rows) {
      const values = Array.isArray(row) ? (row as unknown[]) : [row];
      declare(named(name, row, values), () => body(...values));
    }
  };

function named(name: string, row: unknown, values: Rows): string {
  const placeholders = (name.match(/%[sdifjo]/gu) ?? []).length;
  const filled = name.replaceAll(/\$(\w+)/gu, (all: string, key: string) =>
    typeof row === "object" && row !== null && key in row
      ? String((row as Record<string, unknown>)[key])
      : all,
  );
  return format(filled, ...values.slice(0, placeholders));
}

describe.each = eachOf(describe);
it.each = eachOf(it);

/** The same by its other name. */
export const test: typeof it = Object.assign((...all: Parameters<typeof it>) => it(...all), {
  each: it.each,
});
