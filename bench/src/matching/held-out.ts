import type { MatchedEntity, Table } from "@crossfoot/matching";
import { Draw } from "./draw.ts";
import { pairKey } from "./sets.ts";
import type { MatchSet } from "./sets.ts";

/**
 * Sets made by a seed whose shapes none of the open sets has: other countries, other columns, other damage.
 * They guard against a configuration that was fitted to the open sets; no value of it was chosen on them.
 */

/** One country's way of naming and writing. */
interface Land {
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly forms: readonly string[];
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly street: (name: string, house: number) => string;
  readonly cities: readonly string[];
  readonly suffix: string;
  readonly phone: string;
}

const list = (text: string): readonly string[] => text.split(",");

const lands: readonly Land[] = [
  {
    first: list(
      "Boulangerie,Menuiserie,Transports,Ateliers,Établissements,Société,Garage,Pharmacie,Imprimerie",
    ),
    second: list("Moreau,Lefèvre,Girard,du Port,des Alpes,Bonnet,Fontaine,Chevalier,Roux,de la Gare,Mercier"),
    forms: list("SARL,S.A.R.L.,SAS,SA,EURL"),
    given: list("Amélie,Benoît,Céline,Damien,Élodie,Fabrice,Gaëlle,Hugo,Inès,Jérôme,Laëtitia,Mathieu"),
    family: list("Moreau,Lefèvre,Girard,Bonnet,Fontaine,Chevalier,Roux,Mercier,Blanchard,Gauthier,Perrin"),
    street: (name, house) => `${house} rue ${name}`,
    cities: list("Lyon,Nantes,Lille,Rennes,Dijon,Angers,Nîmes"),
    suffix: "fr",
    phone: "+33 4 ",
  },
  {
    first: list("Zakład,Hurtownia,Przedsiębiorstwo,Piekarnia,Fabryka,Biuro,Centrum,Spółdzielnia"),
    second: list(
      "Kowalski,Wiśniewska,Nowak,Wójcik,Lewandowski,Zieliński,Szymańska,Dąbrowski,Kaczmarek,Pawlak",
    ),
    forms: list("sp. z o.o.,Sp. z o. o.,S.A.,sp.j."),
    given: list("Agnieszka,Bartosz,Dorota,Ewa,Grzegorz,Jadwiga,Krzysztof,Łukasz,Małgorzata,Paweł,Zbigniew"),
    family: list(
      "Kowalski,Wiśniewska,Nowak,Wójcik,Lewandowski,Zieliński,Szymańska,Dąbrowski,Kaczmarek,Pawlak",
    ),
    street: (name, house) => `ul. ${name} ${house}`,
    cities: list("Poznań,Gdańsk,Wrocław,Łódź,Kraków,Lublin"),
    suffix: "pl",
    phone: "+48 61 ",
  },
  {
    first: list("Panadería,Talleres,Construcciones,Distribuciones,Bodegas,Muebles,Suministros,Ferretería"),
    second: list("García,Hernández,Muñoz,Ibáñez,del Norte,Castillo,Ortega,Peña,Navarro,Vázquez,Serrano"),
    forms: list("S.L.,SL,S.A.,SLU"),
    given: list("Álvaro,Begoña,Carmen,Diego,Elena,Fermín,Gonzalo,Inmaculada,Joaquín,Lucía,Mónica,Rubén"),
    family: list("García,Hernández,Muñoz,Ibáñez,Castillo,Ortega,Peña,Navarro,Vázquez,Serrano,Domínguez"),
    street: (name, house) => `Calle ${name}, ${house}`,
    cities: list("Valencia,Sevilla,Bilbao,Málaga,Murcia,Vigo"),
    suffix: "es",
    phone: "+34 91 ",
  },
];

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .replaceAll("ł", "l")
    .replaceAll("Ł", "L");

/** What is written of one account or person, before it is damaged. */
type Made = readonly string[];

function company(draw: Draw, numbers = 400): Made {
  const land = lands[draw.below(lands.length)] ?? lands[0];
  if (land === undefined) return [];
  const place = draw.below(2) === 0 ? ` ${draw.of(land.cities)}` : "";
  const name = `${draw.of(land.first)} ${draw.of(land.second)}${place}`;
  const domain = `${plain(name)
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, draw.below(2) === 0 ? "-" : "")}${draw.below(numbers)}.${land.suffix}`;
  return [
    `${name} ${draw.of(land.forms)}`,
    land.street(draw.of(land.second), 1 + draw.below(180)),
    String(10_000 + draw.below(80_000)),
    draw.of(land.cities),
    `${land.phone}${1_000_000 + draw.below(8_999_999)}`,
    draw.below(3) === 0 ? `info@${domain}` : `${draw.of(["contact", "vente", "biuro", "compras"])}@${domain}`,
    `www.${domain}`,
  ];
}

function person(draw: Draw): Made {
  const land = lands[draw.below(lands.length)] ?? lands[0];
  if (land === undefined) return [];
  const [given, family] = [draw.of(land.given), `${draw.of(land.family)} ${draw.of(land.family)}`];
  return [
    `${given} ${family}`,
    `${plain(given).toLowerCase()}.${plain(family).toLowerCase().replace(" ", "")}${draw.below(90)}@${draw.of(["orange.fr", "wp.pl", "empresa.es", "firma.pl"])}`,
    `${land.phone}${1_000_000 + draw.below(8_999_999)}`,
    draw.of(land.cities),
  ];
}

/** A name as another system holds it. */
function renamed(name: string, draw: Draw): string {
  const words = name.split(" ");
  switch (draw.below(8)) {
    case 0:
      return plain(name).toUpperCase();
    case 1:
      return words.slice(0, -1).join(" ");
    case 2:
      return [...words.slice(1, 2), words[0] ?? "", ...words.slice(2)].join(" ");
    case 3:
      return `${(words[0] ?? "").slice(0, 4)}. ${words.slice(1).join(" ")}`;
    case 4:
      return plain(name);
    case 5: {
      const at = 2 + draw.below(Math.max(1, name.length - 4));
      return name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2);
    }
    default:
      return name;
  }
}

function rewritten(made: Made, draw: Draw): Made {
  return made.map((value, cell) => {
    if (cell === 0) return renamed(value, draw);
    const chance = draw.below(12);
    if (chance < 3) return chance === 0 ? "n/a" : "";
    if (chance === 3) return plain(value).toUpperCase();
    if (/^\+\d/.test(value)) return chance < 8 ? value.replace(/^\+\d\d /, "0").replaceAll(" ", "") : value;
    return chance === 4 && /^\d+$/.test(value) ? String(Number(value) + 1) : value;
  });
}

interface Shape {
  readonly name: string;
  readonly entity: MatchedEntity;
  readonly make: (draw: Draw) => Made;
  readonly columns: readonly string[];
  readonly others: readonly string[];
  readonly count: number;
  /** Of how many records of the first table one is in the second. */
  readonly oneIn: number;
}

function setOf(shape: Shape, seed: number): MatchSet {
  const draw = new Draw(seed);
  const left = Array.from({ length: shape.count }, () => shape.make(draw));
  const shared = left.map((made, at) => ({ made, at })).filter((_, at) => at % shape.oneIn === 0);
  const alone = Array.from({ length: shape.count - shared.length }, () => ({
    made: shape.make(draw),
    at: -1,
  }));
  const mixed = [...shared, ...alone].map((each) => ({ ...each, place: draw.below(1_000_000) }));
  const right = mixed.toSorted((one, other) => one.place - other.place);
  const truth = new Set(right.flatMap(({ at }, row) => (at < 0 ? [] : [pairKey(at, row)])));
  const rows = right.map(({ made, at }) => (at < 0 ? made : rewritten(made, draw)));
  const tableOf = (columns: readonly string[], rows: readonly Made[]): Table => ({ columns, rows });
  return {
    name: shape.name,
    entity: shape.entity,
    left: tableOf(shape.columns, left),
    right: tableOf(shape.others, rows),
    truth,
  };
}

const accounts = {
  entity: "accounts" as const,
  make: (draw: Draw): Made => company(draw),
  columns: list("Company,Street,Zip,City,Phone,Email,Website"),
  others: list("firma,adresse,plz,ort,telefon,mail,homepage"),
};
const people = {
  make: person,
  columns: list("Full Name,Email,Phone,City"),
  others: list("name,mail,tel,town"),
};

/** The sets, always the same. */
export function heldOutSets(): readonly MatchSet[] {
  const shapes: readonly Shape[] = [
    { ...accounts, name: "held out: companies of three lands", count: 2_000, oneIn: 1 },
    { ...accounts, name: "held out: companies, one in 2", count: 2_000, oneIn: 2 },
    { ...accounts, name: "held out: companies, one in 10", count: 2_000, oneIn: 10 },
    {
      ...{ ...accounts, name: "held out: names repeat, one in 10", count: 2_000, oneIn: 10 },
      make: (draw) => company(draw, 1),
    },
    { ...people, entity: "contacts", name: "held out: people", count: 2_000, oneIn: 1 },
    { ...people, entity: "contacts", name: "held out: people, one in 5", count: 2_000, oneIn: 5 },
    { ...people, entity: "users", name: "held out: users", count: 150, oneIn: 2 },
  ];
  return shapes.map((shape, at) => setOf(shape, 1_000 + at));
}
