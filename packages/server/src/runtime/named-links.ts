import { carried } from "@crossfoot/kernel";
import type { ConnectionId, Fields, LinkId, Value } from "@crossfoot/kernel";
import type { World } from "./world.ts";

/** Links that a value refers to. */
export const linksNamed = (value: Value | undefined): readonly LinkId[] =>
  carried(value).flatMap((each) => ("link" in each ? [each.link] : []));

/** Fields whose value refers to a record that the connection does not have, or not any more. */
export async function fieldsWithoutRecord(
  { store }: World,
  connection: ConnectionId,
  fields: Fields,
): Promise<readonly string[]> {
  const named = Object.entries(fields).map(([field, value]) => ({ field, links: linksNamed(value) }));
  const asked = [...new Set(named.flatMap(({ links }) => links))];
  if (asked.length === 0) return [];
  const there = new Set(
    (await store.membersOf(asked))
      .filter((one) => one.connection === connection && !one.isAlias)
      .map(({ link }) => link),
  );
  return named.flatMap(({ field, links }) => (links.every((link) => there.has(link)) ? [] : [field]));
}
