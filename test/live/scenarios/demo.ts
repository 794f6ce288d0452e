import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { LiveSystem } from "./live-erp.ts";

/** The demo's JSON document, as far as it is judged here. */
interface Result {
  readonly isGood: boolean;
  readonly erp: string;
  readonly seconds: number;
  readonly entities: readonly {
    readonly entity: string;
    readonly linked: number;
    readonly totals: readonly { readonly difference: string }[];
  }[];
  readonly differences: readonly { readonly trouble: string | null }[];
  readonly troubles: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly isRight: boolean;
  }[];
  readonly planned: number;
  readonly applied: number;
}

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const main = join(repository, "packages", "server", "src", "main.ts");
const nine = [
  "accounts",
  "contacts",
  "inventory",
  "invoices",
  "orders",
  "pricebooks",
  "products",
  "quotes",
  "shipments",
];

/** The demo, which has to end by itself and well. */
export function demoScenario({ name, title, reason }: LiveSystem): void {
  describe.skipIf(reason !== null)(`the demo against a real ${title} (${reason ?? "live"})`, () => {
    test("it ends by itself, every entity linked and every planted trouble as it should be", async () => {
      // Rejects, with both channels, when the exit code is not 0.
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        ["--conditions=source", main, "demo", "--erp", name, "--once", "--json"],
        { maxBuffer: 1 << 24 },
      );
      const result = JSON.parse(stdout) as Result;
      expect([result.isGood, result.erp]).toEqual([true, name]);
      expect(result.planned).toBeGreaterThan(100);
      expect(result.applied).toBe(result.planned);
      const linked = result.entities.filter((one) => one.linked > 0).map(({ entity }) => entity);
      expect(linked.toSorted()).toEqual(nine);
      const booked = result.entities.filter(({ entity }) => entity === "orders" || entity === "invoices");
      const totals = booked.flatMap((one) => one.totals.map(({ difference }) => difference));
      expect(totals.length).toBeGreaterThan(5);
      expect(totals.filter((difference) => difference !== "0")).toEqual([]);
      expect(result.troubles.map((trouble) => [trouble.name, trouble.isRight])).toEqual([
        ["duplicate", true],
        ["bad record", true],
        ["time-out after commit", true],
        ["conflict", true],
        ["credit limit", true],
      ]);
      expect(result.differences.filter(({ trouble }) => trouble === null)).toEqual([]);
      const wide = stderr.split("\n").filter((line) => line.length > 160);
      expect(wide).toEqual([]);
      console.log(`the demo against ${title} took ${result.seconds} s`);
    }, 1_200_000);
  });
}
