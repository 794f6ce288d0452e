import { outcomeTitles, webhookRows } from "../runtime/engine.ts";
import type { StatusReport } from "../runtime/engine.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { moment } from "./text.ts";

/** What became of webhook deliveries, with the secrets that proved them and why the last was refused. */
export function webhooksPart({ webhooks }: StatusReport, room: number): string {
  const all = webhookRows(webhooks);
  if (all.length === 0) return "";
  const right = (title: string): Column => ({ title, align: "right" });
  const columns = [
    { title: "webhooks" },
    ...outcomeTitles.map(([, title]) => right(title)),
    right("to read"),
    { title: "last" },
  ];
  const rows = all.map(({ connection, counts, waiting, lastAt }) => [
    connection,
    ...outcomeTitles.map(([outcome]) => counts[outcome]),
    waiting,
    moment(lastAt),
  ]);
  const notes = all.flatMap(({ connection, secrets, refusals }) => [
    ...secrets.map(({ name, count, lastAt }) => {
      const proved = count === 1 ? "1 delivery" : `${count} deliveries`;
      return `${connection}: secret \`${name}\` proved ${proved}, the last ${moment(lastAt)}`;
    }),
    ...refusals.map(
      ({ outcome, reason, lastAt }) =>
        `${connection}: last ${outcome.replace("_", " ")} ${moment(lastAt)}: ${reason ?? ""}`,
    ),
  ]);
  return [renderTable(columns, rows, room), ...notes].join("\n");
}
