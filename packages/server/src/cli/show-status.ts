import type { Json } from "@crossfoot/kernel";
import { isMap } from "@crossfoot/kernel";
import { entityNames, owedOf, shareOf } from "@crossfoot/model";
import { standsStill } from "../runtime/engine.ts";
import type { StatusReport } from "../runtime/engine.ts";
import type { EntityCounts } from "../store/port.ts";
import { outlookParts } from "./show-outlook.ts";
import { showEpoch } from "./show-epoch.ts";
import { webhooksPart } from "./show-webhooks.ts";
import { pausesPart, workersPart } from "./show-workers.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { moment, span } from "./text.ts";
import { subscriptionsPart } from "./webhooks.ts";

/** What a stored run says of itself in one line: why it did nothing, or how much it wrote. */
function outcomeOf(summary: Json): string {
  if (!isMap(summary)) return "";
  const { whyNothing, message, entities } = summary;
  if (typeof message === "string") return message;
  if (typeof whyNothing === "string") return `nothing written: ${whyNothing}`;
  const list: readonly Json[] = Array.isArray(entities) ? entities : [];
  const written = list.flatMap((each): readonly string[] => {
    if (!isMap(each) || !isMap(each["settled"]) || typeof each["entity"] !== "string") return [];
    const count = Object.values(each["settled"])
      .flatMap((kinds) => (isMap(kinds) ? Object.values(kinds) : []))
      .reduce<number>((sum, one) => sum + (typeof one === "number" ? one : 0), 0);
    return count === 0 ? [] : [`${count} ${each["entity"]}`];
  });
  return written.length === 0 ? "" : `written: ${written.join(", ")}`;
}

const right = (title: string): Column => ({ title, align: "right" });

function connections(status: StatusReport, room: number): string {
  const columns: readonly Column[] = [
    { title: "connection" },
    { title: "role" },
    { title: "system" },
    { title: "tenant", least: 10 },
    { title: "state" },
    { title: "reason", least: 20 },
  ];
  const rows = status.connections.map((each) => [
    each.id,
    each.role,
    each.system,
    each.tenant ?? "",
    each.state,
    each.reason ?? "",
  ]);
  return renderTable(columns, rows, room);
}

const counted: readonly (readonly [title: string, of: (counts: EntityCounts) => number])[] = [
  ["linked", ({ live }) => live],
  ["one side", ({ single }) => single],
  ["dormant", ({ dormant }) => dormant],
  ["ended", ({ ended }) => ended],
  ["backlog", ({ work }) => work],
  ["writes open", ({ openIntents }) => openIntents],
  ["waiting", ({ waits }) => waits],
  ["parked", ({ parks }) => parks],
  ["conflicts", ({ conflicts }) => conflicts],
  ["candidates", ({ candidates }) => candidates],
];

function entities(status: StatusReport, room: number): string {
  const columns: readonly Column[] = [{ title: "entity" }, ...counted.map(([title]) => right(title))];
  const rank = (name: string): number => (entityNames as readonly string[]).indexOf(name);
  const inOrder = status.entities.toSorted((a, b) => rank(a.entity) - rank(b.entity));
  const rows = inOrder.map((each) => [each.entity, ...counted.map(([, of]) => of(each))]);
  return renderTable(columns, rows, room);
}

function cursors(status: StatusReport, room: number): string {
  const columns: readonly Column[] = [
    { title: "connection" },
    { title: "entity" },
    { title: "read" },
    { title: "first load" },
    { title: "swept" },
    { title: "trouble", least: 16 },
  ];
  const rows = status.cursors.map((each) => [
    each.connection,
    each.entity,
    moment(each.readAt),
    each.backfilledAt === null ? "not done" : moment(each.backfilledAt),
    moment(each.sweptAt),
    each.failure === null ? "" : `${each.failure.message} (${each.failure.code})`,
  ]);
  return renderTable(columns, rows, room);
}

/** So much of a run's id tells it from the others that are listed. */
const shownOfId = 8;

function runs(status: StatusReport, room: number): string {
  const columns: readonly Column[] = [
    { title: "id" },
    { title: "run" },
    { title: "started" },
    { title: "state" },
    { title: "outcome", least: 30 },
  ];
  const rows = status.runs.map((each) => [
    each.id.slice(0, shownOfId),
    each.command,
    moment(each.startedAt),
    each.state,
    outcomeOf(each.summary),
  ]);
  return renderTable(columns, rows, room);
}

function proven({ proofs }: StatusReport, room: number): string {
  if (proofs.length === 0) return "";
  const right = (title: string): Column => ({ title, align: "right" });
  const columns = [
    { title: "entity" },
    right("linked"),
    right("proven equal"),
    right("fields"),
    right("by contract"),
    { title: "oldest unproven" },
  ];
  const rows = proofs.map((proof) => {
    const { entity, records, recordsProven, fieldsProven, recordsApart, oldest } = proof;
    const owed = owedOf(proof);
    return [
      ...[entity, records, shareOf(recordsProven, owed.records), shareOf(fieldsProven, owed.fields)],
      recordsApart,
      oldest === null ? "" : `${oldest.link}, for ${span(oldest.ageMs)}`,
    ];
  });
  return renderTable(columns, rows, room);
}

/** Nobody may take a system that is only observed for one that is kept in agreement. */
function observeOnly({ observed, connections: all }: StatusReport): string {
  if (observed.length === 0) return "";
  const isAll = all.every(({ id }) => observed.includes(id));
  const where = isAll ? "" : ` TO ${observed.join(" AND ").toUpperCase()}`;
  return `*** OBSERVE ONLY: NOTHING IS WRITTEN${where} *** (\`observe\` in crossfoot.yaml)`;
}

/** Before anything was read there is nothing to say of what is left. */
const outlook = (status: StatusReport, room: number): string =>
  status.cursors.length === 0 ? "" : outlookParts(status.outlooks, room, standsStill(status));

/** How values are encrypted; nothing where they are not, `check` says that. */
function atRest({ sealing }: StatusReport): string {
  if (sealing === null) return "";
  const { master, keys, others } = sealing;
  const left = others === 0 ? "" : `, ${others} of them still under another: \`crossfoot privacy rekey\``;
  return `Values are encrypted at rest under ${master} (${keys} keys${left}).`;
}

/** In everyday life nothing is said of the epoch. */
const epochLine = ({ epoch }: StatusReport): string => (epoch.state === "confirmed" ? "" : showEpoch(epoch));

/** How everything stands, for a person. */
export function showStatus(status: StatusReport, room: number): string {
  const all = [
    epochLine,
    observeOnly,
    pausesPart,
    connections,
    entities,
    proven,
    cursors,
    outlook,
    webhooksPart,
    subscriptionsPart,
    workersPart,
    atRest,
    runs,
  ];
  const parts = all.map((part) => part(status, room));
  const shown = parts.filter((part) => part !== "");
  if (shown.length > 0) return shown.join("\n\n");
  return "Nothing has run yet. Start with `crossfoot check`, then `crossfoot plan`.";
}
