import { canonicalBytes, isMap } from "@crossfoot/kernel";
import type { ConnectionId, EntityName, ExternalId, Json, LinkId } from "@crossfoot/kernel";
import { recordName } from "../../store/port.ts";
import type { RandomWorld } from "./random-world.ts";

type SideName = "crm" | "erp";
const sides = ["crm", "erp"] as const;

/** A record of one side as its people see it: fields as canonical text, rows of lists without their ids. */
export interface Shown {
  readonly on: SideName;
  readonly entity: EntityName;
  readonly id: string;
  readonly isArchived: boolean;
  readonly isDeleted: boolean;
  readonly fields: ReadonlyMap<string, string>;
}

/** What both systems show, by `<connection>:<id>`. */
export type Snapshot = ReadonlyMap<string, Shown>;

function textOf(value: Json): string {
  if (!Array.isArray(value)) return canonicalBytes(value);
  const rows = value.map((row: Json) => {
    if (!isMap(row)) return canonicalBytes(row);
    const { id: _id, ...rest } = row;
    return canonicalBytes(rest);
  });
  return `[${rows.toSorted().join(",")}]`;
}

/** What both systems show now, judged by the systems alone. */
export function snapshotOf(world: RandomWorld): Snapshot {
  const shown = new Map<string, Shown>();
  for (const on of sides) {
    for (const [entity, table] of world[on].tables) {
      for (const { id, fields, isArchived, isDeleted } of table.values()) {
        const texts = Object.entries(fields).map(([name, value]): [string, string] => [name, textOf(value)]);
        shown.set(`${on}:${id}`, { on, entity, id, isArchived, isDeleted, fields: new Map(texts) });
      }
    }
  }
  return shown;
}

/** Native fields that two looks at a record show differently. */
export function changedIn(before: Shown | undefined, after: Shown | undefined): readonly string[] {
  const names = new Set([...(before?.fields.keys() ?? []), ...(after?.fields.keys() ?? [])]);
  return [...names].filter((name) => before?.fields.get(name) !== after?.fields.get(name));
}

/** Whether a record was neither archived, brought back nor deleted between two looks. */
export const isSameLife = (a: Shown | undefined, b: Shown | undefined): boolean =>
  a?.isArchived === b?.isArchived && a?.isDeleted === b?.isDeleted;

/** The records that belong to the same link, on the other side. */
export async function counterparts(
  world: RandomWorld,
  shown: Snapshot,
): Promise<ReadonlyMap<string, string>> {
  const rows = [...shown.values()].map(({ on, entity, id }) => {
    return { connection: on as unknown as ConnectionId, entity, id: id as ExternalId };
  });
  const links = await world.store.linksOf(rows);
  const byLink = Map.groupBy(rows, (row) => links.get(recordName(row)) ?? ("" as LinkId));
  const pairs = new Map<string, string>();
  for (const [link, members] of byLink) {
    if (link === "") continue;
    for (const { connection, id } of members) {
      const other = members.find((member) => member.connection !== connection);
      if (other !== undefined) pairs.set(`${connection}:${id}`, `${other.connection}:${other.id}`);
    }
  }
  return pairs;
}
