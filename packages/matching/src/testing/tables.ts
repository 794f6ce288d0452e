import type { Table } from "../kinds.ts";

/** A table of fixed columns from texts parted by bars, a row each. */
export function tableOf(columns: string, rows: readonly string[]): Table {
  const cells = (line: string): readonly string[] => line.split("|");
  return { columns: cells(columns), rows: rows.map(cells) };
}

const first =
  "Acorn Birch Cedar Delta Ember Falcon Granite Harbor Indigo Juniper Kestrel Lagoon Maple Nimbus".split(" ");
const second = "Analytics Bakery Chemicals Dynamics Engines Foods Gaskets Hydraulics Ironworks Joinery".split(
  " ",
);
const streets = "Mill Lane,High Street,Station Road,Church Road,Park Avenue,Queen Street,King Street".split(
  ",",
);
const cities = "Leeds,York,Bath,Exeter,Dover,Derby,Luton,Truro".split(",");

/** Companies that differ from one another, made from numbers: name, street, city, phone. */
export function companies(count: number): Table {
  const rows = Array.from({ length: count }, (_, at) => {
    const name = `${first[at % first.length]} ${second[Math.floor(at / first.length) % second.length]}`;
    const street = `${(at * 7) % 211} ${streets[at % streets.length]}`;
    return `${name} Ltd|${street}|${cities[(at * 5) % cities.length]}|+44 20 ${7_000_000 + at * 1_373}`;
  });
  return tableOf("name|street|city|phone", rows);
}
