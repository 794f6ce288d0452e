import { describe, expect, it } from "vitest";
import { checkPlain } from "./plain.ts";
import { failureOf, openWith, page, readAll, reply, wordOf, writeOf, yamlAt } from "./session.ts";

const alder = yamlAt("descriptions/alder.yaml");

describe("the table of errors", () => {
  it.each([
    [reply(409, { errors: [{ code: "LOCKED" }] }), "transient locked", "transient locked"],
    [
      reply(409, { errors: [{ code: "DUPLICATE", field: "lines[0].sku" }] }),
      "invalid duplicate",
      "invalid duplicate",
    ],
    [reply(409, { errors: [{ code: "OTHER-THING" }] }), "invalid other_thing", "invalid other_thing"],
    [reply(503, {}), "transient http_503", "transient away"],
    [reply(422, {}, { "x-why": "closed for lunch" }), "unsupported closed", "unsupported closed"],
  ])("%j goes by its first row that fits", async (answer, onRead, onWrite) => {
    const { connection } = await openWith(alder, () => answer);
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect(`${failure.failure} ${failure.code}`).toBe(onRead);
    const [outcome] = await connection.write([writeOf({ entity: "accounts", kind: "create" })]);
    expect(wordOf(outcome)).toBe(onWrite);
  });
});

describe("an answer without a row goes by its status", () => {
  it.each([
    [400, "invalid", "invalid"],
    [401, "unauthorised", "unauthorised"],
    [403, "unsupported", "unsupported"],
    [404, "invalid", "invalid"],
    [405, "unsupported", "unsupported"],
    [408, "transient", "in_doubt"],
    [412, "stale", "stale"],
    [422, "invalid", "invalid"],
    [423, "transient", "transient"],
    [425, "transient", "transient"],
    [429, "throttled", "throttled"],
    [500, "transient", "in_doubt"],
    [501, "unsupported", "unsupported"],
    [502, "transient", "in_doubt"],
    [504, "transient", "in_doubt"],
    [599, "transient", "in_doubt"],
    [301, "transient", "in_doubt"],
    [100, "transient", "in_doubt"],
  ])("%i", async (status, onRead, onWrite) => {
    const { connection } = await openWith(alder, () => page(status, ""));
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([failure.failure, failure.status, failure.code]).toEqual([onRead, status, `http_${status}`]);
    const [outcome] = await connection.write([writeOf({ entity: "accounts", kind: "create" })]);
    expect(wordOf(outcome)).toBe(`${onWrite} http_${status}`);
  });
});

describe("what a failure carries", () => {
  it("is status, field, request id and the time to come back, and no word of the system", async () => {
    const body = {
      errors: [{ code: "BAD_VALUE", field: "addresses.0.zip", message: "secret text: Bearer tok-1" }],
    };
    const headers = { "x-request-id": "req-77", "retry-after": "30" };
    const { connection, clock } = await openWith(alder, () => reply(429, body, headers));
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect(failure).toMatchObject({
      failure: "throttled",
      code: "bad_value",
      status: 429,
      field: "addresses.0.zip",
      requestId: "req-77",
      retryAt: clock.now + 30_000,
      message: "accounts (companies): the system answered 429 BAD_VALUE to read, about addresses.0.zip",
    });
    checkPlain(failure);
  });

  it("is nothing that looks like a value", async () => {
    const body = { errors: [{ code: "the name is secret text", field: "secret text, really" }] };
    const { connection } = await openWith(alder, () => reply(400, body));
    const failure = await failureOf(readAll(connection, { entity: "accounts" }));
    expect([failure.code, failure.field]).toEqual(["http_400", null]);
    checkPlain(failure);
  });

  it("of an entity that the description does not have is unsupported", async () => {
    const { connection } = await openWith(alder, () => reply(200, {}));
    const failure = await failureOf(readAll(connection, { entity: "orders" }));
    expect([failure.failure, failure.code]).toEqual(["unsupported", "entity_unknown"]);
    expect(wordOf((await connection.write([writeOf({ entity: "orders", kind: "create" })]))[0])).toBe(
      "unsupported entity_unknown",
    );
  });
});
