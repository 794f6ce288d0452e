import { expect, it } from "vitest";
import { AuditTooLarge, runAudit } from "./run.ts";
import type { AuditSource } from "./source.ts";

const rows = 3000;
const terms = { today: "2026-01-31", staleDays: 1095 };

/** A list of numbered accounts, and how many of its rows were asked for. */
function numbered(side: string): { readonly source: AuditSource; readonly read: () => number } {
  let read = 0;
  async function* all(): AsyncIterable<{ readonly cells: readonly string[] }> {
    for (; read < rows; read++) yield { cells: [`${read}`, `N${read}`, `Acorn ${read} Foods`] };
    await Promise.resolve();
  }
  return {
    read: () => read,
    source: {
      ...{ side, entity: "accounts", from: `${side}.csv` },
      open: () =>
        Promise.resolve({
          ...{ names: ["id", "number", "name"], columns: null, isLinked: false },
          rows: all(),
        }),
    },
  };
}

it("lists with more to remember than there is room for end with the list and the row", async () => {
  const [crm, erp] = [numbered("crm"), numbered("erp")];
  const work = { terms, sink: () => Promise.resolve(), onProgress: () => undefined };
  const both = { ...work, sources: [crm.source, erp.source] };
  // The number of each record as a key, and marks of its id and its number.
  const ran = runAudit({ ...both, heldBytesMax: 128 * (rows + 900) + 12 * 2 * rows });
  await expect(ran).rejects.toThrow(AuditTooLarge);
  await expect(ran).rejects.toThrow(/^erp\.csv: .* at row 1024 .* of the lists take 1 MB .* split this one/);
  expect(erp.read()).toBeLessThan(rows);
});
