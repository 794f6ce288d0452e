import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import { openTryton } from "@crossfoot/connector-tryton";
import { describe, expect, it } from "vitest";
import { fakeTryton } from "./fake-tryton.ts";
import type { Asked, Reply } from "./fake-tryton.ts";

type Id = NonNullable<NativeWrite["id"]>;

function account(name: string, more: Partial<NativeWrite> = {}): NativeWrite {
  const none = { id: null, precondition: null, current: {}, transition: null };
  return {
    key: name,
    entity: "accounts",
    kind: "create",
    reference: `ref ${name}`,
    patch: { name },
    ...none,
    ...more,
  };
}

const rename = (id: string, name: string, precondition: string | null = null): NativeWrite =>
  account(name, { kind: "update", id: id as Id, precondition });

const lost: Reply = {
  thrown: new ConnectorError({ failure: "in_doubt", code: "answer_lost", message: "lost" }),
};

async function codes(
  reply: (asked: Asked) => Reply | undefined,
  writes: readonly NativeWrite[],
): Promise<{ readonly codes: readonly string[]; readonly asked: readonly Asked[] }> {
  const session = fakeTryton(reply);
  const outcomes = await openTryton(session).write(writes);
  const told = outcomes.map((each) =>
    each.kind === "done" ? String(each.id) : `${each.failure.failure}/${each.failure.code}`,
  );
  return { codes: told, asked: session.asked };
}

/** A server that refuses a create or a write with any of these names in it, and takes all others. */
function refusing(names: readonly string[], error: unknown): (asked: Asked) => Reply | undefined {
  return ({ method, params }) => {
    if (!/\.(create|write)$/.test(method)) return undefined;
    if (names.some((name) => JSON.stringify(params).includes(`"${name}"`))) return { error };
    const [rows] = params as unknown as readonly (readonly unknown[])[];
    return { result: method.endsWith("create") ? rows?.map((_, at) => 100 + at) : null };
  };
}

describe("a batch of writes", () => {
  it("goes out as one call, and marks each create with its reference", async () => {
    const { codes: told, asked } = await codes(refusing([], null), [account("a"), account("b")]);
    expect(told).toEqual(["100", "101"]);
    expect(asked.map(({ method, isWrite }) => [method, isWrite])).toEqual([
      ["model.party.party.create", true],
    ]);
    const reference = { type: null, code: "crossfoot:ref b" };
    expect(asked[0]?.params[0]?.[1]).toMatchObject({ name: "b", identifiers: [["create", [reference]]] });
  });

  it("is halved when Tryton refuses it, until the refused ones stand alone", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const error = ["UserError", ["The code on party must be unique.", "", null]];
    const { codes: told } = await codes(
      refusing(["b", "e"], error),
      names.map((name) => account(name)),
    );
    expect(told.map((code) => code.replace(/^\d+$/, "done"))).toEqual([
      "done",
      "invalid/duplicate_number",
      "done",
      "done",
      "invalid/duplicate_number",
    ]);
  });

  it("is not halved when the failure says nothing about one record", async () => {
    const error = ["could not serialize access due to concurrent update\n", ""];
    const { codes: told, asked } = await codes(refusing(["b"], error), [account("a"), account("b")]);
    expect(told).toEqual(["transient/serialization", "transient/serialization"]);
    expect(asked.length).toBe(1);
  });

  it("is in doubt as a whole when its answer is lost, is no JSON-RPC, or names too few ids", async () => {
    const replies: readonly Reply[] = [
      lost,
      { status: 200, body: "<html>hotel login</html>" },
      { status: 502, body: "" },
      { result: [100] },
      { error: ["server closed the connection unexpectedly", ""] },
    ];
    for (const reply of replies) {
      const { codes: told } = await codes(
        ({ method }) => (method.endsWith("create") ? reply : undefined),
        [account("a"), account("b")],
      );
      expect(told.map((code) => code.split("/")[0])).toEqual(["in_doubt", "in_doubt"]);
    }
  });

  it("rejects for an ended session only while nothing can have landed", async () => {
    const ended: Reply = { status: 401, body: "" };
    const first = codes(({ method }) => (method.endsWith("create") ? ended : undefined), [account("a")]);
    await expect(first).rejects.toMatchObject({ failure: "unauthorised", code: "session_expired" });
    const later = await codes(
      ({ method }) => (method.endsWith("create") ? lost : method.endsWith("write") ? ended : undefined),
      [account("a"), rename("9", "b")],
    );
    expect(later.codes).toEqual(["in_doubt/answer_lost", "unauthorised/session_expired"]);
  });

  it("never rejects once a write has landed, also when a later one cannot be prepared", async () => {
    const away: Reply = {
      thrown: new ConnectorError({ failure: "throttled", code: "quota_wait", message: "no call is free" }),
    };
    const reply = (asked: Asked): Reply | undefined =>
      asked.method === "model.sale.sale.search_read" ? away : refusing([], null)(asked);
    const sale = account("s", { entity: "quotes", kind: "update", id: "4" as Id, patch: { comment: "x" } });
    expect((await codes(reply, [account("a"), sale])).codes).toEqual(["100", "throttled/quota_wait"]);
  });

  it("locks each record by the stamps it was read with, and no record twice in one call", async () => {
    const version = "party.party,9=1.000001;party.address,3=2.000002;~approval=none";
    const writes = [rename("9", "a", version), rename("8", "b"), rename("9", "c")];
    const { asked } = await codes(refusing([], null), writes);
    const sent = asked.map(({ params }) => params as readonly unknown[]);
    expect(sent.map((params) => params.slice(0, -1))).toEqual([
      [[9], { name: "a" }, [8], { name: "b" }],
      [[9], { name: "c" }],
    ]);
    expect(sent.map((params) => (params.at(-1) as { readonly _timestamp: unknown })._timestamp)).toEqual([
      { "party.party,9": "1.000001" },
      {},
    ]);
  });

  it("refuses kinds and entities that Tryton does not take, and values that it computes", async () => {
    const writes = [
      account("a", { kind: "delete", id: "9" as Id }),
      account("b", { entity: "orders" }),
      account("c", { kind: "transition", id: "9" as Id, transition: { from: "a", to: "b", via: "quote" } }),
      account("d", { patch: { name: "d", credit_used: { amount: "1", currency: "EUR" } } }),
    ];
    const { codes: told, asked } = await codes(refusing([], null), writes);
    expect(told).toEqual([
      "unsupported/write_unsupported",
      "unsupported/write_unsupported",
      "unsupported/write_unsupported",
      "invalid/read_only",
    ]);
    expect(asked).toEqual([]);
  });
});

describe("a merge of parties", () => {
  const merge = account("", { kind: "merge", id: "7" as Id, patch: { into: "8" } });
  const wizard =
    (replacedBy: number | null, execute: Reply = { result: null }) =>
    ({ method, isWrite }: Asked): Reply | undefined => {
      if (method === "model.party.party.search_read")
        return {
          result: [
            { id: 7, name: "Acme", replaced_by: replacedBy },
            { id: 8, name: "Acme SA", replaced_by: null },
          ],
        };
      if (method === "model.res.user.warning.create") return { result: [1] };
      if (method === "wizard.party.replace.create") return { result: [5, "ask", "end"] };
      if (method === "wizard.party.replace.execute") return isWrite ? execute : { result: { view: {} } };
      return method === "wizard.party.replace.delete" ? { result: null } : undefined;
    };
  const presses = (asked: readonly Asked[]): readonly unknown[] =>
    asked.filter(({ isWrite }) => isWrite).map(({ method, params }) => [method, ...params.slice(0, 3)]);

  it("is the wizard, as a person presses it, and its session is closed", async () => {
    const told = await codes(wizard(null), [merge]);
    expect(told.codes).toEqual(["7"]);
    const values = { ask: { source: 7, destination: 8 } };
    expect(presses(told.asked)).toEqual([["wizard.party.replace.execute", 5, values, "replace"]]);
    const yes = told.asked.find(({ method }) => method === "model.res.user.warning.create");
    expect(yes?.params[0]).toEqual([{ name: "party.replace name 7 8", user: 2 }]);
    expect(told.asked.at(-1)?.method).toBe("wizard.party.replace.delete");
  });

  it("is in doubt when the answer to the button is lost, and stale when the party was replaced", async () => {
    expect((await codes(wizard(null, lost), [merge])).codes).toEqual(["in_doubt/answer_lost"]);
    const again = await codes(wizard(9), [merge]);
    expect([again.codes, presses(again.asked)]).toEqual([["stale/record_gone"], []]);
  });

  it("is taken back by one write, with what the party gets back", async () => {
    const back = account("", { kind: "unmerge", id: "7" as Id, patch: { into: "8", name: "Own" } });
    const told = await codes(refusing([], null), [back]);
    const writes = told.asked.filter(({ method }) => method === "model.party.party.write");
    expect(writes.map(({ params }) => params.slice(0, 2))).toEqual([
      [[7], { name: "Own", active: true, replaced_by: null }],
    ]);
  });
});
