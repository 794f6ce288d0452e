import { expect, it } from "vitest";
import { fold } from "../text/fold.ts";
import { addressWords } from "./address.ts";
import { isBlank, isSharedMailbox } from "./blank.ts";
import { domainOf, mailOf, phoneOf } from "./contact-points.ts";
import { companyNameOf, countriesOfForms } from "./legal-forms.ts";
import { isNickname } from "./nicknames.ts";
import { dateOf, numberOf } from "./number.ts";
import { gtinOf, isCodeLike } from "./product-code.ts";
import { taxIdOf } from "./tax-id.ts";

const nameOf = (text: string): string => companyNameOf(fold(text)).words.join(" ");

it("legal forms of at least thirty countries are known", () => {
  expect(countriesOfForms).toBeGreaterThanOrEqual(30);
});

it.each([
  ["Müller & Söhne GmbH & Co. KG", "muller sohne"],
  ["Deutsche Bank Aktiengesellschaft", "deutsche bank"],
  ["Acme Holdings, Inc.", "acme holdings"],
  ["The Acme Company", "acme"],
  ["Société Générale S.A.", "societe generale"],
  ["Żabka Polska Sp. z o.o.", "zabka polska"],
  ["Škoda Auto a.s.", "skoda auto"],
  ["ООО Ромашка", "romashka"],
  ["株式会社日立製作所", "ri li zhi zuo suo"],
  ["华为技术有限公司", "hua wei ji shu"],
  ["Grupo Bimbo S.A.B. de C.V.", "grupo bimbo"],
  ["Tata Motors Pvt. Ltd.", "tata motors"],
  ["Singtel Pte Ltd", "singtel"],
  ["Petronas Sdn. Bhd.", "petronas"],
  ["Koninklijke Philips N.V.", "koninklijke philips"],
  ["UAB Vilniaus prekyba", "vilniaus prekyba"],
  ["Nokia Oyj", "nokia"],
])("the legal form is taken from %s", (text, name) => {
  expect(nameOf(text)).toBe(name);
});

it("a name of nothing but a form stays a name", () => {
  expect(nameOf("AG")).toBe("ag");
  expect(nameOf("Limited")).toBe("limited");
});

it.each(["", "  ", "-", "N/A", "n.a.", "unknown", "000-000", "0000000000", "xxx", "999999", "1234567890"])(
  "%j says nothing",
  (value) => {
    expect(isBlank(value)).toBe(true);
  },
);

it.each(["0".repeat(200), `${"-".repeat(100)}n/a`, `unknown${" ".repeat(90)}`, "x".repeat(99)])(
  "a long value such as %j says nothing",
  (value) => {
    expect(isBlank(value)).toBe(true);
    expect(isBlank(`${value} but a page of text does, however it begins`)).toBe(false);
  },
);

it.each(["0", "5", "AA Batteries", "Nan Goldin", "11", "777 Partners"])("%j says something", (value) => {
  expect(isBlank(value)).toBe(false);
});

it("a phone number is the same however it is written", () => {
  expect(phoneOf("+49 (0)89 / 636-48018", "DE")).toBe("+498963648018");
  expect(phoneOf("089 63648018", "DE")).toBe("+498963648018");
  expect(phoneOf("0049 89 63648018")).toBe("+498963648018");
  expect(phoneOf("310/246-1501")).toBe("3102461501");
  expect(phoneOf("310-246-1501 ext. 12")).toBe("3102461501");
});

it.each(["000-0000", "0", "12345", "999 999 9999", "no phone", "1234567890"])("%j is no phone", (value) => {
  expect(phoneOf(value)).toBe("");
});

it("a shared mailbox names no person, a provider of everybody names no company", () => {
  expect(isSharedMailbox("Info")).toBe(true);
  expect(mailOf("info@acme.example.com")?.local).toBe("");
  expect(mailOf("Ann.Lee+crm@acme.de")).toEqual({ local: "ann.lee", domain: "acme.de" });
  expect(mailOf("ann.lee@gmail.com")).toEqual({ local: "annlee", domain: "" });
  expect(mailOf("not a mail")).toBeNull();
});

it("a web address is its registered domain by the public suffix list", () => {
  expect(domainOf("https://www.shop.acme.co.uk/en?x=1")).toBe("acme.co.uk");
  expect(domainOf("acme.de")).toBe("acme.de");
  expect(domainOf("gmail.com")).toBe("");
});

it.each([
  "ATU13585627",
  "BE0403170701",
  "DE136695976",
  "DK13585628",
  "EE100594102",
  "EL094259216",
  "FI20774740",
  "FR40303265045",
  "HR33392005961",
  "HU12892312",
  "IT00743110157",
  "LU15027442",
  "MT11679112",
  "NL004495445B01",
  "PL8567346215",
  "PT501964843",
  "SE123456789701",
  "SI50223054",
  "SK2022749619",
])("%s is proven by its check digit, and wrong with another", (id) => {
  expect(taxIdOf(id)).toEqual({ id, isProven: true, isWrong: false });
  const at = id.search(/\d/) + 3;
  const other = id.slice(0, at) + String((Number(id[at]) + 1) % 10) + id.slice(at + 1);
  expect(taxIdOf(other).isWrong).toBe(true);
});

it("a tax id from elsewhere is kept and proves nothing", () => {
  expect(taxIdOf("us 12-3456789")).toEqual({ id: "US123456789", isProven: false, isWrong: false });
  expect(taxIdOf("GR 094259216").id).toBe("EL094259216");
});

it("a GTIN is proven by its check digit", () => {
  expect(gtinOf("4006381333931")).toBe("04006381333931");
  expect(gtinOf("036000291452")).toBe("00036000291452");
  expect(gtinOf("4006381333932")).toBe("");
  expect(gtinOf("0000000000000")).toBe("");
  expect(isCodeLike("pslx350h")).toBe(true);
  expect(isCodeLike("speaker")).toBe(false);
});

it("nicknames stand for their names both ways, strangers do not", () => {
  expect(isNickname("bob", "robert")).toBe(true);
  expect(isNickname("robert", "bob")).toBe(true);
  expect(isNickname("bob", "alice")).toBe(false);
});

it("words of addresses have one spelling", () => {
  expect(addressWords(fold("435 S. La Cienega Blvd."))).toEqual([
    "435",
    "south",
    "la",
    "cienega",
    "boulevard",
  ]);
  expect(addressWords(fold("Hauptstr. 5"))).toEqual(["hauptstrasse", "5"]);
});

it("numbers and dates are read as people write them", () => {
  expect(numberOf("$ 1,234.50")).toBe(1234.5);
  expect(numberOf("1.234,50 EUR")).toBe(1234.5);
  expect(numberOf("12,5")).toBe(12.5);
  expect(numberOf("free")).toBeNull();
  expect(dateOf("1956-04-09")).toBe("19560409");
  expect(dateOf("09.04.1956")).toBe("19560409");
  expect(dateOf("04/19/1956")).toBe("19560419");
  expect(dateOf("soon")).toBe("");
});
