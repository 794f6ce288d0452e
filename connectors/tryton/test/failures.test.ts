import { describe, expect, it } from "vitest";
import { failureOfError, failureOfStatus } from "../src/failures.ts";
import { recorded } from "./player.ts";

type Json = Parameters<typeof failureOfError>[0];

/** What each recorded error of a real Tryton means. */
const meanings: { readonly [about: string]: string } = {
  "a field that does not exist": "unsupported/unknown_name",
  "a model that does not exist": "unsupported/unknown_name",
  "a null byte": "invalid/control_character",
  "a code taken": "invalid/duplicate_number",
  "a bad identifier": "invalid/tax_id_invalid",
  "a missing reference": "invalid/reference_missing",
  "an unknown option": "invalid/code_unknown",
  "a required value": "invalid/required",
  "too many digits": "invalid/too_precise",
  "a value outside of its domain": "invalid/not_in_domain",
  "a model without right": "unsupported/not_permitted",
  "a field without right": "unsupported/not_permitted",
  "a record that is gone": "stale/record_gone",
  "a button without right": "unsupported/not_permitted",
  "a quote without address": "invalid/quote_incomplete",
  "a parent of itself": "invalid/parent_cycle",
  "a stale record": "stale/stale_record",
  "a table that is locked": "transient/lock",
};

const codeOf = (error: Json, isWrite = true): string => {
  const { failure, code } = failureOfError(error, isWrite);
  return `${failure}/${code}`;
};

describe("errors of Tryton", () => {
  it("as a real server says them have each their meaning", () => {
    const texts = recorded("error-texts") as { readonly [about: string]: Json };
    const found = Object.fromEntries(Object.entries(texts).map(([about, error]) => [about, codeOf(error)]));
    expect(found).toEqual(meanings);
  });

  it("name fields and models, never values", () => {
    const texts = recorded("error-texts") as { readonly [about: string]: Json };
    const said = Object.values(texts)
      .map((error) => failureOfError(error, true).message)
      .join("\n");
    expect(said).toContain("Sale Line needs a value for Unit");
    for (const value of ["999999", "pigeon", "DE1", "1.00001", "Fasteners", "(7)"])
      expect(said).not.toContain(value);
    const unknown = failureOfError(["UserError", ['Party "Acme" owes 1,234.50', "", null]], true).message;
    expect(unknown).toBe('Tryton refused: Party "…" owes …');
  });

  it("of the credit limit say so, as an error for one user and as a warning for another", () => {
    const text = 'Party "Acme" has reached their credit limit of €1,000.00.';
    expect(codeOf(["UserError", [text, "", null]])).toBe("invalid/credit_limit");
    expect(codeOf(["UserWarning", ["credit_limit_amount_sale.sale,7", text, ""]])).toBe(
      "invalid/credit_limit",
    );
    expect(codeOf(["UserWarning", ["party.replace name 1 2", "Names differ", ""]])).toBe(
      "invalid/needs_confirmation",
    );
  });

  it("of the database that undo the transaction are tried again, also on a write", () => {
    const texts = [
      "could not serialize access due to concurrent update\n",
      "deadlock detected\nDETAIL: x",
      "database is locked",
    ];
    expect(texts.map((text) => codeOf([text, ""]).split("/")[0])).toEqual([
      "transient",
      "transient",
      "transient",
    ]);
  });

  it("that nobody knows leave a write in doubt, and are tried again on a read", () => {
    const error = ["server closed the connection unexpectedly", ""];
    expect([codeOf(error, true), codeOf(error, false)]).toEqual([
      "in_doubt/server_error",
      "transient/server_error",
    ]);
    expect([codeOf(null, true), codeOf("x", false)]).toEqual([
      "in_doubt/server_error",
      "transient/server_error",
    ]);
  });
});

describe("bare statuses", () => {
  const at = { isWrite: true, isLogin: false, now: 1000, headers: {} };
  const told = (status: number, more: Partial<typeof at> = {}): string => {
    const { failure, code } = failureOfStatus(status, { ...at, ...more });
    return `${failure}/${code}`;
  };

  it("tell an ended session from a wrong password, and a throttled login when to come back", () => {
    expect(told(401)).toBe("unauthorised/session_expired");
    expect(told(401, { isLogin: true })).toBe("unauthorised/wrong_credentials");
    const throttled = { failure: "throttled", code: "login_throttled", retryAt: 301_000 };
    expect(failureOfStatus(429, { ...at, isLogin: true })).toMatchObject(throttled);
    expect(told(404)).toBe("unauthorised/database_unknown");
    expect(told(403)).toBe("unsupported/method_not_offered");
  });

  it("429 of any other call is no login's: it is waited for as long as it says", () => {
    const said = (headers: { readonly [name: string]: string }, isLogin = false): unknown => {
      const { code, retryAt } = failureOfStatus(429, { ...at, isLogin, headers });
      return [code, retryAt];
    };
    expect(said({ "retry-after": "1" })).toEqual(["throttled", 2_000]);
    expect(said({ "retry-after": "1" }, true)).toEqual(["login_throttled", 2_000]);
    expect(said({})).toEqual(["throttled", 31_000]);
    const date = "Thu, 26 Nov 2026 05:00:00 GMT";
    expect(said({ date, "retry-after": "Thu, 26 Nov 2026 04:59:00 GMT" })).toEqual(["throttled", 1_000]);
  });

  it("that nobody knows leave a write in doubt", () => {
    expect([told(500), told(302), told(502, { isWrite: false })]).toEqual([
      "in_doubt/http_500",
      "in_doubt/http_302",
      "transient/http_502",
    ]);
  });
});
