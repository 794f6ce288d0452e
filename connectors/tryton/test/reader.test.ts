import { openTryton } from "@crossfoot/connector-tryton";
import { describe, expect, it } from "vitest";
import { fakeTryton } from "./fake-tryton.ts";
import type { Asked, Reply } from "./fake-tryton.ts";

const request = { entity: "accounts", roots: ["name"], since: null, cursor: null, pageSize: 4 };
const rowOf = (id: number, more: object = {}): object => ({
  id,
  name: `n${id}`,
  active: true,
  replaced_by: null,
  categories: [],
  _timestamp: `1700000000.00000${id}`,
  create_uid: 2,
  ...more,
});

function idsIn({ params }: Asked): readonly number[] | null {
  const [domain] = params as unknown as readonly (readonly (readonly unknown[])[])[];
  const clause = domain?.find((each) => each[0] === "id" && each[1] === "in");
  return clause === undefined ? null : (clause[2] as readonly number[]);
}

/** Parties 1 to 4, of which the server cannot compute the third. */
function withPoison(asked: Asked): Reply | undefined {
  if (asked.method !== "model.party.party.search_read") return undefined;
  const ids = idsIn(asked) ?? [1, 2, 3, 4];
  const fields = (asked.params as unknown as readonly unknown[])[4] as readonly string[];
  if (fields.length > 1 && ids.includes(3)) return { error: ["unsupported operand type(s) for /", ""] };
  return { result: ids.map((id) => (fields.length > 1 ? rowOf(id) : { id })) };
}

describe("reading", () => {
  it("parks the one record that breaks the page, and reads the others", async () => {
    const page = await openTryton(fakeTryton(withPoison)).read(request);
    expect(page.records.map(({ id }) => id)).toEqual(["1", "2", "4"]);
    expect(page.unreadable).toMatchObject([
      { id: "3", failure: { failure: "invalid", code: "record_unreadable" } },
    ]);
    expect(page.next).toBe("4");
  });

  it("parks a row with a value in a form nobody knows, alone", async () => {
    const rows = [rowOf(1), rowOf(2, { name: { __class__: "interval", from: 1 } }), rowOf(3)];
    const session = fakeTryton(({ method }) =>
      method.endsWith("party.search_read") ? { result: rows } : undefined,
    );
    const page = await openTryton(session).read(request);
    expect(page.records.map(({ native }) => native)).toEqual([{ name: "n1" }, { name: "n3" }]);
    expect(page.unreadable).toMatchObject([{ id: "2", failure: { code: "record_unreadable" } }]);
    expect(page.next).toBe(null);
  });

  it("leaves a root absent that is no field of this database, and reads one that is", async () => {
    const session = fakeTryton(({ method }) => {
      if (method.endsWith("fields_get")) return { result: { siret: { type: "char" } } };
      return method.endsWith("party.search_read")
        ? { result: [rowOf(1, { siret: "73282932000074" })] }
        : undefined;
    });
    const page = await openTryton(session).read({ ...request, roots: ["siret", "gone_since_the_upgrade"] });
    expect(page.records.map(({ native }) => native)).toEqual([{ siret: "73282932000074" }]);
  });

  it("describes a field by what people see, its options and what it refers to", async () => {
    const kinds = {
      grade: { type: "selection", string: "Grade", selection: [["gold", "Gold"]] },
      place: { type: "selection", string: "Place", selection: "get_places" },
      dealer: { type: "many2one", string: "Dealer", relation: "party.party" },
    };
    const all = { read: true, write: true, create: true };
    const session = fakeTryton(({ method, params }) => {
      if (method.endsWith("fields_get")) return { result: kinds };
      if (method === "common.server.version") return { result: "7.0" };
      if (!method.endsWith("get_access")) return undefined;
      const [models] = params as unknown as readonly [readonly string[]];
      return { result: Object.fromEntries(models.map((model) => [model, all])) };
    });
    const { fields } = await openTryton(session).describe();
    const own = fields["accounts"]?.filter(({ root }) => Object.hasOwn(kinds, root));
    expect(own).toMatchObject([
      { root: "grade", label: "Grade", options: [{ code: "gold", label: "Gold" }] },
      { root: "place", label: "Place" },
      { root: "dealer", label: "Dealer", refersTo: "party.party" },
    ]);
    expect(own?.[1]).not.toHaveProperty("options");
  });

  it("fails as a whole when the server is away, so that nothing is taken as missing", async () => {
    const replies: readonly (readonly [Reply, string])[] = [
      [{ status: 503, body: "" }, "http_503"],
      [{ status: 200, body: "<html></html>" }, "answer_unreadable"],
      [{ result: { not: "a list" } }, "answer_unreadable"],
      [{ error: ['could not obtain lock on relation "party_party"\n', ""] }, "lock"],
    ];
    for (const [reply, code] of replies) {
      const session = fakeTryton(({ method }) => (method.endsWith("party.search_read") ? reply : undefined));
      await expect(openTryton(session).read(request)).rejects.toMatchObject({ failure: "transient", code });
    }
  });

  it("tells what is gone from what a record rule hides", async () => {
    const gone = 'You are trying to read records "8" of "Party" that don\'t exist anymore.';
    const hidden =
      'You are not allowed to read records "9" of "Party" because of at least one of these rules:\nx';
    const session = fakeTryton(({ method, params }) => {
      if (method.endsWith("party.search_read")) return { result: [] };
      if (!method.endsWith("party.read")) return undefined;
      const text = JSON.stringify(params[0]) === "[8]" ? gone : hidden;
      return { error: ["UserError", [text, "", null]] };
    });
    const ids = ["8", "9"] as never;
    const records = await openTryton(session).readByIds({ entity: "accounts", roots: ["name"], ids });
    expect(records.map(({ kind }) => kind)).toEqual(["deleted", "not_permitted"]);
  });

  it("refuses a cursor and an instant that are none of ours", async () => {
    const connection = openTryton(fakeTryton(withPoison));
    const bad = { failure: "invalid" };
    await expect(connection.read({ ...request, cursor: "; drop" })).rejects.toMatchObject({
      ...bad,
      code: "cursor_unreadable",
    });
    await expect(connection.read({ ...request, since: "2026-01-31" })).rejects.toMatchObject({
      ...bad,
      code: "instant_unreadable",
    });
    await expect(connection.read({ ...request, entity: "deals" })).rejects.toMatchObject({
      code: "entity_unknown",
    });
  });

  it("refuses to read for a user without a company, whose limits and prices would all be null", async () => {
    const session = fakeTryton(({ method }) =>
      method.endsWith("get_preferences") ? { result: { company: null } } : undefined,
    );
    await expect(openTryton(session).read(request)).rejects.toMatchObject({
      failure: "unauthorised",
      code: "company_missing",
    });
  });

  it("names the relation type that the options ask for and the database lacks", async () => {
    const session = fakeTryton(({ method }) =>
      method.endsWith("relation.type.search_read") ? { result: [] } : undefined,
    );
    await expect(openTryton(session).read(request)).rejects.toMatchObject({ code: "relation_type_unknown" });
  });
});
