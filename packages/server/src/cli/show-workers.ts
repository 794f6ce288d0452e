import type { StatusReport } from "../runtime/engine.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { moment } from "./text.ts";

/** What people have paused, in words that nobody overlooks. */
export function pausesPart({ pauses }: StatusReport): string {
  return pauses
    .map(({ name, by, since }) => `*** PAUSED: ${name.toUpperCase()} *** since ${moment(since)}, by ${by}`)
    .join("\n");
}

/** Workers that are at work now, with the shards of the links that each holds. */
export function workersPart({ shards }: StatusReport, room: number): string {
  const held = shards.filter(({ holder }) => holder !== null);
  if (held.length === 0) return "";
  const columns: readonly Column[] = [
    { title: "worker", least: 20 },
    { title: "shards" },
    { title: "since" },
  ];
  const byHolder = Map.groupBy(held, ({ holder }) => holder?.split("/")[0] ?? "");
  const rows = [...byHolder].map(([worker, own]) => [
    worker,
    `${own.length} of ${shards.length}: ${own.map(({ shard }) => shard).join(" ")}`,
    moment(own.map(({ since }) => since ?? "").toSorted()[0] ?? null),
  ]);
  return renderTable(columns, rows, room);
}
