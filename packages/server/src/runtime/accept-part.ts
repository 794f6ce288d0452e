import type { Connection } from "@crossfoot/connector-sdk";
import { isMap } from "@crossfoot/kernel";
import type {
  ConnectionId,
  EntityPolicy,
  ExternalId,
  Fields,
  Json,
  JsonMap,
  Line,
  LinkId,
} from "@crossfoot/kernel";
import { causesIn, isOpenIntent } from "../store/port.ts";
import type { Intent, LinkBundle } from "../store/port.ts";
import type { AcceptedPart } from "./accept-port.ts";
import {
  isAsAccepted,
  isSamePart,
  judgePart,
  refuseBound,
  restFields,
  wayToAccepted,
} from "./accept-rights.ts";
import type { AcceptedLine, AcceptFacts } from "./accept-rights.ts";
import { readBundles } from "./assess.ts";
import { lookUpLinks, readContext, readImages } from "./canonical.ts";
import type { Deadline } from "./deadline.ts";
import { directIntent } from "./direct-intent.ts";
import type { DirectWrite } from "./direct-intent.ts";
import { covers } from "./holding.ts";
import { Refused, sideOfRole } from "./moment-names.ts";
import { readIds } from "./observe.ts";
import { isEntityPaused } from "./pausing.ts";
import { linesOf, text } from "./preflight-words.ts";
import { settleLinks } from "./settle.ts";
import type { Settling } from "./settle.ts";
import { abilitiesOf, mappingOf } from "./world.ts";
import type { Side, World } from "./world.ts";

/** Pause before what waits for time, or for somebody else, is looked at again, ms. */
const lookMs = 100;
/** Times that a quote which moves meanwhile is looked at anew. */
const triesMax = 3;

/** Of which quote a part is accepted, and by whom. */
export interface Accepting {
  readonly crm: Side;
  readonly link: LinkId;
  readonly id: ExternalId;
  readonly by: string;
  readonly part: AcceptedPart;
  readonly deadline: Deadline;
}

/** What became of the split of a quote. */
export interface Acceptance {
  readonly kind: "accepted" | "left" | "late";
  readonly hasDone: boolean;
}

/** The writes that split a quote, in their order. */
type Step = "reduce" | "rest" | "accept";

/** A quote as it stands, and what was wished for of it. */
interface QuoteNow {
  readonly facts: AcceptFacts;
  readonly bundle: LinkBundle;
  readonly lines: readonly Line[];
  /** Further names of a line beside our key. */
  readonly names: (line: string) => readonly string[];
  /** Writes of a split, the oldest first. */
  readonly wished: readonly Intent[];
}

type Next =
  | { readonly kind: "done" }
  | { readonly kind: "wait" }
  | { readonly kind: "write"; readonly step: Step; readonly write: StepWrite };

type StepWrite = Pick<DirectWrite, "kind" | "id" | "precondition" | "fields" | "transition"> & {
  readonly kept: JsonMap;
};

/**
 * Splits a quote in the CRM into what is accepted and what is left, and has it accepted: three writes, each
 * stored before it is sent (docs/decisions/0050-a-part-that-is-accepted-splits-the-quote.md). Answers
 * `accepted` once the CRM shows it, `late` past its time, and `left` where another worker holds the quote;
 * `hasDone` where this call wrote any of it.
 * Rejects with a Refused, a ConnectorError, a StoreError.
 */
export async function acceptPart(settling: Settling, at: Accepting): Promise<Acceptance> {
  const { world } = settling.session;
  const own = busy.get(world) ?? new Map<LinkId, Promise<unknown>>();
  busy.set(world, own);
  const before = own.get(at.link);
  const splitting = (async () => {
    await before?.catch(() => undefined);
    return split(settling, at);
  })();
  own.set(at.link, splitting);
  try {
    return await splitting;
  } finally {
    if (own.get(at.link) === splitting) own.delete(at.link);
  }
}

/**
 * Splits under way, by link. Two of one program work under the same rights: 1. A and B see nothing begun.
 * 2. A stores the first step, and it settles. 3. B's, which rests on what was before, would take its place.
 */
const busy = new WeakMap<World, Map<LinkId, Promise<unknown>>>();

async function split(settling: Settling, at: Accepting): Promise<Acceptance> {
  const { session } = settling;
  const policy = settling.policies.find(({ entity }) => entity === "quotes");
  if (policy === undefined) throw new Refused("not_offered", "quotes are not switched on in the contract");
  const connection = mayWrite(settling, at.crm);
  const mine = new Set<string>();
  const ended = (kind: Acceptance["kind"]): Acceptance => ({ kind, hasDone: mine.size > 0 });
  for (;;) {
    await readIds(session, at.crm, { entity: "quotes", ids: [at.id], via: "hint" });
    if (!covers(session.holding.rights(), at.link)) {
      const now = await quoteNow(session.world, at, { policy, connection });
      return ended((await nextOf(session.world, at, now)).kind === "done" ? "accepted" : "left");
    }
    while ((await settleLinks(settling, policy, [at.link])) > 0) await session.holding.keepUp();
    // What is stored rests on what is seen: the shard is not given between the two.
    const next = await session.holding.use(async (rights): Promise<Next | null> => {
      if (!covers(rights, at.link)) return null;
      const now = await quoteNow(session.world, at, { policy, connection });
      const step = await nextOf(session.world, at, now);
      if (step.kind !== "write") return step;
      refuseFailed(at, now.wished, mine);
      const intent = intentOf(session.world, at, { now, ...step });
      await session.world.store.storeIntents([intent], session.runId, rights);
      mine.add(intent.key);
      return step;
    });
    if (next === null) return ended("left");
    if (next.kind === "done") return ended("accepted");
    if (next.kind === "write") continue;
    if (at.deadline.isOver() || !(await session.world.sleep(lookMs, session.signal))) return ended("late");
    await session.holding.keepUp();
  }
}

/** The CRM's connection; throws a Refused where nothing may be written to it now. */
function mayWrite({ session, opened, observes }: Settling, { id }: Side): Connection {
  const connection = opened.get(id);
  if (connection === undefined || session.away.has(id))
    throw new Refused("held", `${id} cannot be reached: a part is accepted there first`);
  if (observes.has(id)) throw new Refused("held", `${id} is only observed: nothing is written there`);
  if (isEntityPaused(session, "quotes")) throw new Refused("held", "quotes are paused");
  return connection;
}

async function quoteNow(
  world: World,
  { crm, link, id }: Accepting,
  { policy, connection }: { readonly policy: EntityPolicy; readonly connection: Connection },
): Promise<QuoteNow> {
  const erp = sideOfRole(world, "erp");
  // First what was wished for: what of it has settled is shown by what is loaded after.
  const intents = await world.store.intentsOf([link]);
  const bundles = await world.store.loadBundles([link]);
  const [read] = await readBundles({ world, policy }, bundles);
  const view = read?.members[crm.id]?.view;
  if (read === undefined || view?.id !== id || view.kind !== "present")
    throw new Refused("record_unknown", `${crm.id} does not show the quote ${id} now`);
  const { bundle } = read;
  const isInErp =
    bundle.members.some(({ connection: on }) => on === erp.id) ||
    intents.some(({ target, kind, state }) => target === erp.id && kind === "create" && state !== "refused");
  const fields = Object.values(mappingOf(crm, "quotes")?.fields ?? {});
  const written = fields.filter(({ isWritten, onCreateOnly }) => isWritten && !onCreateOnly);
  return {
    bundle,
    lines: linesOf(view.fields),
    names: namesOf(bundle, crm),
    wished: intents.filter((each) => each.generation === bundle.generation && stepOf(each) !== null),
    facts: {
      ...{ policy, crm: crm.id, erp: erp.id, fields: view.fields, version: view.version, isInErp },
      abilities: abilitiesOf(connection, "quotes"),
      written: new Set(written.map(({ field }) => field)),
    },
  };
}

/** Names of a line by our key: the id of its row in the CRM, with and without the connection. */
function namesOf({ lines }: LinkBundle, crm: Side): (line: string) => readonly string[] {
  const prefix = `${crm.id}:`;
  return (key) => {
    const row = lines.find((one) => one.connection === crm.id && one.field === "lines" && one.key === key);
    const native = row?.nativeId ?? (key.startsWith(prefix) ? key.slice(prefix.length) : null);
    return native === null ? [] : [native, `${prefix}${native}`];
  };
}

/** The next step, from what the CRM shows and what was wished for. Throws a Refused where none leads on. */
async function nextOf(world: World, at: Accepting, now: QuoteNow): Promise<Next> {
  const begun = now.wished.findLast(
    (each) => stepOf(each) === "reduce" && (isOpenIntent(each) || each.state === "settled"),
  );
  if (begun === undefined) return firstOf(at, now);
  const { accepted, rest } = keptOf(begun);
  if (rest !== at.part.rest || !isSamePart(at.part, accepted, now.names)) {
    const name = restIn(now.wished);
    throw new Refused(
      "quote_bound",
      `another part of the quote was accepted before${name === null ? "" : `; what was left is ${name}`}`,
    );
  }
  if (isOpenIntent(begun)) return { kind: "wait" };
  const isKept = rest === "close" || restIn(now.wished) !== null;
  const isAccepted = isAcceptedNow(now);
  if (isKept && isAccepted) return { kind: "done" };
  const open = now.wished.find((each) => isOpenIntent(each));
  if (open !== undefined) return { kind: "wait" };
  if (!isAsAccepted(now.lines, accepted))
    throw new Refused(
      "quote_bound",
      "the quote was edited since a part of it was accepted: go on by hand in the CRM",
    );
  if (!isKept) return restStep(world, at, { now, begun });
  return acceptStep(at, now, { splits: true });
}

const isAcceptedNow = ({ facts }: QuoteNow): boolean => {
  const state = text(facts.fields[facts.policy.statusField ?? ""]);
  return state === "accepted" || state === "converted";
};

/** Before anything was written: the quote is split, or accepted as a whole. */
function firstOf(at: Accepting, now: QuoteNow): Next {
  const { facts, lines, names } = now;
  const lineRemoval = facts.abilities?.lineRemoval ?? "row";
  const { accepted, kept, left } = judgePart(lines, { part: at.part, names, lineRemoval });
  const splits = left.length > 0;
  if (!splits && isAcceptedNow(now)) return { kind: "done" };
  if (now.wished.some((each) => isOpenIntent(each))) return { kind: "wait" };
  if (!splits) return acceptStep(at, now, { splits });
  refuseBound(facts, { splits, keeps: at.part.rest === "keep" });
  const write: StepWrite = {
    ...{ kind: "update", id: at.id, precondition: facts.version, transition: null, fields: { lines: kept } },
    kept: { accepted: accepted.map((each) => ({ ...each })), rest: at.part.rest },
  };
  return { kind: "write", step: "reduce", write };
}

function acceptStep({ id }: Accepting, now: QuoteNow, { splits }: { readonly splits: boolean }): Next {
  const { facts } = now;
  refuseBound(facts, { splits, keeps: false });
  const way = wayToAccepted(facts);
  const isField = way?.by === "field";
  const write: StepWrite = {
    ...{ kind: isField ? "update" : "transition", id, precondition: facts.version, kept: {} },
    fields: isField ? { [facts.policy.statusField ?? ""]: "accepted" } : {},
    transition: way?.by === "transition" ? way.step : null,
  };
  return { kind: "write", step: "accept", write };
}

/**
 * The quote of what is left. Its lines are told from what the quote showed before it was reduced, as the
 * first write keeps it; all else from what it shows now.
 */
async function restStep(
  world: World,
  { crm }: Accepting,
  { now, begun }: { readonly now: QuoteNow; readonly begun: Intent },
): Promise<Next> {
  if (now.wished.some((each) => stepOf(each) === "rest" && each.state === "parked"))
    throw new Refused(
      "held",
      "whether the quote of the rest was made is for a person: `crossfoot dead-letters`",
    );
  const mapping = mappingOf(crm, "quotes");
  if (mapping === undefined) throw new Refused("not_offered", `${crm.id} has no quotes`);
  const natives = Object.values(begun.before);
  const links = await lookUpLinks(
    world,
    natives.map((native) => ({ side: crm, mapping, native })),
  );
  const context = readContext(world, links, { connection: crm.id, lines: now.bundle.lines });
  const before = linesOf(readImages(mapping, begun.before, context));
  const { accepted } = keptOf(begun);
  const part = { lines: accepted };
  const { left } = judgePart(before, { part, names: now.names, lineRemoval: "row" });
  const fields: Fields = restFields(now.facts, {
    left,
    writtenOnCreate: new Set(
      Object.values(mapping.fields).flatMap(({ isWritten, field }) => (isWritten ? [field] : [])),
    ),
  });
  const write: StepWrite = {
    ...{ kind: "create", id: null, precondition: null, transition: null, fields },
    kept: { isBeside: true },
  };
  return { kind: "write", step: "rest", write };
}

/** Throws what the CRM said when it refused what this call asked for; a quote that moved is judged anew. */
function refuseFailed({ crm }: Accepting, wished: readonly Intent[], mine: ReadonlySet<string>): void {
  const ended = wished.filter(
    ({ key, failure, state }) => mine.has(key) && failure !== null && state !== "settled",
  );
  const failure = ended.find((intent) => intent.failure?.failure !== "stale")?.failure ?? null;
  if (failure !== null) throw new Refused("quote_bound", `${crm.id} refused it: ${failure.message}`, failure);
  if (ended.length >= triesMax) throw new Refused("held", "the quote keeps changing; ask again");
}

/** A step as it is stored. Its key is the same for whoever asks meanwhile, whatever they accept. */
function intentOf(
  world: World,
  { crm, link, by }: Accepting,
  { now, step, write }: { readonly now: QuoteNow; readonly step: Step; readonly write: StepWrite },
): Intent {
  const { bundle, facts, wished } = now;
  const { kept, ...sent } = write;
  const statusField = facts.policy.statusField ?? "";
  const earlier = wished.filter((each) => stepOf(each) === step).length;
  const place = `accept\n${link}\n${bundle.generation}\n${crm.id}\n${step}`;
  const moved = sent.transition === null ? [] : [statusField];
  const fields = step === "rest" ? [] : [...Object.keys(sent.fields), ...moved];
  const plain = directIntent(world, bundle, {
    ...sent,
    ...{ name: `${place}\n${earlier}`, statusField, target: crm.id, step: 0 },
    causes: [{ connection: "person", version: null, isRepair: true, accepts: step, fields, by, ...kept }],
  });
  // Of its own: it is not the record that the link's reference stands on.
  const reference = `CF-${world.entropy.digest(place).slice(0, 16)}`;
  return step === "rest" ? { ...plain, reference, before: {} } : plain;
}

const causeOf = (intent: Pick<Intent, "causes">): JsonMap =>
  causesIn(intent).find((cause) => cause["accepts"] !== undefined) ?? {};

/** Which step of a split a write is; null for any other write. */
function stepOf(intent: Pick<Intent, "causes">): Step | null {
  const { accepts } = causeOf(intent);
  return accepts === "reduce" || accepts === "rest" || accepts === "accept" ? accepts : null;
}

/** What the first write of a split keeps beside it. */
function keptOf(begun: Intent): { readonly accepted: readonly AcceptedLine[]; readonly rest: string } {
  const { accepted, rest } = causeOf(begun);
  const list: readonly Json[] = Array.isArray(accepted) ? accepted : [];
  return {
    rest: typeof rest === "string" ? rest : "",
    accepted: list
      .filter(isMap)
      .flatMap(({ line, quantity }) =>
        typeof line === "string" && typeof quantity === "string" ? [{ line, quantity }] : [],
      ),
  };
}

/** Name of the quote that what was left became. */
function restIn(wished: readonly Intent[]): string | null {
  const made = wished.findLast((each) => stepOf(each) === "rest" && each.state === "settled");
  return made?.id === undefined || made.id === null ? null : `${made.target}:${made.id}`;
}

/** Links of quotes of which a part was accepted, or is by now, with the connection that was split on. */
export async function partedLinks(
  world: World,
  links: readonly LinkId[],
): Promise<ReadonlyMap<LinkId, ConnectionId>> {
  const intents = await world.store.intentsOf(links);
  const begun = intents.filter((each) => stepOf(each) === "reduce" && each.state !== "refused");
  return new Map(begun.map(({ link, target }) => [link, target]));
}

/** Name of the quote in the CRM that what was not accepted of a quote became; null where there is none. */
export async function restOf(world: World, link: LinkId): Promise<string | null> {
  return restIn(await world.store.intentsOf([link]));
}
