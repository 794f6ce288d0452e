import type { Random } from "../random.ts";

/** A made-up company, before either system stores it in its own form. */
export interface Company {
  readonly name: string;
  /** Legal form at the end of the name, such as `GmbH`. */
  readonly form: string;
  readonly domain: string;
  readonly taxId: string;
  readonly phone: string;
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  /** ISO alpha-2 and alpha-3. */
  readonly country: readonly [string, string];
  readonly currency: string;
  /** Index into the industries of both systems. */
  readonly industry: number;
  /** Index into the payment terms of both systems. */
  readonly terms: number;
}

/** A made-up person. */
export interface Person {
  readonly given: string;
  readonly family: string;
  readonly title: string;
}

const FIRST = [
  "Amber",
  "Bramble",
  "Copperkettle",
  "Dandelion",
  "Ember",
  "Fiddlestick",
  "Gingham",
  "Hazelnut",
  "Inkwell",
  "Juniper",
  "Kettledrum",
  "Lanternfish",
  "Marmalade",
  "Nettle",
  "Otterby",
  "Pumpernickel",
  "Quibble",
  "Rumpelfeld",
  "Snowgoose",
  "Thimble",
  "Umbrella",
  "Velveteen",
  "Wobblestone",
  "Yarrow",
  "Zeppelin",
];
const SECOND = [
  "Anvils",
  "Bakeries",
  "Clockworks",
  "Dyeworks",
  "Elevators",
  "Foundry",
  "Gearboxes",
  "Hinges",
  "Instruments",
  "Joinery",
  "Kilns",
  "Looms",
  "Mills",
  "Nurseries",
  "Optics",
  "Pumps",
  "Quarries",
  "Ropes",
  "Springs",
  "Tiles",
  "Umbrellas",
  "Valves",
  "Wagons",
  "Yarns",
  "Zippers",
];
const PLACES: readonly (readonly [string, string, string, string, string, string])[] = [
  ["DE", "DEU", "GmbH", "Musterstadt", "99001", "EUR"],
  ["DE", "DEU", "AG", "Nirgendheim", "99077", "EUR"],
  ["AT", "AUT", "GmbH", "Beispielberg", "9901", "EUR"],
  ["FR", "FRA", "SARL", "Villefictive", "99100", "EUR"],
  ["NL", "NLD", "BV", "Verzinsel", "9990 AB", "EUR"],
  ["GB", "GBR", "Ltd", "Neverby", "ZZ9 9ZZ", "GBP"],
  ["US", "USA", "Inc", "Faketon", "99950", "USD"],
  ["CH", "CHE", "AG", "Luftschloss", "9999", "CHF"],
];
const STREETS = ["Made-up Lane", "Paper Street", "Storybook Road", "Invention Way", "Cardboard Square"];
const GIVEN = [
  "Alma",
  "Benno",
  "Clio",
  "Dario",
  "Edda",
  "Falk",
  "Greta",
  "Hugo",
  "Ilse",
  "Jonas",
  "Käthe",
  "Ludo",
  "Mina",
];
const FAMILY = [
  "Abendrot",
  "Birdwhistle",
  "Crumb",
  "Dormouse",
  "Eiderdown",
  "Fennimore",
  "Gooseberry",
  "Hollowell",
  "Ünlü",
  "Jambon",
];
const TITLES = ["Head of Purchasing", "Buyer", "Managing Director", "Plant Manager", "Accountant"];

/** Beginnings of British numbers that Ofcom keeps for drama, a thousand each: nobody has them. */
const DIALS = ["20 7946", "113 496", "114 496", "121 496", "131 496", "141 496", "151 496", "161 496"];

function phoneOf(n: number): string {
  const dial = DIALS[Math.floor(n / 1000) % DIALS.length] ?? "";
  return `+44 ${dial} 0${String(n % 1000).padStart(3, "0")}`;
}

/** The nth company of a seed; names are unique over all n. */
export function makeCompany(random: Random, n: number): Company {
  const first = FIRST[n % FIRST.length] ?? "";
  const second = SECOND[Math.floor(n / FIRST.length + n) % SECOND.length] ?? "";
  const round = Math.floor(n / (FIRST.length * SECOND.length));
  const place = random.pick(PLACES);
  const [alpha2, alpha3, form, city, postalCode, currency] = place;
  const name = round === 0 ? `${first} ${second}` : `${first} ${second} ${round + 1}`;
  return {
    name,
    form,
    domain: `${name.toLowerCase().replaceAll(" ", "-")}.example`,
    taxId: `${alpha2}${String(900_000_000 + n * 37)}`,
    phone: phoneOf(n),
    street: `${random.pick(STREETS)} ${random.between(1, 199)}`,
    city,
    postalCode,
    currency,
    country: [alpha2, alpha3],
    industry: random.between(0, 6),
    terms: random.between(1, 3),
  };
}

/** Somebody who works there. */
export function makePerson(random: Random): Person {
  return { given: random.pick(GIVEN), family: random.pick(FAMILY), title: random.pick(TITLES) };
}

/** An e-mail address of a person at a company, plain ASCII. */
export function emailOf(person: Person, company: Company, n: number): string {
  const plain = `${person.given}.${person.family}`
    .normalize("NFD")
    .replace(/[^a-zA-Z.]/g, "")
    .toLowerCase();
  return `${plain}${n}@${company.domain}`;
}
