import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRows, encodeParameters } from "./codec.ts";

/** Reads one text as a column of the type. */
function decode(oid: number, text: string | null): unknown {
  const [row] = decodeRows<{ value: unknown }>([{ name: "value", oid }], [[text]]);
  return row?.value;
}

const oids = { text: 25, textArray: 1009, timestamptz: 1184, int8: 20, jsonb: 3802, unknown: 99_999 };

describe("parameters", () => {
  it("absent and null are NULL, zero and empty are not", () => {
    expect(encodeParameters([undefined, null, 0, "", false])).toEqual([null, null, "0", "", "false"]);
  });

  it("a list is an array, a map is JSON, a list inside a list is JSON", () => {
    expect(encodeParameters([["a", null], [], { a: [1] }, [[1, 2]]])).toEqual([
      '{"a",NULL}',
      "{}",
      '{"a":[1]}',
      '{"[1,2]"}',
    ]);
  });

  it("every list of texts and nulls comes back from PostgreSQL's own form as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: "grapheme" }))), (texts) => {
        const [encoded] = encodeParameters([texts]);
        expect(decode(oids.textArray, encoded ?? null)).toEqual(texts);
      }),
    );
  });
});

describe("columns", () => {
  it.each([
    ["2026-01-31 08:00:00+00", "2026-01-31T08:00:00Z"],
    ["2026-01-31 08:00:00.5+00", "2026-01-31T08:00:00.5Z"],
    ["2026-01-01 00:30:00.123456+05:30", "2025-12-31T19:00:00.123456Z"],
    ["2026-12-31 23:00:00-02", "2027-01-01T01:00:00Z"],
    ["0044-03-15 00:00:00+00 BC", "0044-03-15 00:00:00+00 BC"],
    ["-infinity", "-infinity"],
  ])("the instant %s is %s", (text, instant) => {
    expect(decode(oids.timestamptz, text)).toBe(instant);
  });

  it("null is null, whatever the type", () => {
    for (const oid of Object.values(oids)) expect(decode(oid, null)).toBeNull();
  });

  it("bigint and types nobody knows stay text", () => {
    expect(decode(oids.int8, "9223372036854775807")).toBe("9223372036854775807");
    expect(decode(oids.unknown, "(1,2)")).toBe("(1,2)");
  });

  it("of two columns with one name the last wins", () => {
    const columns = [
      { name: "id", oid: oids.text },
      { name: "id", oid: oids.jsonb },
    ];
    expect(decodeRows(columns, [["a", "1"]])).toEqual([{ id: 1 }]);
  });
});
