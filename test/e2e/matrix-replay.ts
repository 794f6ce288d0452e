/**
 * The tables of a store as its journal alone tells them: a change without its entry, or an entry without its
 * change, is a difference between the two.
 */
import { isDeepStrictEqual } from "node:util";
import type { Database } from "crossfoot/testing";

interface Entry {
  readonly shard: number;
  readonly seq: string;
  readonly link_id: string | null;
  readonly kind: string;
  readonly body: { readonly [name: string]: unknown };
}

/** What the journal tells: states of intents, images of bases, members of links. */
interface Telling {
  readonly intents: Map<string, string>;
  readonly bases: Map<string, { readonly [field: string]: unknown }>;
  readonly members: Set<string>;
}

const placeOf = (link: string | null, connection: unknown): string => `${link ?? "?"} ${String(connection)}`;

const gone: ReadonlySet<string> = new Set(["intent_withdrawn", "intent_taken_back"]);

function moveBases(telling: Telling, from: string, into: string): void {
  for (const [place, images] of telling.bases) {
    if (!place.startsWith(`${from} `)) continue;
    telling.bases.delete(place);
    telling.bases.set(place.replace(from, into), images);
  }
  for (const member of telling.members) {
    if (!member.startsWith(`${from} `)) continue;
    telling.members.delete(member);
    telling.members.add(member.replace(from, into));
  }
}

function take(telling: Telling, { kind, link_id: link, body }: Entry): void {
  const key = String(body["key"]);
  if (gone.has(kind)) telling.intents.delete(key);
  else if (kind.startsWith("intent_")) telling.intents.set(key, kind.slice("intent_".length));
  if (kind === "intent_settled" && body["kind"] === "create") {
    telling.members.add(`${placeOf(link, body["target"])} ${String(body["id"])}`);
  }
  if (kind === "link_made" || kind === "link_joined") {
    telling.members.add(`${placeOf(link, body["connection"])} ${String(body["id"])}`);
  }
  if (kind === "base_moved") {
    const place = placeOf(link, body["connection"]);
    const images = body["images"] as { readonly [field: string]: unknown };
    telling.bases.set(place, { ...telling.bases.get(place), ...images });
  }
  if (kind === "links_joined" && link !== null) moveBases(telling, String(body["from"]), link);
}

function differences(name: string, told: readonly string[], held: readonly string[]): readonly string[] {
  const [tells, holds] = [new Set(told), new Set(held)];
  return [
    ...told.filter((row) => !holds.has(row)).map((row) => `${name}: the journal tells ${row}`),
    ...held.filter((row) => !tells.has(row)).map((row) => `${name}: the table holds ${row}`),
  ];
}

/** What journal and tables do not agree on. Empty is good. */
export async function replayFaults(database: Database): Promise<readonly string[]> {
  const entries = await database.query<Entry>(
    "select shard, seq, link_id, kind, body from journal order by at, shard, seq",
  );
  const telling: Telling = { intents: new Map(), bases: new Map(), members: new Set() };
  for (const entry of entries) take(telling, entry);
  const intents = await database.query<{ key: string; state: string }>("select key, state from intent");
  const bases = await database.query<{ link_id: string; connection: string; images: object }>(
    "select link_id, connection, images from base",
  );
  const members = await database.query<{ text: string }>(
    "select link_id || ' ' || connection || ' ' || external_id as text from link_member where until_at " +
      "is null",
  );
  const held = new Map(
    bases.map(({ link_id, connection, images }) => [placeOf(link_id, connection), images]),
  );
  const places = new Set([...telling.bases.keys(), ...held.keys()]);
  const unequal = [...places].filter(
    (place) => !isDeepStrictEqual(telling.bases.get(place) ?? {}, held.get(place) ?? {}),
  );
  return [
    ...differences(
      "intents",
      [...telling.intents].map(([key, state]) => `${key} ${state}`),
      intents.map(({ key, state }) => `${key} ${state}`),
    ),
    ...differences(
      "members",
      [...telling.members],
      members.map(({ text }) => text),
    ),
    ...unequal.map((place) => `bases: ${place} is not as the journal tells`),
  ];
}
