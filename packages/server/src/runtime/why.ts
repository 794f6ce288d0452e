import type { Connection } from "@crossfoot/connector-sdk";
import type { ConnectionId, EntityName, ExternalId, Fields, LinkId } from "@crossfoot/kernel";
import { entityNames } from "@crossfoot/model";
import { recordName } from "../store/port.ts";
import type { RecordKey } from "../store/port.ts";
import { assess, isTakenBack } from "./assess.ts";
import type { AssessContext, Assessed } from "./assess.ts";
import type { WhyReport } from "./engine.ts";
import { splitRefused } from "./record.ts";
import type { World } from "./world.ts";

const entriesMax = 50;
const lostMax = 20;

/** Finds the link of a record named `<connection>:<native id>`, or by the link's own id. */
export async function findLink(
  world: World,
  record: { readonly entity: EntityName | null; readonly id: string },
): Promise<LinkId | null> {
  if (record.id.startsWith("l-")) return record.id as LinkId;
  const at = record.id.indexOf(":");
  if (at < 1) return null;
  const connection = record.id.slice(0, at) as ConnectionId;
  const id = record.id.slice(at + 1) as ExternalId;
  const names: readonly EntityName[] = record.entity === null ? entityNames : [record.entity];
  const keys = names.map((entity): RecordKey => ({ connection, entity, id }));
  const links = await world.store.linksOf(keys);
  for (const key of keys) {
    const link = links.get(recordName(key));
    if (link !== undefined) return link;
  }
  return null;
}

/** Everything stored about a link, and the decision as it would be taken now. */
export async function explainLink(
  world: World,
  at: {
    readonly link: LinkId;
    readonly opened: ReadonlyMap<ConnectionId, Connection>;
    readonly contextOf: (entity: EntityName) => Promise<AssessContext | null>;
  },
): Promise<WhyReport | null> {
  const { store } = world;
  const bundles = await store.loadBundles([at.link]);
  const [bundle] = bundles;
  const context = bundle === undefined ? null : await at.contextOf(bundle.entity);
  if (bundle === undefined || context === null) return null;
  const [one] = await assess(context, bundles);
  if (one === undefined) return null;
  const parks = (await store.listParks()).filter(({ link }) => link === at.link);
  const conflicts = (await store.listConflicts("open")).filter(({ link }) => link === at.link);
  return {
    link: at.link,
    entity: bundle.entity,
    state: bundle.state,
    verdict: bundle.verdict,
    members: bundle.members.map(({ connection, id }) => {
      const member = one.input.members[connection];
      const base = Object.entries(member?.base ?? {}).map(([field, [image]]): [string, Fields[string]] => [
        field,
        image ?? null,
      ]);
      return {
        connection,
        id,
        kind: member?.view.kind ?? "not_seen",
        version: member?.view.version ?? null,
        url: at.opened.get(connection)?.recordUrl(bundle.entity, id) ?? null,
        fields: member?.view.fields ?? {},
        base: Object.fromEntries(base),
        problems: (member?.view.problems ?? {}) as unknown as WhyReport["members"][number]["problems"],
      };
    }),
    intents: await store.intentsOf([at.link]),
    waits: await store.waitsOf(at.link),
    parks,
    conflicts,
    undone: undoneOf(one),
    lost: await store.lostValues({ link: at.link, limit: lostMax }),
    journal: await store.journalOf(at.link, entriesMax),
    now: sentences(world, one),
  };
}

/** What an undo put back and nobody has changed since. */
function undoneOf({ bundle }: Assessed): WhyReport["undone"] {
  return bundle.members.flatMap(({ connection, undone }) =>
    Object.entries(undone)
      .filter(([field]) => field !== "*" || isTakenBack(bundle))
      .map(([field, mark]) => ({ connection, field, ...mark })),
  );
}

/** The decision in words, one sentence each. */
function sentences(world: World, one: Assessed): readonly string[] {
  const { plan } = one;
  const { writes, refused } = splitRefused(world, one);
  const said: string[] = [];
  const verdictWords: { readonly [verdict: string]: string } = {
    agreed: "Both sides agree; nothing is to be done.",
    in_flight: "A write is under way; the record is decided again once its outcome is known.",
    dormant: "A side does not show the record (out of scope or not permitted): nothing is written.",
    ended: "The record was deleted; a tombstone keeps it from being created again.",
    not_wanted: "The contract does not want this record on the other side.",
  };
  const undone = undoneOf(one);
  const isTakenBack = plan.verdict === "ended" && undone.some(({ field }) => field === "*");
  const words = isTakenBack ? undefined : verdictWords[plan.verdict];
  if (words !== undefined) said.push(words);
  for (const { connection, field, by, at, plan: name } of undone) {
    const when = `undone by ${by} at ${at} (${name})`;
    said.push(
      field === "*"
        ? `Its creation in ${connection} was ${when}: it is not created again, and nothing is carried over ` +
            "until that is undone in turn."
        : `${field} in ${connection} was ${when}: it stays so until somebody edits it on either side.`,
    );
  }
  for (const write of writes) {
    const fields = Object.keys(write.fields).join(", ");
    const causes = write.causes.map(({ connection }) => connection).join(" and ");
    said.push(`${write.target} is to get ${write.kind} (${fields}), because of ${causes}.`);
  }
  for (const write of refused) {
    said.push(
      `${write.target} refused ${write.kind} of ${Object.keys(write.fields).join(", ")}; it waits in ` +
        "dead-letters.",
    );
  }
  for (const { field, reason } of plan.conflicts)
    said.push(`${field} is in conflict (${reason}) and waits for a person.`);
  for (const { field, target, isBlocking } of plan.waits) {
    said.push(
      `${field} waits for its record to exist in ` +
        `${target}${isBlocking ? "; until then nothing is written" : ""}.`,
    );
  }
  for (const park of plan.parks) {
    const details = Object.entries(park.problems).map(
      ([field, { expected }]) => `${field} should be ${expected}`,
    );
    said.push(`Set aside: ${park.reason}${details.length > 0 ? ` (${details.join("; ")})` : ""}.`);
  }
  return said;
}
