import type { MatchedEntity } from "@crossfoot/matching";
import type { SetGroup } from "./derived.ts";
import { Draw } from "./draw.ts";
import { pairKey } from "./sets.ts";
import type { MatchSet } from "./sets.ts";

/**
 * Sets by seeds in which many share an address, a phone or an employer: colleagues at one switchboard, sister
 * companies under one roof, firms of one name and different legal forms, branches, tenants of one house. What
 * they share is one fact about the group and none about its members. Written after the scripts of a reviewer
 * who had not seen the matcher; other seeds and shares.
 */

/** A record with who it is; two records of one `who` are a true pair. */
interface Made {
  readonly who: string;
  readonly cells: readonly string[];
}

const list = (text: string): readonly string[] => text.split(" ");
const givens = list(
  "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan " +
    "Joseph Jessica Thomas Sarah Carlos Maria Hans Ursula Pierre Claire Olga Ivan Wei Anna Piotr Ilse",
);
const families = list(
  "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez " +
    "Gonzalez Wilson " +
    "Anderson Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez " +
    "Lewis Novak " +
    "Kowalski Dupont Schmidt Ivanov Zhang Fennimore Gooseberry",
);
const syllables = list(
  "ba be bo da de do fa ga ka ke ko la le lo ma me mo na ne no pa po ra re ro sa se so ta te to va vi zo " +
    "lin mar tor ben",
);
const trades = list("Logistics Foods Metals Textiles Software Consulting Pharma Optics Timber Motors");
const forms = list("Ltd GmbH SARL Inc. AG B.V. S.p.A.");
const towns: readonly (readonly [string, string])[] = [
  ["London", "SW1A 1AA"],
  ["Berlin", "10115"],
  ["Paris", "75002"],
  ["Milano", "20121"],
  ["Utrecht", "3511 AB"],
  ["Boston", "02108"],
  ["Wien", "1010"],
  ["Lyon", "69001"],
];

function word(draw: Draw): string {
  const text = Array.from({ length: 2 + draw.below(2) }, () => draw.of(syllables)).join("");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const digits = (draw: Draw, count: number): string =>
  Array.from({ length: count }, () => String(draw.below(10))).join("");
const phone = (draw: Draw): string => `+44 20 ${digits(draw, 4)} ${digits(draw, 4)}`;

function address(draw: Draw): readonly string[] {
  const [city, zip] = towns[draw.below(towns.length)] ?? ["", ""];
  return [`${1 + draw.below(200)} ${word(draw)} Street`, zip, city];
}

function shuffled<T>(all: readonly T[], draw: Draw): readonly T[] {
  return all
    .map((each) => ({ each, place: draw.below(1_000_000_000) }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ each }) => each);
}

/** How a set is called and read. */
interface Shape {
  readonly entity: MatchedEntity;
  readonly columns: readonly string[];
}

/** The records in one table, in no order. */
function inOne({ entity, columns }: Shape, made: readonly Made[], draw: Draw): MatchSet {
  const rows = shuffled(made, draw);
  const groups = Map.groupBy(rows.keys(), (at) => rows[at]?.who ?? "");
  const truth = new Set<number>();
  for (const group of groups.values())
    for (const one of group) for (const other of group) if (one < other) truth.add(pairKey(one, other));
  const table = { columns: ["id", ...columns], rows: rows.map(({ cells }, at) => [String(at), ...cells]) };
  return { name: "", entity, left: table, right: null, truth };
}

/** The records of both tables, each in no order. */
function inTwo(
  { entity, columns, others }: Shape & { readonly others: readonly string[] },
  made: readonly [left: readonly Made[], right: readonly Made[]],
  draw: Draw,
): MatchSet {
  const [lefts, rights] = made.map((side) => shuffled(side, draw)) as [readonly Made[], readonly Made[]];
  const truth = new Set<number>();
  for (const [left, { who }] of lefts.entries())
    for (const [right, mate] of rights.entries()) if (mate.who === who) truth.add(pairKey(left, right));
  const tableOf = (names: readonly string[], side: readonly Made[]): MatchSet["left"] => ({
    columns: ["id", ...names],
    rows: side.map(({ cells }, at) => [String(at), ...cells]),
  });
  return { name: "", entity, left: tableOf(columns, lefts), right: tableOf(others, rights), truth };
}

/** What a set of colleagues is like. */
interface Office {
  readonly mailboxes: "own" | "some" | "none";
  readonly names: "two columns" | "one column";
  /** People of one company at most. */
  readonly most: number;
  /** Of a hundred people so many stand twice. */
  readonly twice: number;
  /** Whether the file names the employer. */
  readonly isEmployerNamed: boolean;
}

/** One file of contacts: colleagues share the switchboard and the employer; a few stand in it twice. */
function office(draw: Draw, { mailboxes, names, most, twice, isEmployerNamed }: Office): MatchSet {
  const made: Made[] = [];
  for (let firm = 0; firm < 300; firm++) {
    const company = `Company${firm} ${draw.of(trades)}`;
    const [number, host] = [phone(draw), `company${firm}.com`];
    for (let each = 0, staff = 1 + draw.below(most); each < staff; each++) {
      const [given, family] = [draw.of(givens), draw.of(families)];
      const hasMail = mailboxes === "own" || (mailboxes === "some" && draw.below(2) === 0);
      const mail = (local: string): string => (hasMail ? `${local.toLowerCase()}@${host}` : "");
      const add = (first: string, box: string): void => {
        const name = names === "two columns" ? [first, family] : [`${first} ${family}`];
        const cells = [...name, box, number, ...(isEmployerNamed ? [company] : [])];
        made.push({ who: `${firm} ${given} ${family}`, cells });
      };
      add(given, mail(`${given}.${family}`));
      if (draw.below(100) >= twice) continue;
      const first = draw.below(2) === 0 ? `${given.charAt(0)}.` : given;
      add(first, draw.below(2) === 0 ? "" : mail(`${given.charAt(0)}${family}`));
    }
  }
  const columns = [
    ...(names === "two columns" ? ["first_name", "last_name"] : ["name"]),
    ...["email", "phone", ...(isEmployerNamed ? ["company"] : [])],
  ];
  return inOne({ entity: "contacts", columns }, made, draw);
}

/** How the first of two files writes names. */
type Written = "two columns" | "last, first" | "two columns in both";

/** Two files of contacts, one of each company: in every other company the same person, else a colleague. */
function colleagues(draw: Draw, written: Written): MatchSet {
  const made: [Made[], Made[]] = [[], []];
  for (let firm = 0; firm < 200; firm++) {
    const company = `${word(draw)}${firm} ${draw.of(trades)}`;
    const [number, own] = [phone(draw), phone(draw)];
    const [given, family] = [draw.of(givens), draw.of(families)];
    const [otherGiven, otherFamily] = [draw.of(givens), draw.of(families)];
    const isSame = firm % 2 === 0 || (given === otherGiven && family === otherFamily);
    const [first, last] = isSame ? [given, family] : [otherGiven, otherFamily];
    const name = written === "last, first" ? [`${family}, ${given}`] : [given, family];
    const theirs = written === "two columns in both" ? [first, last] : [`${first} ${last}`];
    const told = draw.below(2) === 0 ? "" : isSame ? number : own;
    made[0].push({ who: `${firm} ${given} ${family}`, cells: [...name, number, company] });
    made[1].push({ who: `${firm} ${first} ${last}`, cells: [...theirs, told, company] });
  }
  const two = ["first_name", "last_name"];
  const columns = [...(written === "last, first" ? ["full name"] : two), "phone", "company"];
  const others = [...(written === "two columns in both" ? two : ["name"]), "phone", "company"];
  return inTwo({ entity: "contacts", columns, others }, made, draw);
}

/** How many groups of companies stand among 1,500 plain ones. */
interface Roofs {
  readonly groups: number;
  /** Of a hundred plain companies so many stand twice. */
  readonly twice: number;
}

const accountColumns = list("name street zip city phone email");

/** A name with a letter lost, or without its last word. */
const misspelt = (name: string, draw: Draw): string =>
  draw.below(2) === 0 ? name.slice(0, 3) + name.slice(4) : name.split(" ").slice(0, -1).join(" ");

interface Firm extends Made {
  /** What its sisters are; null for a plain company. */
  readonly group: string | null;
}

/** Companies of their own: `Firm`s without a group. */
function plainFirms(draw: Draw, count: number): readonly Firm[] {
  return Array.from({ length: count }, (_, at) => {
    const base = word(draw);
    const name = `${base} ${draw.of(trades)} ${draw.of(forms)}`;
    const cells = [name, ...address(draw), phone(draw), `info@${base.toLowerCase()}${at}.com`];
    return { who: `plain ${at}`, cells, group: null };
  });
}

/** Sisters that share address and phone, or only the name. */
function sisters(draw: Draw, groups: number): readonly Firm[] {
  const made: Firm[] = [];
  const add = (group: string, cells: readonly string[]): void => {
    made.push({ who: `${group} ${made.length}`, group, cells });
  };
  for (let each = 0; each < groups; each++) {
    const [base, place, number] = [word(draw), address(draw), phone(draw)];
    for (const part of ["Holdings", "Trading", "Properties"])
      add(`holding ${each}`, [`${base} ${part} Ltd`, ...place, number, `info@${base.toLowerCase()}.com`]);
    const [other, there, call] = [word(draw), address(draw), phone(draw)];
    for (const form of ["GmbH", "AG", "GmbH & Co. KG"])
      add(`form ${each}`, [`${other} Metals ${form}`, ...there, call, ""]);
    const bank = `${word(draw)} Bank AG`;
    for (let branch = 0; branch < 3; branch++)
      add(`branch ${each}`, [bank, ...address(draw), phone(draw), ""]);
  }
  return made;
}

/** Tenants of one house, each with a phone of its own. */
function tenants(draw: Draw, count: number): readonly Firm[] {
  const place = address(draw);
  return Array.from({ length: count }, (_, at) => {
    const name = `${word(draw)} ${draw.of(trades)} ${draw.of(forms)}`;
    return { who: `tenant ${at}`, group: null, cells: [name, ...place, phone(draw), ""] };
  });
}

/** One file of accounts, some of them twice. */
function roofs(draw: Draw, { groups, twice }: Roofs): MatchSet {
  const plain = plainFirms(draw, 1_500);
  const again = plain.flatMap(({ who, cells }): readonly Made[] => {
    if (draw.below(100) >= twice) return [];
    const [name = "", street = "", zip = "", city = "", number = "", mail = ""] = cells;
    const place = draw.below(10) < 7 ? [street, zip, city] : address(draw);
    const call = draw.below(10) < 7 ? number : phone(draw);
    return [{ who, cells: [misspelt(name, draw), ...place, call, draw.below(2) === 0 ? mail : ""] }];
  });
  const made = [...plain, ...again, ...sisters(draw, groups), ...tenants(draw, 40)];
  return inOne({ entity: "accounts", columns: accountColumns }, made, draw);
}

/** Two files of accounts: the plain ones in both, of sisters one here and another there. */
function sistersAcross(draw: Draw, { groups, twice }: Roofs): MatchSet {
  const made: [Made[], Made[]] = [[], []];
  for (const firm of [...plainFirms(draw, 1_500), ...tenants(draw, 40)]) {
    made[0].push(firm);
    if (draw.below(100) >= twice) continue;
    const [name = "", street = "", zip = "", city = "", number = "", mail = ""] = firm.cells;
    const renamed = draw.below(10) < 3 ? name.slice(0, 2) + name.slice(3) : name;
    const call = draw.below(10) < 3 ? "" : number;
    const cells = [renamed, draw.below(5) === 0 ? "" : street, zip, city, call, mail];
    made[1].push({ who: firm.who, cells });
  }
  for (const group of Map.groupBy(sisters(draw, groups), (firm) => firm.group).values()) {
    const [here, there] = group;
    if (here !== undefined) made[0].push(here);
    if (there !== undefined) made[1].push(there);
  }
  return inTwo({ entity: "accounts", columns: accountColumns, others: accountColumns }, made, draw);
}

/** Firms of one name whose legal forms differ, with nothing but a town. */
function namesOnly(draw: Draw): MatchSet {
  const made: [Made[], Made[]] = [[], []];
  for (let each = 0; each < 300; each++) {
    const base = `${word(draw)}${each} ${draw.of(trades)}`;
    const [town] = towns[draw.below(towns.length)] ?? [""];
    const [here, there] = [`${base} GmbH`, `${base} ${draw.of(["AG", "GmbH & Co. KG"])}`];
    made[0].push({ who: here, cells: [here, town] });
    made[1].push({ who: each % 3 === 0 ? there : here, cells: [each % 3 === 0 ? there : here, town] });
  }
  const columns = ["name", "city"];
  return inTwo({ entity: "accounts", columns, others: columns }, made, draw);
}

const seeds = [31, 67, 4_099] as const;

/** The sets, three seeds each, always the same. */
export function crowdGroups(): readonly SetGroup[] {
  const group = (name: string, make: (draw: Draw) => MatchSet): SetGroup => ({
    name: `crowds: ${name}`,
    sets: seeds.map((seed) => make(new Draw(seed))),
  });
  const plain: Office = {
    ...{ mailboxes: "own", names: "two columns", most: 3, twice: 8, isEmployerNamed: true },
  };
  return [
    group("colleagues, own mailboxes", (draw) => office(draw, plain)),
    group("colleagues, one in three twice", (draw) => office(draw, { ...plain, twice: 30 })),
    group("colleagues, name in one column", (draw) => office(draw, { ...plain, names: "one column" })),
    group("colleagues, some mailboxes", (draw) => office(draw, { ...plain, mailboxes: "some" })),
    group("colleagues, no mailboxes", (draw) => office(draw, { ...plain, mailboxes: "none" })),
    group("colleagues, up to 20 a company", (draw) => office(draw, { ...plain, most: 20 })),
    group("colleagues, employer not named", (draw) => office(draw, { ...plain, isEmployerNamed: false })),
    group("colleagues, a switchboard and a name", (draw) =>
      office(draw, { ...plain, mailboxes: "none", names: "one column", isEmployerNamed: false }),
    ),
    group("colleagues in two files, last name first", (draw) => colleagues(draw, "last, first")),
    group("colleagues in two files, name in two and one column", (draw) => colleagues(draw, "two columns")),
    group("colleagues in two files, two columns", (draw) => colleagues(draw, "two columns in both")),
    group("sisters under one roof, 60 of each", (draw) => roofs(draw, { groups: 60, twice: 15 })),
    group("sisters under one roof, 10 of each", (draw) => roofs(draw, { groups: 10, twice: 15 })),
    group("sisters under one roof, 250 of each", (draw) => roofs(draw, { groups: 250, twice: 15 })),
    group("sisters in two files, 60 of each", (draw) => sistersAcross(draw, { groups: 60, twice: 100 })),
    group("sisters in two files, 250 of each", (draw) => sistersAcross(draw, { groups: 250, twice: 100 })),
    group("sisters in two files, few shared", (draw) => sistersAcross(draw, { groups: 60, twice: 20 })),
    group("one name, other legal forms, a town", namesOnly),
  ];
}
