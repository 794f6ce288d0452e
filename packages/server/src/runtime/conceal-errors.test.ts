import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Connection } from "@crossfoot/connector-sdk";
import type { FailureRecord } from "@crossfoot/kernel";
import { describe, expect, it } from "vitest";
import { concealErrors, concealFailure, withoutSecrets } from "./conceal-errors.ts";

const failure: FailureRecord = {
  ...{ failure: "invalid", code: "duplicate", message: "accounts: the system answered 409", status: 409 },
  ...{ retryAt: null, requestId: "r-1", field: "name" },
};
const knowing = (...secrets: readonly string[]): Parameters<typeof concealFailure>[1] => ({
  secrets: () => secrets,
  conceal: (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, "[secret]"), text),
});

describe("a failure", () => {
  it("stays as it is when it holds no secret", () => {
    expect(concealFailure(failure, knowing("tok-11aa-22bb"))).toEqual(failure);
  });

  it("loses a secret wherever it stands, also as codes are written", () => {
    const secret = "Tok-11aa-22BB";
    const shown = concealFailure(
      { ...failure, code: "tok_11aa_22bb", requestId: `x ${secret}`, field: secret, message: `is ${secret}` },
      knowing(secret),
    );
    expect(shown).toMatchObject({ code: "http_409", requestId: null, field: null, message: "is [secret]" });
  });

  it("keeps a code that holds a short password by accident, and loses one that is it", () => {
    const short = knowing("name", "dupl");
    expect(concealFailure(failure, short)).toMatchObject({ code: "duplicate", field: null });
  });

  it("that is thrown is thrown again without it; other errors are left alone", async () => {
    const thrown = new ConnectorError({ ...failure, field: "tok-11aa-22bb" });
    const call = (error: Error): Promise<unknown> =>
      withoutSecrets(knowing("tok-11aa-22bb"), async () => {
        throw error;
      });
    await expect(call(thrown)).rejects.toMatchObject({ name: "ConnectorError", field: null, status: 409 });
    await expect(call(new TypeError("x"))).rejects.toBeInstanceOf(TypeError);
  });
});

it("a connection keeps everything that it offers", () => {
  const nothing = (): never => {
    throw new Error("nobody asks");
  };
  const whole: Required<Connection> = {
    manifest: {
      ...{ system: "plain", title: "Plain", entities: {}, horizonMs: 0, commitLagMs: 0 },
      ...{ stampGranularityMs: 1, webhooks: true },
    },
    ...{ describe: nothing, read: nothing, readByIds: nothing, readIds: nothing, write: nothing },
    ...{ probe: nothing, prepare: nothing, closedPeriods: nothing, recordUrl: nothing, receive: nothing },
    ...{ operations: {}, under: nothing, foreseeRefusal: nothing },
    greet: () => ({ body: "hello", contentType: "text/plain" }),
  };
  const concealed = concealErrors(whole, knowing());
  expect(Object.keys(concealed).toSorted()).toEqual(Object.keys(whole).toSorted());
  const delivery = {
    headers: {},
    body: new Uint8Array(),
    receivedAt: 0,
    method: "POST",
    url: "/",
    hasCertificate: false,
  };
  expect(concealed.greet?.(delivery)).toEqual({ body: "hello", contentType: "text/plain" });
});
