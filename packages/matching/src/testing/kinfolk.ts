import type { Table } from "../kinds.ts";

/** How two records of one set stand to each other that are two people. */
type Kinship = (typeof kinships)[number];

/** Every kind of kinship. */
export const kinships = ["colleagues", "siblings", "father and son", "twins"] as const;

/** How the set is written. */
export interface KinfolkAsked {
  readonly kinship: Kinship;
  readonly seed: number;
  /** Both names in one column. */
  readonly isWhole: boolean;
  /** A column of the employer, which all of one house share; else a street. */
  readonly isFirm: boolean;
}

/** Records with who each of them is. */
export interface Kinfolk {
  readonly table: Table;
  /** The person of each row. */
  readonly people: readonly number[];
}

/** Given names no two of which are near. */
const givens = (
  "Jane John Edith Boris Clara Dennis Fritz Ingrid Hubert Gwen Oscar Priya Quentin Rosalind Sven Tamara " +
  "Ulrich Wendy Xavier Yolanda"
).split(" ");
const families = (
  "Johnson Baxter Cooper Dyer Fisher Glover Hunter Iverson Joiner Keeler Lorimer Mercer Norwood Oakley " +
  "Pritchard Quimby Rutherford Saddler Thatcher Underhill"
).split(" ");

/** A number below `count` from a seed, one after the other (Park and Miller 1988). */
function drawer(seed: number): (count: number) => number {
  let state = (seed % 2_147_483_646) + 1;
  return (count) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
}

interface Person {
  readonly given: string;
  readonly family: string;
  readonly mail: string;
  readonly phone: string;
  readonly house: string;
  readonly born: string;
}

const day = (year: number, at: number): string =>
  `${year}-${String(1 + (at % 9)).padStart(2, "0")}-${String(11 + (at % 17)).padStart(2, "0")}`;

/** The same person as somebody else types it: an initial, a slip, no birthday. */
function typedAgain(person: Person, how: number): Person {
  const { given, phone } = person;
  const spelled =
    [`${given.charAt(0)}.`, `${given.slice(0, -1)}${given.slice(-1)}h`, given][how % 3] ?? given;
  return {
    ...person,
    given: spelled,
    phone: phone.replace("+44 ", "0"),
    born: how % 2 === 0 ? person.born : "",
  };
}

/** The other of a pair who share mailbox, phone and house. */
function kinOf(person: Person, kinship: Kinship, draw: (count: number) => number): Person {
  const at = givens.indexOf(person.given);
  const given = givens[(at + 1 + draw(givens.length - 1)) % givens.length] ?? "";
  if (kinship === "father and son") return { ...person, born: day(2000 + draw(9), draw(90)) };
  if (kinship === "twins") return { ...person, given };
  return { ...person, given, born: kinship === "siblings" ? day(1980 + draw(9), draw(90)) : "" };
}

/**
 * Sixty people, of whom a third stand there twice, and forty pairs of kin who share mailbox, phone and house
 * or employer. Pure; same seed, same set.
 */
export function kinfolk({ kinship, seed, isWhole, isFirm }: KinfolkAsked): Kinfolk {
  const draw = drawer(seed);
  const told: { readonly person: Person; readonly who: number }[] = [];
  for (let who = 0; who < 100; who++) {
    const [given, family] = [givens[draw(20)] ?? "", families[(who * 7 + draw(3)) % 20] ?? ""];
    const house = isFirm ? `${family} & ${families[draw(20)] ?? ""} ${who} Ltd` : `${3 + who} Mill Lane`;
    const isKin = who >= 60;
    const mail = isKin
      ? `${given.charAt(0)}.${family}@house${who}.com`
      : `${given}.${family}@house${who}.com`;
    const person: Person = {
      ...{ given, family, mail: mail.toLowerCase(), house },
      phone: `+44 20 7${100 + who} ${1000 + draw(9000)}`,
      born: kinship === "colleagues" ? "" : day(1950 + draw(20), draw(90)),
    };
    told.push({ person, who });
    if (isKin) told.push({ person: kinOf(person, kinship, draw), who: 1000 + who });
    else if (who % 3 === 0) told.push({ person: typedAgain(person, who / 3), who });
  }
  const names = isWhole ? ["name"] : ["first name", "last name"];
  const columns = [...names, "email", "phone", isFirm ? "company" : "street", "date of birth"];
  const rows = told.map(({ person: { given, family, mail, phone, house, born } }) => [
    ...(isWhole ? [`${given} ${family}`] : [given, family]),
    ...[mail, phone, house, born],
  ]);
  return { table: { columns, rows }, people: told.map(({ who }) => who) };
}
