import { expect, it } from "vitest";
import { matchTables } from "../match.ts";
import type { MatchedPair } from "../match.ts";
import type { MatchedEntity } from "../kinds.ts";
import { tableOf } from "../testing/tables.ts";
import { isSpelledAfter } from "./mailboxes.ts";

const givens = "Ann Boris Clara Dennis Edith Fritz Greta Hubert Ingrid Julian".split(" ");
const families = "Archer Baxter Cooper Dyer Fisher Glover Hunter Iver Joiner Keeler Lorimer".split(" ");

interface Asked {
  readonly entity: MatchedEntity;
  readonly columns: string;
  readonly rows: readonly string[];
  /** The other table; left out: duplicates within the one. */
  readonly others?: readonly string[];
  readonly otherColumns?: string;
}

function pairsOf({ entity, columns, rows, others, otherColumns }: Asked): readonly MatchedPair[] {
  const right = others === undefined ? null : tableOf(otherColumns ?? columns, others);
  return matchTables({ entity, left: tableOf(columns, rows), right, fields: null }).pairs;
}

const between = (pairs: readonly MatchedPair[], left: number, right: number): MatchedPair | undefined =>
  pairs.find((pair) => pair.left === left && pair.right === right);

/** Forty people, each at a company of their own. */
const people = Array.from({ length: 40 }, (_, at) => {
  const [given, family] = [givens[at % 10] ?? "", families[at % 11] ?? ""];
  const mail = `${given}.${family}@firm${at}.com`.toLowerCase();
  return `${given}|${family}|${mail}|+44 20 7${at}11 2${at}33|Firm${at} Foods`;
});
const personColumns = "first name|last name|email|phone|company";
const contacts = { entity: "contacts", columns: personColumns } as const;

it("colleagues who share the switchboard and the employer are not one person", () => {
  const shared = "+44 20 8999 1234|Orchid Dentistry";
  const pairs = pairsOf({
    ...contacts,
    rows: [
      ...people,
      `James|Garcia|james.garcia@orchid.com|${shared}`,
      `Maria|Schmidt|maria.schmidt@orchid.com|${shared}`,
    ],
  });
  expect(between(pairs, 40, 41)?.band).not.toBe("link");
});

it("of one given name, with two mailboxes of one house, two people are a question that says why", () => {
  const shared = "+44 20 8999 1234|Orchid Dentistry";
  const pairs = pairsOf({
    ...contacts,
    rows: [
      ...people,
      `Ilse|Fennimore|ilse.fennimore170@orchid.com|${shared}`,
      `Ilse|Gooseberry|ilse.gooseberry171@orchid.com|${shared}`,
    ],
  });
  expect(between(pairs, 40, 41)?.band).not.toBe("link");
  expect(between(pairs, 40, 41)?.against).toEqual(["two mailboxes of one house"]);
});

it("one person with an initial and a shorter mailbox is still one", () => {
  const shared = "+44 20 8999 1234|Orchid Dentistry";
  const rows = [
    ...people,
    `James|Garcia|james.garcia@orchid.com|${shared}`,
    `J.|Garcia|jgarcia@orchid.com|${shared}`,
  ];
  expect(between(pairsOf({ ...contacts, rows }), 40, 41)?.band).toBe("link");
});

it("an initial that fits two colleagues is a question with both", () => {
  const shared = "+44 20 8999 1234|Orchid Dentistry";
  const rows = [
    ...people,
    `James|Garcia|james.garcia@orchid.com|${shared}`,
    `Jennifer|Garcia|jennifer.garcia@orchid.com|${shared}`,
    `J.|Garcia||${shared}`,
  ];
  const pairs = pairsOf({ ...contacts, rows });
  expect([between(pairs, 40, 42)?.band, between(pairs, 41, 42)?.band]).not.toContain("link");
});

it.each([
  ["D.|Thompson|", "M.|Thompson|"],
  ["Hans|Smith|hans.smith@orchid.com", "John|Smith|john.smith@orchid.com"],
])("%j and %j of one house are a question", (one, other) => {
  const shared = "+44 20 8999 1234|Orchid Dentistry";
  const rows = [...people, `${one}|${shared}`, `${other}|${shared}`];
  expect(between(pairsOf({ ...contacts, rows }), 40, 41)?.band).not.toBe("link");
});

it("one name at two employers, with other mailbox and phone, is a question", () => {
  const rows = [
    ...people,
    "James|Garcia|james.garcia@orchid.com|+44 20 8999 1234|Orchid Dentistry",
    "James|Garcia|james.garcia@zenith.com|+44 161 555 8080|Zenith Plumbing",
  ];
  expect(between(pairsOf({ ...contacts, rows }), 40, 41)?.band).not.toBe("link");
});

it("first and last name in two columns meet the whole name in one, and a colleague is none", () => {
  const cut = (person: string): readonly string[] => person.split("|");
  const theirs = people.map((person, at) => {
    const [given = "", family = "", , phone = "", company = ""] = cut(person);
    return at % 2 === 0 ? `${family}, ${given}|${phone}|${company}` : `Olga Zimmer|${phone}|${company}`;
  });
  const mine = people.map((person) =>
    cut(person)
      .filter((_, at) => at !== 2)
      .join("|"),
  );
  const pairs = pairsOf({
    ...{ entity: "contacts", columns: "first_name|last_name|phone|company", rows: mine },
    ...{ otherColumns: "name|phone|company", others: theirs },
  });
  const links = pairs.filter(({ band }) => band === "link").map(({ left, right }) => `${left}-${right}`);
  expect(links.toSorted()).toEqual(
    people.flatMap((_, at) => (at % 2 === 0 ? [`${at}-${at}`] : [])).toSorted(),
  );
});

const firms = Array.from({ length: 40 }, (_, at) => {
  const name = `${families[at % 11] ?? ""}${at} ${["Foods", "Steel", "Paints", "Tools"][at % 4] ?? ""}`;
  return `${name} GmbH|${at + 3} Mill Lane|Leeds|+44 20 7${at}11 2${at}33`;
});
const accounts = { entity: "accounts", columns: "name|street|city|phone" } as const;
const roof = "500 Tower Place|Leeds|+44 20 8999 1234";

it.each([
  ["Müller Metals GmbH", "Müller Metals AG", ["the legal forms differ"]],
  ["Müller Metals GmbH", "Müller Metals GmbH & Co. KG", ["the legal forms differ"]],
  ["Orchid Holdings Ltd", "Orchid Trading Ltd", ["a word of one name stands in the place of another"]],
])("%j and %j under one roof are a question", (one, other, against) => {
  const pairs = pairsOf({ ...accounts, rows: [...firms, `${one}|${roof}`, `${other}|${roof}`] });
  expect(between(pairs, 40, 41)?.band).toBe("review");
  expect(between(pairs, 40, 41)?.against).toEqual(against);
});

it.each([
  ["Acme Holdings Ltd", "Acme Trading Ltd", "review"],
  ["Acme Berlin GmbH", "Acme Hamburg GmbH", "review"],
  ["Acme Trading Ltd", "Acme Tradng Limited", "link"],
  ["Acme Trading Ltd", "Acme Ltd", "link"],
])("%j and %j in two files, with one mailbox and phone: %s", (one, other, band) => {
  const rows = firms.map((firm, at) => `${firm}|office@firm${at}.com`);
  const own = (name: string): string => `${name}|${roof}|office@acme.com`;
  const pairs = pairsOf({
    ...{ ...accounts, columns: "name|street|city|phone|email" },
    ...{ rows: [...rows, own(one)], others: [...rows, own(other)] },
  });
  expect(between(pairs, 40, 40)?.band).toBe(band);
  expect(pairs.filter((pair) => pair.band === "link").length).toBeGreaterThanOrEqual(40);
});

const moreWords = "one name has a word more, and nothing else is one";

it.each([
  ["Acme Holdings", "Acme"],
  ["Acme Bau GmbH", "Acme Bau Service GmbH"],
  ["Acme GmbH", "Acme Deutschland GmbH"],
])("%j and %j of one town, each in a file, are a question that says why", (one, other) => {
  const names = firms.map((firm) => `${firm.split("|")[0] ?? ""}|Leeds|9 Mill Lane|+44 20 555 0000`);
  const pairs = pairsOf({
    ...{ entity: "accounts", columns: "name|city|street|phone" },
    rows: [...names, `${one}|Leeds|1 Tower Place|+44 20 8999 1234`],
    others: [...names, `${other}|Leeds||`],
  });
  expect(between(pairs, 40, 40)).toMatchObject({ band: "review", against: [moreWords] });
  expect(pairs.filter(({ band }) => band === "link")).toHaveLength(40);
});

it.each([
  ["street", "1 Tower Place||||"],
  ["street told with a word more", "1 Tower Place West||||"],
  ["phone", "|+44 20 8999 1234|||"],
  ["web domain", "||acme.com||"],
  ["tax id", "||||77665544"],
])("a word more in the name is no question where the %s is one", (_, told) => {
  const own = firms.map(
    (firm, at) => `${firm.split("|")[0] ?? ""}|${at} Mill Lane|+44 20 7${100 + at} 2${at}3|`,
  );
  const rows = own.map((row, at) => `${row}firm${at}.com|Leeds|${10_000_000 + at * 733}`);
  const [street, phone, web, , tax] = told.split("|");
  const pairs = pairsOf({
    ...{ entity: "accounts", columns: "name|street|phone|website|city|vat" },
    rows: [...rows, "Acme Bau|1 Tower Place|+44 20 8999 1234|acme.com|Leeds|77665544"],
    others: [...rows, `Acme Bau Service|${street}|${phone}|${web}|Leeds|${tax}`],
  });
  expect(between(pairs, 40, 40)?.against ?? []).not.toContain(moreWords);
  expect(between(pairs, 40, 40)?.band).toBe("link");
});

it.each([
  ["Müller Metals GmbH", "Mueller Metals Gesellschaft mit beschränkter Haftung"],
  ["Müller Metals Ltd", "Müller Metals Limited"],
  ["Müller Metals GmbH", "Müller Metals"],
  ["Romashka OOO", "Romashka LLC"],
  ["Shenzhen Metals Co., Ltd.", "Shenzhen Metals Ltd"],
])("%j and %j under one roof are one", (one, other) => {
  const pairs = pairsOf({ ...accounts, rows: [...firms, `${one}|${roof}`, `${other}|${roof}`] });
  expect(between(pairs, 40, 41)?.band).toBe("link");
});

it("one tax id outweighs another legal form", () => {
  const rows = firms.map((firm, at) => `${firm}|${10_000_000 + at * 733}`);
  const pairs = pairsOf({
    ...{ entity: "accounts", columns: "name|street|city|phone|vat" },
    rows: [...rows, `Müller Metals GmbH|${roof}|77665544`, `Müller Metals AG|${roof}|77665544`],
  });
  expect(between(pairs, 40, 41)?.band).toBe("link");
});

it("across two tables legal forms make a question too", () => {
  const pairs = pairsOf({
    ...{ ...accounts, columns: "name|city" },
    rows: [...firms.map((firm) => `${firm.split("|")[0] ?? ""}|Leeds`), "Müller GmbH|Leeds"],
    others: [...firms.map((firm) => `${firm.split("|")[0] ?? ""}|Leeds`), "Müller AG|Leeds"],
  });
  expect(between(pairs, 40, 40)?.band).toBe("review");
  expect(pairs.filter(({ band }) => band === "link")).toHaveLength(40);
});

it.each([
  ["j.garcia", ["james", "garcia"], true],
  ["garciaj", ["james", "garcia"], true],
  ["jgarcia", ["j", "garcia"], true],
  ["james.garcia", ["j", "garcia"], true],
  ["hans.smith", ["john", "smith"], false],
  ["maria.schmidt", ["james", "garcia"], false],
  ["info7", ["james", "garcia"], false],
  ["james.garcia2", ["james", "garcia"], false],
])("the mailbox %j after the name %j: %j", (local, words, isIt) => {
  expect(isSpelledAfter(local, words)).toBe(isIt);
});

it("two companies with nothing but their town in common are no question, tenants of one house are", () => {
  const goods = "Anvils|Bakeries|Clocks|Dyes|Kilns|Looms|Mills|Nurseries|Umbrellas|Valves|Wagons|Yarns".split(
    "|",
  );
  const owners = "Amber Bramble Copper Dandelion Kettle Lantern Marmalade Nettle Hazel Velvet Wobble Yarrow";
  const towns = ["Leeds|LS1 4AP", "York|YO1 7HH", "Bath|BA1 1LT", "Ely|CB7 4DL"];
  const told = (name: string, at: number, where: string): string => {
    const host = name.toLowerCase().replaceAll(" ", "-");
    return `${name}|GB90000${1000 + at * 37}|office@${host}.com|https://${host}.com|${where}`;
  };
  const plain = owners.split(" ").map((owner, at) => {
    const where = `+44 20 7946 0${100 + at}|${at * 9 + 3} ${owner} Road|${towns[at % 4]}|GB`;
    return told(`${owner} ${goods[at]}`, at, where);
  });
  const tenants = "Conflict Parked Flight Denied Outside Cents Closed Unknown"
    .split(" ")
    .map((name, at) => told(name, 50 + at, "+44 20 8999 1234|1 Mill Lane|Hull|HU1 1AA|GB"));
  const columns = "name|vat|email|website|phone|street|city|postcode|country";
  const pairs = pairsOf({ entity: "accounts", columns, rows: [...plain, ...tenants] });
  expect(pairs.filter(({ left }) => left < plain.length)).toEqual([]);
  expect(pairs.filter(({ band }) => band === "link")).toEqual([]);
});
