import { expect, it } from "vitest";
import { faultOfServer } from "./server.ts";

it.each([
  ["140022", "14.22", "UTF8", "PostgreSQL 15 or later is needed, the server is 14.22"],
  ["", "unknown", "UTF8", "PostgreSQL 15 or later is needed, the server is unknown"],
  [
    "150000",
    "15.0",
    "LATIN1",
    "a database with encoding UTF8 is needed, this one has LATIN1; create another",
  ],
  ["150000", "15.0", "UTF8", null],
  ["180004", "18.4", "UTF8", null],
])("a server of number %j, version %s, encoding %s: %s", (number, version, encoding, fault) => {
  expect(faultOfServer({ number, version, encoding })).toBe(fault);
});
