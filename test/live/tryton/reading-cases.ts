import { openTryton } from "@crossfoot/connector-tryton";
import { expect, it } from "vitest";
import { dec } from "crossfoot/testing";
import { asId, idOf, mapIn, moment, rowsIn } from "./stage.ts";
import type { Stage } from "./stage.ts";

const everything = { since: null, cursor: null, pageSize: 500 };

/** Rules of reading that only Tryton has: tenant and rights, computed prices, sessions. */
export function ownReadingCases(stage: () => Stage): void {
  it("names its tenant and the rights it has", async () => {
    const { connection, erp } = stage();
    const description = await connection.describe();
    expect(description.tenant).toBe(`${erp.database}/1/1`);
    expect(description.version).toMatch(/^6\.0\./);
    expect(description.missingRights).toEqual([]);
    expect(description.fields["accounts"]?.find(({ root }) => root === "name")?.isRequired).toBe(true);
  });

  it("reads computed prices with their quantity breaks", async () => {
    const { connection, product } = boundTo(stage());
    const page = await connection.read({ entity: "pricebooks", roots: ["name", "entries"], ...everything });
    const wholesale = page.records.find(({ native }) => native["name"] === "Wholesale");
    const entries = wholesale === undefined ? [] : rowsIn(wholesale, "entries");
    const breaks = async (code: string): Promise<readonly unknown[]> => {
      const id = String(await product(code));
      return entries
        .filter((row) => row["product"] === id)
        .map((row) => [row["min_quantity"], row["unit_price"]]);
    };
    expect(await breaks("P001")).toEqual([["0", "9.99"]]);
    expect(await breaks("P002")).toEqual([
      ["0", "4.161"],
      ["10", "3.942"],
      ["100", "3.504"],
    ]);
  });

  it("shows what a product costs, and its barcode among other identifiers", async () => {
    const { admin, product } = { admin: stage().admin, product: await stage().product("P004") };
    const before = await stage().one("products", asId(product));
    expect(before.native["gtin"]).toBe(null);
    const cost = { amount: expect.stringMatching(/^\d/) as string, currency: "EUR" };
    expect(before.native["cost"]).toEqual(cost);
    await admin.call("product.identifier.create", [{ product, code: "OLD-4" }]);
    await admin.call("product.identifier.create", [{ product, type: "ean", code: "4006381333931" }]);
    const after = await stage().one("products", asId(product));
    expect(after.native["gtin"]).toBe("4006381333931");
  });

  it("logs in again after its session has ended, and never loops on a wrong password", async () => {
    const { connection, session } = stage();
    const asked = { entity: "products", roots: ["code"], since: null, cursor: null, pageSize: 1 };
    session.token.store("session", "Session bm9ib2R5OjE6eA==");
    const ended = { failure: "unauthorised", code: "session_expired" };
    await expect(connection.read(asked)).rejects.toMatchObject(ended);
    await expect(connection.read(asked)).resolves.toMatchObject({ records: [{ native: { code: "P001" } }] });
    const wrong = stage().sessionWith({}, "wrong");
    const refused = { failure: "unauthorised", code: "wrong_credentials" };
    await expect(openTryton(wrong).read(asked)).rejects.toMatchObject(refused);
    expect(wrong.exchanges.length).toBe(1);
    const nowhere = openTryton(stage().sessionWith({ database: "nowhere" }));
    await expect(nowhere.read(asked)).rejects.toMatchObject({ code: "database_unknown" });
  });
}

const boundTo = (
  stage: Stage,
): { connection: Stage["connection"]; product: (code: string) => Promise<number> } => ({
  connection: stage.connection,
  product: async (code) => stage.product(code),
});

/** Rules of reading changes: parts, kinds, late commits. */
export function changeCases(stage: () => Stage): void {
  it("sees a change of an address, a mechanism, a relation and a template since an instant", async () => {
    const { admin } = stage();
    const since = moment();
    const [c6, c7, c8] = [
      await stage().party("C00006"),
      await stage().party("C00007"),
      await stage().party("C00008"),
    ];
    const address = await stage().idBy("party.address", [["party", "=", c6]]);
    const mechanism = await stage().idBy("party.contact_mechanism", [["party", "=", c7]]);
    const type = await stage().idBy("party.relation.type", [["name", "=", "is subsidiary of"]]);
    const template = await stage().idBy("product.template", [["code", "=", "P003"]]);
    await admin.call("party.address.write", [address], { city: "Moved" });
    await admin.call("party.contact_mechanism.write", [mechanism], { value: "other@example.com" });
    await admin.call("party.relation.all.create", [{ from_: c8, to: c6, type }]);
    await admin.call("product.template.write", [template], { list_price: dec("99.50") });
    const accounts = await stage().changedSince("accounts", since);
    expect([...accounts.keys()].toSorted()).toEqual([c6, c7, c8].map(String).toSorted());
    expect(accounts.get(String(c6))?.native["invoice_address"]).toMatchObject({ city: "Moved" });
    expect(accounts.get(String(c8))?.native["parent"]).toMatchObject({ id: String(c6) });
    const products = await stage().changedSince("products", since);
    const prices = [...products.values()].map(({ native }) => native["list_price"]);
    expect(prices).toEqual([{ amount: "99.5", currency: "EUR" }]);
    expect((await stage().changedSince("pricebooks", since)).size).toBe(2);
  });

  it("tells archived, merged, out of scope and deleted records apart", async () => {
    const { admin, connection } = stage();
    const since = moment();
    const names = ["Gone", "Asleep", "Loser", "Winner", "Becomes a contact"];
    const created = await stage().send(...names.map((name) => stage().create("accounts", { name })));
    const [gone = 0, asleep = 0, loser = 0, winner = 0, person = 0] = created.map(idOf).map(Number);
    await admin.call("party.party.delete", [gone]);
    const archive = stage().write({ entity: "accounts", kind: "archive", id: asId(asleep) });
    expect(await stage().codes(archive)).toEqual(["done"]);
    await admin.call("party.party.write", [loser], { name: "Winner" });
    const on = { model: "party.party", id: loser };
    await admin.wizard("party.replace", [["replace", { source: loser, destination: winner }]], on);
    const type = await stage().idBy("party.relation.type", [["name", "=", "is contact of"]]);
    await admin.call("party.relation.all.create", [{ from_: person, to: winner, type }]);
    const changed = await stage().changedSince("accounts", since);
    const seen = [asleep, loser, winner, person].map((id) => changed.get(String(id))?.kind);
    expect(seen).toEqual(["archived", "merged", "present", "out_of_scope"]);
    expect(changed.get(String(loser))?.into).toBe(String(winner));
    expect((await stage().one("accounts", asId(gone))).kind).toBe("deleted");
    const listed = (await connection.readIds({ entity: "accounts", cursor: null })).ids.map(Number);
    expect([gone, asleep, person].map((id) => listed.includes(id))).toEqual([false, true, false]);
  });

  it("finds a late commit within the overlap that a strict watermark would miss", async () => {
    const { admin, connection } = stage();
    const rows = Array.from({ length: 150 }, (_, at) => ({
      name: `Late ${at}`,
      addresses: [["create", [{ city: "X" }]]],
    }));
    const late = admin.call("party.party.create", rows);
    // By the time this read is answered, the transaction of the long create has begun.
    await stage().one("accounts", asId(await stage().party("C00001")));
    const [quick] = await stage().send(stage().create("accounts", { name: "Quick" }));
    const { modifiedAt } = await stage().one("accounts", idOf(quick));
    const watermark = modifiedAt ?? "";
    const early = await stage().changedSince("accounts", watermark);
    const ids = ((await late) as readonly number[]).map(String);
    expect(ids.filter((id) => early.has(id))).toEqual([]);
    const strict = await stage().changedSince("accounts", watermark);
    expect(ids.filter((id) => strict.has(id))).toEqual([]);
    const overlap = new Date(Date.parse(watermark) - connection.manifest.commitLagMs).toISOString();
    const again = await stage().changedSince("accounts", overlap);
    expect(ids.filter((id) => !again.has(id))).toEqual([]);
    expect(mapIn(again.get(ids[0] ?? "") ?? { native: {} }, "invoice_address")).toMatchObject({ city: "X" });
  });
}
