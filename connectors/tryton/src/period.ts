import type { ClosedPeriods } from "@crossfoot/connector-sdk";
import { loadFacts } from "./facts.ts";
import { text } from "./native.ts";
import type { Rpc } from "./rpc.ts";

/**
 * Up to which day the accounting periods are closed, one after the other from the first: Tryton takes no move
 * in a period that is `close` or `locked`. Adjustment periods lie over others and do not count.
 */
export async function closedPeriods(rpc: Rpc): Promise<ClosedPeriods> {
  const facts = await loadFacts(rpc);
  const periods = await rpc.search({
    model: "account.period",
    domain: [
      ["fiscalyear.company", "=", facts.company],
      ["type", "=", "standard"],
    ],
    fields: ["start_date", "end_date", "state"],
  });
  const inOrder = periods.toSorted((a, b) =>
    (text(a, "start_date") ?? "").localeCompare(text(b, "start_date") ?? ""),
  );
  const open = inOrder.findIndex((period) => text(period, "state") === "open");
  const closed = open === -1 ? inOrder : inOrder.slice(0, open);
  const last = closed.at(-1);
  return { company: facts.companyName, through: last === undefined ? null : text(last, "end_date") };
}
