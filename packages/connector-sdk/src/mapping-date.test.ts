import { describe, expect, it } from "vitest";
import { isTimeZone, readDate, readInstant, writeDate, writeInstant } from "./mapping-date.ts";

const plain = (
  form: string | null,
  zone: string | null = null,
): { form: string | null; zone: string | null } => ({
  form,
  zone,
});

describe("business dates", () => {
  it.each([
    [null, "2024-02-29"],
    ["YYYY-MM-DD", "2024-02-29"],
    ["YYYYMMDD", "20240229"],
    ["DD.MM.YYYY", "29.02.2024"],
    ["MM/DD/YYYY", "02/29/2024"],
    ["epoch", 1709164800],
    ["epochMs", 1709164800000],
  ])("are read and written as %s", (form, native) => {
    expect(readDate(plain(form), native)).toBe("2024-02-29");
    expect(writeDate(plain(form), "2024-02-29")).toBe(native);
  });

  it.each([
    [null, "2024-02-31"],
    [null, "2023-02-29"],
    [null, "2024-2-9"],
    [null, "2024-02-29T00:00:00Z"],
    [null, 20240229],
    [null, "0000-00-00"],
    ["YYYYMMDD", "20240231"],
    ["YYYYMMDD", 2024022],
    ["DD.MM.YYYY", "31.02.2024"],
    ["MM/DD/YYYY", "31/12/2024"],
    ["epoch", 1709164801],
    ["epoch", "soon"],
    ["epoch", 1e300],
    ["epochMs", 1709164800000.5],
    ["epoch", true],
  ])("as %s refuse %j", (form, native) => {
    expect(readDate(plain(form), native)).toBeUndefined();
  });

  it("given as instants are the day that clocks show in their zone", () => {
    expect(readDate(plain("epoch", "Europe/Berlin"), 1709161200)).toBe("2024-02-29");
    expect(writeDate(plain("epoch", "Europe/Berlin"), "2024-02-29")).toBe(1709161200);
    expect(readDate(plain("epoch", "America/New_York"), "1709182800")).toBe("2024-02-29");
    expect(writeDate(plain("epochMs", "Pacific/Auckland"), "2024-07-01")).toBe(1719748800000);
  });

  it("survive a midnight that clocks skip", () => {
    const skipping = plain("epoch", "America/Sao_Paulo");
    expect(readDate(skipping, writeDate(skipping, "2018-11-04") ?? null)).toBe("2018-11-04");
  });

  it("reach from year 1 to 9999", () => {
    expect(readDate(plain("epoch"), writeDate(plain("epoch"), "0001-01-01") ?? null)).toBe("0001-01-01");
    expect(readDate(plain("epoch"), writeDate(plain("epoch"), "9999-12-31") ?? null)).toBe("9999-12-31");
    expect(readDate(plain("epochMs"), 253402300800000)).toBeUndefined();
    expect(writeDate(plain(null), "2024-02-31")).toBeUndefined();
  });
});

describe("instants", () => {
  it.each([
    [null, "2024-02-29T10:20:30Z"],
    ["iso", "2024-02-29T10:20:30Z"],
    ["YYYY-MM-DD HH:mm:ss", "2024-02-29 10:20:30"],
    ["epoch", 1709202030],
    ["epochMs", 1709202030000],
  ])("are read and written as %s", (form, native) => {
    expect(readInstant(plain(form), native)).toBe("2024-02-29T10:20:30Z");
    expect(writeInstant(plain(form), "2024-02-29T10:20:30Z")).toBe(native);
  });

  it("keep their fraction where the form can say it", () => {
    expect(readInstant(plain(null), "2024-02-29T12:20:30.1230+02:00")).toBe("2024-02-29T10:20:30.123Z");
    expect(readInstant(plain("epochMs"), 1709202030120)).toBe("2024-02-29T10:20:30.12Z");
    expect(writeInstant(plain("epochMs"), "2024-02-29T10:20:30.1239Z")).toBe(1709202030123);
    expect(writeInstant(plain("epoch"), "2024-02-29T10:20:30.9Z")).toBe(1709202030);
    expect(writeInstant(plain(null), "2024-02-29T10:20:30.123456Z")).toBe("2024-02-29T10:20:30.123456Z");
    expect(writeInstant(plain("YYYY-MM-DD HH:mm:ss"), "2024-02-29T10:20:30.9Z")).toBe("2024-02-29 10:20:30");
  });

  it.each([
    [null, "2024-02-29T10:20:30"],
    [null, "2024-02-31T10:20:30Z"],
    [null, "2024-02-29T24:00:00Z"],
    [null, "2024-02-29T10:20:30+25:00"],
    [null, "2024-02-29"],
    [null, 1709202030],
    ["YYYY-MM-DD HH:mm:ss", "2024-02-29T10:20:30Z"],
    ["YYYY-MM-DD HH:mm:ss", "2024-02-29 10:60:30"],
    ["YYYY-MM-DD HH:mm:ss", "2024-02-29 10:20:30Z"],
    ["epoch", 1.5],
    ["epoch", null],
  ])("as %s refuse %j", (form, native) => {
    expect(readInstant(plain(form), native)).toBeUndefined();
  });

  it("without an offset are the time of their zone", () => {
    const local = plain("YYYY-MM-DD HH:mm:ss", "Europe/Berlin");
    expect(readInstant(local, "2024-07-01 12:00:00")).toBe("2024-07-01T10:00:00Z");
    expect(writeInstant(local, "2024-07-01T10:00:00Z")).toBe("2024-07-01 12:00:00");
    expect(readInstant(local, "2024-10-27 02:30:00"), "the first of two").toBe("2024-10-27T00:30:00Z");
    expect(readInstant(local, "2024-03-31 02:30:00"), "skipped").toBeUndefined();
    expect(readInstant(plain("iso", "Europe/Berlin"), "2024-07-01T12:00:00")).toBe("2024-07-01T10:00:00Z");
    expect(writeInstant(plain("iso", "Europe/Berlin"), "2024-07-01T10:00:00.5Z")).toBe(
      "2024-07-01T12:00:00.5",
    );
  });
});

describe("time zones", () => {
  it("are those of the database", () => {
    expect(isTimeZone("Europe/Berlin")).toBe(true);
    expect(isTimeZone("Europe/Berlim")).toBe(false);
  });
});
