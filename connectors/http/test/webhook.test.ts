import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deliveryOf } from "@crossfoot/connector-sdk/testing";
import { openWith, recordingAt, reply, variable, yamlAt } from "./session.ts";

const alder = yamlAt("descriptions/alder.yaml");
const birch = yamlAt("descriptions/birch.yaml");
const now = Date.parse("2026-03-02T09:00:00Z");
const body = JSON.stringify([
  { event: "e-1", type: "company", id: "c1" },
  { event: "e-2", type: "company", id: 7 },
]);

const signed = (text: string, key = "hook-1", at = now): { readonly [name: string]: string } => {
  const stamp = String(Math.floor(at / 1000));
  return {
    "x-alder-time": stamp,
    "x-alder-signature": `sha256=${createHmac("sha256", key).update(`${stamp}.${text}`).digest("hex")}`,
  };
};

async function received(headers: { readonly [name: string]: string }, text = body, receivedAt = now) {
  const { connection, requests } = await openWith(alder, () => reply(200, {}));
  const answer = connection.receive(deliveryOf(text, { headers, receivedAt }));
  expect(requests).toEqual([]);
  return answer;
}

describe("a delivery", () => {
  it("that is proved gives its hints", async () => {
    expect(await received(signed(body))).toEqual({
      ok: true,
      secret: "hook",
      deliveryId: "e-1",
      hints: [
        { entity: "accounts", id: "c1" },
        { entity: "accounts", id: "7" },
      ],
    });
  });

  it("under the key before is taken while keys are changed", async () => {
    expect(await received(signed(body, "hook-0"))).toMatchObject({ ok: true, secret: "hookBefore" });
  });

  it.each([
    ["forged with another key", signed(body, "guess"), body, now],
    ["changed on the way", signed(body), body.replace("c1", "c2"), now],
    ["without a signature", { "x-alder-time": signed(body)["x-alder-time"] ?? "" }, body, now],
    [
      "without its prefix",
      { ...signed(body), "x-alder-signature": (signed(body)["x-alder-signature"] ?? "").slice(7) },
      body,
      now,
    ],
    ["with an empty signature", { ...signed(body), "x-alder-signature": "sha256=" }, body, now],
    ["with a signature that is no hex", { ...signed(body), "x-alder-signature": "sha256=zz" }, body, now],
    ["with the time of another", { ...signed(body), "x-alder-time": String(now / 1000 + 1) }, body, now],
    ["signed under an unset key", signed(body, ""), body, now],
  ])("%s is refused", async (_title, headers, text, at) => {
    expect(await received(headers, text, at)).toEqual({
      ok: false,
      fault: "forged",
      reason: "the signature is missing or wrong",
    });
  });

  it("captured and sent again later is too old; sent again at once it has the same id", async () => {
    expect(await received(signed(body), body, now + 61_000)).toEqual({
      ok: false,
      fault: "stale",
      reason: "too old or too early",
    });
    expect(await received(signed(body), body, now - 61_000)).toEqual({
      ok: false,
      fault: "stale",
      reason: "too old or too early",
    });
    expect(await received(signed(body), body, now + 5000)).toMatchObject({ ok: true, deliveryId: "e-1" });
  });

  it("signed with a time that cannot be read is late; without one nothing is proved", async () => {
    const key = createHmac("sha256", "hook-1").update(`soon.${body}`).digest("hex");
    const odd = { "x-alder-time": "soon", "x-alder-signature": `sha256=${key}` };
    expect(await received(odd)).toEqual({
      ok: false,
      fault: "stale",
      reason: "the time of the delivery cannot be read",
    });
    const { "x-alder-time": _time, ...rest } = signed(body);
    const unproved = { ok: false, fault: "forged", reason: "the signature is missing or wrong" };
    expect(await received(rest)).toEqual(unproved);
    expect(await received({ "x-alder-time": "soon" })).toEqual(unproved);
    expect(await received({})).toEqual(unproved);
  });

  it.each([
    ["no JSON", "hello", "the body is no JSON"],
    ["too long", `"${"x".repeat(1_100_000)}"`, "longer than 1048576 bytes"],
    ["a flood", JSON.stringify(Array.from({ length: 5001 }, () => 1)), "more than 5000 rows"],
  ])("that is %s is refused", async (_title, text, reason) => {
    expect(await received(signed(text), text)).toEqual({ ok: false, fault: "malformed", reason });
  });

  it("about what we do not know gives no hint", async () => {
    const text = JSON.stringify([
      { type: "deal", id: "d1" },
      { type: "company" },
      { type: "constructor", id: "x" },
      "y",
      null,
    ]);
    expect(await received(signed(text), text)).toMatchObject({ ok: true, hints: [] });
  });
});

describe("a system without time and id of its own", () => {
  const text = '{"topic":"customers.changed","id":17}';
  const headers = { "x-birch": createHmac("sha256", "hook-1").update(text).digest("base64") };

  it("is proved by the body alone; two equal deliveries are two", async () => {
    const { connection } = await openWith(birch, () => reply(200, {}));
    const first = connection.receive(deliveryOf(text, { headers, receivedAt: now }));
    const again = connection.receive(deliveryOf(text, { headers, receivedAt: now + 400 }));
    expect(first).toMatchObject({ ok: true, hints: [{ entity: "accounts", id: "17" }] });
    expect(first.ok && again.ok && first.deliveryId === again.deliveryId).toBe(false);
    expect(connection.receive(deliveryOf(`${text} `, { headers, receivedAt: now })).ok).toBe(false);
  });
});

describe("a fixed secret in a header", () => {
  const {
    signature: _signature,
    timestamp: _timestamp,
    ...rest
  } = alder["webhook"] as { [key: string]: unknown };
  const description = {
    ...alder,
    webhook: { ...rest, token: { header: "X-Token", secret: variable("secret.hook") } },
  } as typeof alder;

  it.each([
    ["hook-1", true],
    ["hook-2", false],
    ["", false],
    [undefined, false],
  ])("%s", async (token, isTaken) => {
    const { connection } = await openWith(description, () => reply(200, {}));
    const headers: { [name: string]: string } = token === undefined ? {} : { "x-token": token };
    expect(connection.receive(deliveryOf(body, { headers, receivedAt: now })).ok).toBe(isTaken);
  });
});

it("a description without webhook takes nothing", async () => {
  const { webhook: _webhook, ...rest } = alder;
  const { connection } = await openWith(rest, () => reply(200, {}));
  expect(connection.receive(deliveryOf(body, { headers: signed(body), receivedAt: now })).ok).toBe(false);
  expect(connection.manifest.webhooks).toBe(false);
});

it("what EspoCRM really sent is proved, and a changed byte of it is not", async () => {
  const { request } = recordingAt("espocrm/54-webhook-received-account-create");
  const { connection } = await openWith(yamlAt("../descriptions/espocrm.sketch.yaml"), () => reply(200, {}));
  const text = request.rawBody ?? "";
  const given = { headers: request.headers, receivedAt: now };
  expect(connection.receive(deliveryOf(text, given))).toMatchObject({
    ok: true,
    hints: [{ entity: "accounts", id: "6b0445365e687ca38" }],
  });
  expect(connection.receive(deliveryOf(text.replace("C-2001", "C-2002"), given)).ok).toBe(false);
});
