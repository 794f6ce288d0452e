import { describe, expect, test } from "vitest";
import { contextFields, contextNames } from "./context.ts";
import { isKnownCurrency, minorUnitOf } from "./currency.ts";
import { defaultContract } from "./contract.ts";
import { entities, entityNames, isEntityName } from "./entity.ts";
import { nearestName } from "./nearest.ts";

describe("model", () => {
  test("parents come before children, so that one pass over the entities meets them in order", () => {
    for (const [at, name] of entityNames.entries()) {
      const parents = Object.entries(entities[name].fields).flatMap(([field, kind]) =>
        kind.kind === "reference" && defaultContract.entities[name].fields[field]?.mandatory === true
          ? [kind.entity]
          : [],
      );
      for (const parent of parents) expect(entityNames.indexOf(parent as never)).toBeLessThan(at);
    }
  });
  test("an account, an invoice and a quote have the fields that the mission names", () => {
    expect(Object.keys(entities.accounts.fields)).toEqual(
      expect.arrayContaining([
        "number",
        "parent",
        "billingAddress",
        "shippingAddress",
        "taxId",
        "creditLimit",
        "paymentTerms",
        "status",
      ]),
    );
    expect(Object.keys(entities.invoices.fields)).toEqual(
      expect.arrayContaining(["dueDate", "openBalance", "payments", "order", "lines"]),
    );
    expect(Object.keys(entities.quotes.fields)).toEqual(
      expect.arrayContaining([
        "billTo",
        "shipTo",
        "freight",
        "erpNumber",
        "approval",
        "approvalReason",
        "validation",
      ]),
    );
  });
  test("context is read and has no entity of its own", () => {
    for (const name of contextNames) {
      expect(isEntityName(name)).toBe(false);
      expect(Object.keys(contextFields[name]).length).toBeGreaterThan(2);
    }
  });
  test("a currency is known or not, and yen have no cents", () => {
    expect([isKnownCurrency("EUR"), isKnownCurrency("EUX"), isKnownCurrency("eur")]).toEqual([
      true,
      false,
      false,
    ]);
    expect([minorUnitOf("JPY"), minorUnitOf("KWD"), minorUnitOf("EUR"), minorUnitOf("ZZZ")]).toEqual([
      0,
      3,
      2,
      undefined,
    ]);
  });
  test("the nearest name is offered only when it is near", () => {
    expect(nearestName("acounts", entityNames)).toBe("accounts");
    expect(nearestName("xyz", entityNames)).toBe(undefined);
  });
});
