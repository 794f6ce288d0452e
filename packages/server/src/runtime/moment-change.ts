import type { Connection, OrderStatus } from "@crossfoot/connector-sdk";
import { canonicalBytes, isLines, isMap } from "@crossfoot/kernel";
import type { Fields, Json, LinkId } from "@crossfoot/kernel";
import { causesIn, isOpenIntent, recordName } from "../store/port.ts";
import type { Intent, LineLink, MemberRow, StoredObservation } from "../store/port.ts";
import type { Behind } from "./behind.ts";
import { lookUpLinks, readContext, readObservation } from "./canonical.ts";
import { wishOfQuote } from "./change-from-quote.ts";
import type { OrderShown } from "./change-from-quote.ts";
import type { ChangeMoment, ChangeQuestion, ChangeRefusal, ChangeWish, Changing } from "./change-port.ts";
import { doneOf, judgeChange, whyBound } from "./change-rights.ts";
import type { AddedLine, ChangeFacts, ChangeJudged, OrderLine } from "./change-rights.ts";
import { deadlineIn } from "./deadline.ts";
import { openTerms } from "./gate.ts";
import { late, told, within } from "./moment-answer.ts";
import { idsOn, memberOn, Refused, sideOfRole } from "./moment-names.ts";
import { namesOf } from "./order-standing.ts";
import { shownBy } from "./moment-questions.ts";
import { toObservation } from "./observe.ts";
import { fulfil, statusOf, wantedOf } from "./order-wish.ts";
import type { Looking, Wanted, WishSeen } from "./order-wish.ts";
import { linesOf, part, text } from "./preflight-words.ts";
import { noteWish } from "./wish-note.ts";
import { abilitiesOf, mappingOf } from "./world.ts";
import type { World } from "./world.ts";

/** From an order to a changed one. */
export function changingOf(world: World, behind: Behind): ChangeMoment {
  /** What is asked for twice in this program is done once; other wishes about the order wait for it. */
  const underWay = new Map<string, { readonly name: string; readonly doing: Promise<Changing> }>();
  return {
    changeOrder: async (question) => {
      const { order, budgetMs, wish, version } = question;
      const name = JSON.stringify([wish, version]);
      const before = underWay.get(order);
      const isSame = before?.name === name;
      const doing = isSame
        ? before.doing
        : behind.follow(after(before?.doing, () => change(world, question, behind.signal)));
      if (!isSame) {
        const own = { name, doing };
        underWay.set(order, own);
        const over = (): void => void (underWay.get(order) === own && underWay.delete(order));
        doing.then(over, over);
      }
      const answer = await within<Changing>(world, budgetMs, { ask: () => doing, late: goesOn });
      return isSame && answer.kind === "changed" ? { ...answer, isDoneNow: false, changes: [] } : answer;
    },
    wouldChange: (question) =>
      within<Changing>(world, question.budgetMs, {
        ask: (signal) => told(() => wouldChange(world, question, signal)),
        late: late(),
      }),
    changeOf: ({ order, budgetMs }) =>
      within<Changing>(world, budgetMs, {
        ask: (signal) => told(() => standingOf(world, order, signal)),
        late: late(),
      }),
  };
}

async function after<Told>(before: Promise<unknown> | undefined, work: () => Promise<Told>): Promise<Told> {
  await before?.catch(() => undefined);
  return work();
}

const goesOn: Changing = { kind: "pending", message: "whether it is changed is not known yet; ask again" };

/** The order as the ERP shows it now, and what is known of it. */
interface OrderNow {
  readonly seen: StoredObservation;
  readonly fields: Fields;
  readonly lines: readonly OrderLine[];
  readonly members: readonly MemberRow[];
  readonly wished: readonly Intent[];
  readonly status: OrderStatus | null;
  readonly connection: Connection;
}

/** Reads the order without storing anything. */
async function orderNow(world: World, wanted: Wanted, signal: AbortSignal): Promise<OrderNow> {
  const { erp, id } = wanted;
  const mapping = mappingOf(erp, "orders");
  if (mapping === undefined) throw new Refused("not_offered", `${erp.id} has no orders`);
  const connection = await erp.open(openTerms("interactive", signal));
  const [record] = await connection.readByIds({ entity: "orders", roots: mapping.roots, ids: [id] });
  if (record === undefined || record.kind === "deleted")
    throw new Refused("record_unknown", `${erp.id} has no order ${id}`);
  const span = { start: 0, end: 0, via: "hint" } as const;
  const seen = await toObservation(world, { side: erp, mapping, span }, record);
  const link = (await world.store.linksOf([wanted])).get(recordName(wanted));
  const members = link === undefined ? [] : await world.store.membersOf([link]);
  const intents = link === undefined ? [] : await world.store.intentsOf([link]);
  const rows = await world.store.linesOf([wanted]);
  const status = await statusOf(erp, id, { connection, signal });
  return {
    ...(await shownIn(world, wanted, { seen, rows })),
    ...{ seen, members, connection, status, wished: intents.filter(({ target }) => target === erp.id) },
  };
}

/** What an observation shows, with the names of its lines. */
async function shownIn(
  world: World,
  { erp }: Wanted,
  { seen, rows }: { readonly seen: StoredObservation; readonly rows: readonly LineLink[] },
): Promise<Pick<OrderNow, "fields" | "lines">> {
  const mapping = mappingOf(erp, "orders");
  if (mapping === undefined) throw new Refused("not_offered", `${erp.id} has no orders`);
  const links = await lookUpLinks(world, [{ side: erp, mapping, native: seen.native }]);
  const { fields } = readObservation(
    mapping,
    seen,
    readContext(world, links, { connection: erp.id, lines: rows }),
  );
  const own = rows.filter(({ connection, field }) => connection === erp.id && field === "lines");
  const idOf = (key: string): string | null =>
    own.find((row) => row.key === key)?.nativeId ??
    (key.startsWith(`${erp.id}:`) ? key.slice(erp.id.length + 1) : null);
  return { fields, lines: linesOf(fields).map((line) => ({ ...line, nativeId: idOf(line.key) })) };
}

/** What is known of the order, with the wish or without one. */
async function factsOf(
  world: World,
  wanted: Wanted,
  { now, wish }: { readonly now: Omit<OrderNow, "seen">; readonly wish: ChangeWish },
): Promise<ChangeFacts> {
  const { erp, policy } = wanted;
  const crm = sideOfRole(world, "crm");
  const inCrm = memberOn(now.members, crm)?.id;
  const shownCrm =
    inCrm === undefined
      ? undefined
      : (await shownBy(world, crm, { entity: "orders", ids: [inCrm] })).get(inCrm);
  const statusField = policy.statusField ?? "";
  const state = now.status?.state ?? now.fields[statusField];
  if (typeof state !== "string")
    throw new Refused("record_unknown", `${erp.id} does not tell in which state the order is`);
  const abilities = abilitiesOf(now.connection, "orders");
  const written = Object.values(mappingOf(erp, "orders")?.fields ?? {})
    .filter(({ isWritten, onCreateOnly }) => isWritten && !onCreateOnly)
    .map(({ field }) => field);
  return {
    ...{ policy, crm: crm.id, erp: erp.id, state, status: now.status, lines: now.lines, wish },
    shown: (at, field) =>
      at === erp.id ? (field === statusField ? state : now.fields[field]) : shownCrm?.[field],
    added: await addedBy(world, wanted, { now, wish }),
    removed: new Set(landed(now.wished).flatMap((intent) => namesIn(intent, "removed"))),
    written: new Set(abilities?.update === true ? written : []),
    lineRemoval: abilities?.lineRemoval ?? "row",
  };
}

const landed = (wished: readonly Intent[]): readonly Intent[] =>
  wished.filter(({ state }) => state === "settled");

/** Names of lines that a wish keeps beside its write. */
function namesIn(intent: Intent, name: "added" | "removed"): readonly string[] {
  return causesIn(intent).flatMap((cause) => {
    const names = cause[name];
    return Array.isArray(names) ? names.filter((each) => typeof each === "string") : [];
  });
}

/** Our key of a line that somebody adds under a name. */
const keyOf = (world: World, { id }: Wanted, name: string): string =>
  `added:${world.entropy.digest(`added\n${id}\n${name}`).slice(0, 20)}`;

async function addedBy(
  world: World,
  wanted: Wanted,
  { now, wish }: { readonly now: Omit<OrderNow, "seen">; readonly wish: ChangeWish },
): Promise<readonly AddedLine[]> {
  const { erp } = wanted;
  const products = wish.add.map(({ product }) => product);
  const ids = await idsOn(world, erp, { entity: "products", names: products });
  const found = [...ids.values()].flatMap((id) => (id instanceof Refused ? [] : [id]));
  const records = found.map((id) => ({ connection: erp.id, entity: "products" as const, id }));
  const links = await world.store.linksOf(records);
  const shown = await shownBy(world, erp, { entity: "products", ids: found });
  const there = new Set(landed(now.wished).flatMap((intent) => namesIn(intent, "added")));
  return wish.add.map(({ name, product, quantity, unit }) => {
    const id = ids.get(product);
    const key = keyOf(world, wanted, name);
    const record = id === undefined || id instanceof Refused ? null : id;
    const link: LinkId | null =
      record === null
        ? null
        : (links.get(recordName({ connection: erp.id, entity: "products", id: record })) ?? null);
    const own = record === null ? null : text(shown.get(record)?.["unit"]);
    return { name, key, link, quantity, unit: unit ?? own, isThere: there.has(key) };
  });
}

/** What is wanted, also where a quote says it. */
async function wishIn(
  world: World,
  { wish }: ChangeQuestion,
  at: { readonly order: OrderShown; readonly signal: AbortSignal },
): Promise<ChangeWish> {
  return "quote" in wish ? wishOfQuote(world, { ...at, quote: wish.quote }) : wish;
}

async function wouldChange(world: World, question: ChangeQuestion, signal: AbortSignal): Promise<Changing> {
  const wanted = await wantedOf(world, question.order);
  const now = await orderNow(world, wanted, signal);
  const wish = await wishIn(world, question, { order: now, signal });
  const facts = await factsOf(world, wanted, { now, wish });
  const { changes, refusals } = judgeChange(facts);
  refuseMoved(question, now.seen.version);
  return { kind: "possible", state: facts.state, version: now.seen.version, changes, refusals };
}

async function standingOf(world: World, order: string, signal: AbortSignal): Promise<Changing> {
  const wanted = await wantedOf(world, order);
  const now = await orderNow(world, wanted, signal);
  const facts = await factsOf(world, wanted, { now, wish: { lines: [], add: [] } });
  const named = now.lines.flatMap(({ fields }) => part(fields["product"], "link") ?? []) as LinkId[];
  const products = await world.store.membersOf([...new Set(named)]);
  const nameOf = (link: string | null): string | null => {
    const own = memberOn(
      products.filter((member) => member.link === link),
      wanted.erp,
    );
    return own === undefined ? null : `${own.connection}:${own.id}`;
  };
  return {
    kind: "standing",
    order: { names: await namesOf(world, wanted), number: numberOf(now) },
    state: facts.state,
    version: now.seen.version,
    isUnderWay: now.wished.some((intent) => isOpenIntent(intent)),
    bound: facts.written.size === 0 ? notOffered(wanted) : whyBound(facts),
    requestedDate: text(now.fields["requestedDate"]),
    customerOrderNumber: text(now.fields["customerOrderNumber"]),
    lines: now.lines.map((line) => ({
      line: line.key,
      product: nameOf(part(line.fields["product"], "link")),
      quantity: part(line.fields["quantity"], "value"),
      unit: part(line.fields["quantity"], "unit"),
      done: doneOf(now.status, line),
    })),
  };
}

const notOffered = ({ erp }: Wanted): string => `${erp.id} takes no change of an order that stands`;
const numberOf = ({ status, fields }: Pick<OrderNow, "status" | "fields">): string | null =>
  status?.number ?? text(fields["number"]);

/** Throws a Refused where the order is not the one any more that somebody looked at. */
function refuseMoved({ version }: Pick<ChangeQuestion, "version">, now: string | null): void {
  if (version !== null && version !== now)
    throw new Refused("order_moved", "the order changed since it was looked at: look again");
}

type Asked = Parameters<ChangeMoment["changeOrder"]>[0];

/** Has the order changed, or hears that it was. */
function change(world: World, question: Asked, signal: AbortSignal): Promise<Changing> {
  const { order, by, budgetMs } = question;
  const deadline = deadlineIn(world.clock, budgetMs);
  return told(() =>
    fulfil<Changing>(world, {
      ...{ word: "change", order, by, deadline, signal, goesOn },
      look: (at) => lookAt(world, at, question),
    }),
  );
}

async function lookAt(world: World, at: Looking, question: Asked): Promise<WishSeen<Changing>> {
  const { settling, wanted, connection, bundle, wished, mine } = at;
  const seen = bundle.members.find((member) => member.connection === wanted.erp.id)?.observation ?? null;
  if (seen === null) throw new Refused("record_unknown", `${wanted.erp.id} does not show the order now`);
  const { signal } = settling.session;
  const status = await statusOf(wanted.erp, wanted.id, { connection, signal });
  const members = await world.store.membersOf([bundle.id]);
  const shown = await shownIn(world, wanted, { seen, rows: bundle.lines });
  const now = { ...shown, members, status, connection, wished };
  const wish = await wishIn(world, question, { order: now, signal: signal ?? new AbortController().signal });
  const facts = await factsOf(world, wanted, { now, wish });
  const judged = judgeChange(facts);
  if (judged.changes.length === 0 && judged.refusals.length === 0) {
    const made = wished.filter(({ key, state }) => mine.has(key) && state === "settled");
    await noteWish(settling, { link: bundle.id, intents: landed(wished), word: "changed" });
    const order = { names: await namesOf(world, wanted), number: numberOf(now) };
    const changes = made.flatMap((intent) => rowsIn(intent));
    return { kind: "there", told: { kind: "changed", order, changes, isDoneNow: made.length > 0 } };
  }
  return { kind: "away", write: () => writeOf(wanted, { facts, judged, question, seen }) };
}

/** The write that grants all of a wish. Throws a Refused where a part of it cannot be granted. */
function writeOf(
  wanted: Wanted,
  at: {
    readonly facts: ChangeFacts;
    readonly judged: ChangeJudged;
    readonly question: Asked;
    readonly seen: StoredObservation;
  },
): ReturnType<Extract<WishSeen<Changing>, { kind: "away" }>["write"]> {
  const { facts, judged, question, seen } = at;
  const bound = whyBound(facts);
  if (bound !== null) throw new Refused("order_bound", bound);
  refuseMoved(question, seen.version);
  if (facts.written.size === 0) throw new Refused("not_offered", notOffered(wanted));
  refuseRefused(judged.refusals);
  const { fields, changes } = judged;
  const lines = fields["lines"];
  const kept = new Set(isLines(lines) ? lines.map(({ key }) => key) : []);
  const isWritten = lines !== undefined;
  return {
    ...{ kind: "update", transition: null, fields, precondition: seen.version },
    name: canonicalBytes(fields),
    edits: Object.keys(fields),
    kept: {
      reason: question.reason,
      rows: changes as unknown as Json,
      added: isWritten ? facts.added.filter(({ isThere }) => !isThere).map(({ key }) => key) : [],
      removed: isWritten ? facts.lines.filter(({ key }) => !kept.has(key)).map(({ key }) => key) : [],
    },
  };
}

const boundCodes: readonly ChangeRefusal["code"][] = [
  "line_done",
  "below_done",
  "progress_unknown",
  "field_bound",
];

/** Throws what is refused of a wish: all of it is granted, or nothing. */
function refuseRefused(refusals: readonly ChangeRefusal[]): void {
  const [first] = refusals;
  if (first === undefined) return;
  const why = refusals.map((each) => each.why).join("; ");
  if (refusals.some(({ code }) => boundCodes.includes(code))) throw new Refused("line_bound", why);
  throw new Refused(first.code === "field_not_offered" ? "not_offered" : "invalid", why);
}

/** What a wish changed, as it was kept beside its write. */
function rowsIn(intent: Intent): Extract<Changing, { kind: "changed" }>["changes"] {
  const rows = causesIn(intent).flatMap((cause) => {
    const kept = cause["rows"];
    return Array.isArray(kept) ? (kept as readonly Json[]) : [];
  });
  const word = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
  return rows.flatMap((row) =>
    isMap(row)
      ? [
          {
            line: word(row["line"]),
            field: word(row["field"]) ?? "",
            from: word(row["from"]),
            to: word(row["to"]),
          },
        ]
      : [],
  );
}
