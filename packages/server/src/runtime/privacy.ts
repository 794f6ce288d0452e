import { readFields } from "@crossfoot/connector-sdk";
import { canonicalBytes, isMap } from "@crossfoot/kernel";
import type { Fields, Json, LinkId } from "@crossfoot/kernel";
import { isPersonal, keptByLaw, personEntities, privacyInventory } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { isUnderWay, recordName } from "../store/port.ts";
import type { ErasureProof, HeldRow, PersonSought, RecordKey } from "../store/port.ts";
import { textAt } from "./field-path.ts";
import { withNamedIds } from "./linked-records.ts";
import { lookingOf } from "./looking.ts";
import { PersonRefused } from "./privacy-port.ts";
import type { PersonExport, PersonMention, PersonShown, Privacy } from "./privacy-port.ts";
import { partsAbout, personalPaths, valuesOfPerson } from "./privacy-values.ts";
import { planRepair } from "./repair.ts";
import { erasureRule } from "./repair-report.ts";
import type { RepairAsked } from "./repair-report.ts";
import { openTerms } from "./gate.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { World } from "./world.ts";
import { rekey } from "./rekey.ts";

/** By what rows about a person are found. */
type Sought = Pick<PersonSought, "links" | "records">;

/** Links looked at in one go. */
const pageSize = 500;

/** A person, by what the store knows of them. */
interface Person {
  readonly link: LinkId | null;
  readonly entity: EntityName;
  /** Every record that they have or had. */
  readonly records: readonly RecordKey[];
}

const [contacts = "contacts"] = personEntities;

const soughtOf = ({ link, records }: Person): Sought => ({ links: link === null ? [] : [link], records });

/** Links of persons whose address one of both systems shows. Reads all of them. */
async function linksWithMail(world: World, mail: string): Promise<readonly LinkId[]> {
  const found: LinkId[] = [];
  const wanted = mail.trim().toLowerCase();
  for (let after: LinkId | null = null; ;) {
    const page = await lookingOf(world).linkedRecords({ entity: contacts, limit: pageSize, after });
    for (const { link, members } of page)
      if (members.some(({ fields }) => textAt(fields, "email").toLowerCase() === wanted)) found.push(link);
    const last = page.at(-1);
    if (last === undefined) return found;
    after = last.link;
  }
}

/** The person that `<connection>:<native id>`, a link or an e-mail address names. */
async function findPerson(world: World, name: string): Promise<Person> {
  const { store } = world;
  const [, connection, id] = /^([a-z][a-z0-9_-]*):(.+)$/i.exec(name) ?? [];
  const key = { connection, entity: contacts, id } as unknown as RecordKey;
  const links =
    name.startsWith("l-") && !name.includes("@")
      ? [name as LinkId]
      : name.includes("@") && connection === undefined
        ? await linksWithMail(world, name)
        : [...(await store.linksOf([key])).values()];
  if (links.length > 1) throw new PersonRefused(`${links.length} persons are named so: ${links.join(", ")}`);
  const [link = null] = links;
  if (link !== null) {
    const [bundle] = await store.loadBundles([link]);
    if (bundle?.entity !== contacts) throw new PersonRefused(`${name} is no person`);
    return { link, entity: contacts, records: await store.recordsOfPerson(link) };
  }
  const seen = connection === undefined ? [] : await store.observationsOf([key]);
  if (seen.length === 0) throw new PersonRefused("nothing is known of a person named so");
  return { link: null, entity: contacts, records: [key] };
}

/** What both systems show of a person now. Rejects with a ConnectorError when one cannot be asked. */
async function shownNow(world: World, { entity, records }: Person): Promise<readonly PersonShown[]> {
  const shown: PersonShown[] = [];
  const known = records.filter(({ connection }) => world.sides.some(({ id }) => id === connection));
  for (const { connection, id } of known) {
    const side = sideOf(world, connection);
    const mapping = mappingOf(side, entity);
    if (mapping === undefined) continue;
    const opened = await side.open(openTerms("interactive"));
    const [record] = await opened.readByIds({ entity, roots: mapping.roots, ids: [id] });
    const isThere = record !== undefined && record.kind !== "deleted" && record.kind !== "not_seen";
    shown.push({ connection, id, fields: isThere ? fieldsOf(world, side, record.native) : null });
  }
  return shown;

  function fieldsOf({ isKnownCurrency }: World, side: World["sides"][number], native: Json): Fields {
    const mapping = mappingOf(side, entity);
    if (mapping === undefined || !isMap(native)) return {};
    const none = (): undefined => undefined;
    const context = { connection: side.id, linkOf: none, lineKeyOf: none, isKnownCurrency };
    return withNamedIds(readFields(mapping, native, context).fields);
  }
}

/** Places at which a system still shows something of the person. */
const openPaths = (
  world: World,
  fields: Fields,
): readonly { readonly path: string; readonly was: string }[] =>
  personalPaths(world.contract).flatMap(({ path, erasedAs }) => {
    const was = textAt(fields, path);
    return was === "" || was === erasedAs ? [] : [{ path, was }];
  });

/** All rows about a person, and those about others that name them. */
async function rowsOf(
  world: World,
  { links, records }: Sought,
): Promise<{ readonly rows: readonly HeldRow[]; readonly values: ReturnType<typeof valuesOfPerson> }> {
  const own = await world.store.heldOf({ links, records, identifiers: [] });
  const values = valuesOfPerson(own, world);
  const rows = await world.store.heldOf({ links, records, identifiers: values.identifiers });
  return { rows, values };
}

async function exportPerson(world: World, name: string, by: string): Promise<PersonExport> {
  const person = await findPerson(world, name);
  const shown = await shownNow(world, person);
  const { rows, values } = await rowsOf(world, soughtOf(person));
  const about = { link: person.link, identifiers: values.identifiers };
  const at = new Date(world.clock.now()).toISOString();
  await world.store.appendAudit([{ at, kind: "person_exported", body: { link: person.link, by } }]);
  const plain = {
    ...{ form: "crossfoot person 1" as const, madeAt: at, madeBy: by },
    ...{ link: person.link, shown },
    held: rows.filter(({ isOwn }) => isOwn),
    mentioned: rows
      .filter(({ isOwn }) => !isOwn)
      .map(({ table, row }): PersonMention => {
        const { id } = row;
        return { table, id: typeof id === "string" ? id : null, parts: partsAbout(row, about) };
      }),
  };
  return { ...plain, hash: world.entropy.digest(canonicalBytes(plain)) };
}

/** What stays in words: what the law wants kept, and of the person's record what no erasure empties. */
const staysOf = ({ contract }: World): readonly string[] => [
  ...Object.entries(keptByLaw(contract)).map(
    ([entity, { years, because }]) => `${entity} stay for ${years} years after their date: ${because}`,
  ),
  ...privacyInventory(contract)
    .filter(({ entity, erasedAs }) => personEntities.includes(entity) && erasedAs === null)
    .filter((line) => isPersonal(line) && line.category !== null)
    .map(({ entity, field, purpose }) =>
      [`${field} of ${entity} stays as it is`, purpose].filter((part) => part !== "").join(", "),
    ),
];

/** What is to be written of one record: each field in the system whose own edits count. */
function askedOf(world: World, shown: PersonShown, all: readonly PersonShown[]): readonly RepairAsked[] {
  const { connection, id, fields } = shown;
  const policy = world.policies.find(({ entity }) => entity === contacts);
  if (fields === null || policy === undefined) return [];
  const isShown = (side: string): boolean =>
    all.some((each) => each.connection === side && each.fields !== null);
  return openPaths(world, fields).flatMap(({ path, was }) => {
    const [field = ""] = path.split(".");
    const writers = policy.fields[field]?.writers.filter((writer) => isShown(writer)) ?? [];
    if (writers.length > 0 && !writers.includes(connection)) return [];
    const to = personalPaths(world.contract).find((each) => each.path === path)?.erasedAs ?? "";
    return [{ rule: erasureRule, connection, entity: contacts, id: id as RepairAsked["id"], path, was, to }];
  });
}

/** Null, with nothing changed, while something of the person is under way. */
async function finish(
  world: World,
  person: Sought,
  at: { readonly id: string; readonly by: string; readonly facts: ErasureProof["facts"] },
): Promise<ErasureProof | null> {
  const { values } = await rowsOf(world, person);
  const { links, records } = person;
  return world.store.erasePerson({
    ...{ links, records, ...values, ...at },
    at: new Date(world.clock.now()).toISOString(),
  });
}

const tooEarly = "a write of the person is under way, or a conflict is open: run or decide first";

async function eraseNow(
  world: World,
  name: string,
  { by, why }: { readonly by: string; readonly why: string },
): Promise<ErasureProof> {
  const { erased } = world;
  if (erased === undefined) throw new PersonRefused("nobody keeps the list of erased persons here");
  const person = await findPerson(world, name);
  const shown = await shownNow(world, person);
  const open = shown.flatMap(({ connection, fields }) =>
    fields === null ? [] : openPaths(world, fields).map(({ path }) => `${connection} ${path}`),
  );
  if (open.length > 0)
    throw new PersonRefused(
      `both systems come first, and these still show something of the person: ${open.join(", ")}; ` +
        "apply the plan of `privacy erase`, then run",
    );
  const { rows } = await rowsOf(world, soughtOf(person));
  if (rows.some(({ isOwn, table, row }) => isOwn && isUnderWay(table, row)))
    throw new PersonRefused(tooEarly);
  const id = `e-${world.entropy.digest(world.entropy.uuid()).slice(0, 16)}`;
  const at = new Date(world.clock.now()).toISOString();
  const names: string[] = [];
  for (const record of person.records) names.push(await erased.nameOf(recordName(record)));
  // First the list: when the power goes here, the store is erased at the next start.
  await erased.add({ id, at, by, records: names });
  const systems = shown.map(({ connection, fields }): [string, Json] => [
    connection,
    fields === null ? "gone" : "anonymised",
  ]);
  const facts = { why, systems: Object.fromEntries(systems), stays: [...staysOf(world)] };
  const proof = await finish(world, soughtOf(person), { id, by, facts });
  if (proof !== null) return proof;
  // A write began since we looked: who is refused is on no list, or a later start would erase them unasked.
  await erased.remove(id);
  throw new PersonRefused(tooEarly);
}

/** Persons that marks name, by their links and by records that have none. */
async function namedBy(
  world: World,
  isNamed: (record: RecordKey) => Promise<boolean>,
): Promise<readonly Person[]> {
  const { store } = world;
  const found: Person[] = [];
  for (let after: LinkId | null = null; ;) {
    const links: readonly LinkId[] = await store.linksOfEntity(contacts, pageSize, after);
    for (const link of links) {
      const records = await store.recordsOfPerson(link);
      for (const record of records)
        if (await isNamed(record)) {
          found.push({ link, entity: contacts, records });
          break;
        }
    }
    const last = links.at(-1);
    if (last === undefined) break;
    after = last;
  }
  for (const { connection, entity, id } of await store.unlinkedOf(contacts, true)) {
    const record = { connection, entity, id };
    if (await isNamed(record)) found.push({ link: null, entity: contacts, records: [record] });
  }
  return found;
}

/**
 * Erases again whom a restored backup brought back: whoever is on the list and of whose erasure the store
 * knows nothing. What both systems show is not looked at: they were first, and a backup of ours does not
 * change them.
 */
async function eraseAgain(world: World): Promise<readonly ErasureProof[]> {
  const { erased, store } = world;
  const marks = (await erased?.load()) ?? [];
  if (erased === undefined || marks.length === 0) return [];
  const known = new Set((await store.listErasures()).map(({ id }) => id));
  const proofs: ErasureProof[] = [];
  for (const { id, by, records } of marks.filter((mark) => !known.has(mark.id))) {
    const persons = await namedBy(world, async (record) =>
      records.includes(await erased.nameOf(recordName(record))),
    );
    const facts = { why: "the store knew nothing of it: a backup was restored, or the power had failed" };
    const sought = {
      links: persons.flatMap(({ link }) => (link === null ? [] : [link])),
      records: persons.flatMap((person) => person.records),
    };
    const proof = await finish(world, sought, { id, by, facts });
    if (proof !== null) proofs.push(proof);
    // Something of the person is under way: the next start finds the mark again.
    else world.log.warn("erasure_waits", { erasure: id });
  }
  return proofs;
}

/** What is known of persons, and how they are erased. */
export function privacyOf(world: World): Privacy {
  return {
    exportPerson: (name, by) => exportPerson(world, name, by),
    async planErasure(name, by) {
      const person = await findPerson(world, name);
      const all = await shownNow(world, person);
      const asked = all.flatMap((shown) => askedOf(world, shown, all));
      const of = `the erasure of ${person.link ?? person.records.map(recordName).join(", ")}`;
      const plan = asked.length === 0 ? null : await planRepair(world, { of, by, asked });
      return { plan, stays: staysOf(world) };
    },
    erasePerson: (name, asked) => eraseNow(world, name, asked),
    async identifiersOf(name) {
      const { values } = await rowsOf(world, soughtOf(await findPerson(world, name)));
      return values.identifiers;
    },
    eraseAgain: () => eraseAgain(world),
    erasures: () => world.store.listErasures(),
    rekey: (master, by) => rekey(world, master, by),
  };
}
