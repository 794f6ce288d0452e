import { expect, it } from "vitest";
import { asId, codeOf, idOf, mapIn, mappingOf } from "./stage.ts";
import type { Stage } from "./stage.ts";

const lille = { street: "1 rue X", street2: "Bat. B", city: "Lille", postal_code: "59000", country: "FR" };

/** Rules of writing accounts and contacts. */
export function accountCases(stage: () => Stage): void {
  it("creates accounts in one call, and refuses a bad one alone", async () => {
    const parent = { id: String(await stage().party("C00001")) };
    const good = stage().create("accounts", {
      name: "Zoë & Söhne 😀 שלום",
      status: "customer",
      invoice_address: lille,
      delivery_address: { ...lille, city: "Roubaix" },
      addresses: [{ name: "Dock", ...lille, city: "Calais" }],
      phone: { value: "+33 3 20 00 00 00" },
      email: { value: "zoe@example.com" },
      tax_identifier: { code: "FR40303265045" },
      customer_payment_term: "30 days net",
      parent,
    });
    const bad = stage().create("accounts", { name: "Bad", tax_identifier: { code: "DE123456789" } });
    const terms = stage().create("accounts", { name: "Bad", customer_payment_term: "never" });
    const outcomes = await stage().send(good, bad, terms);
    const codes = ["done", "invalid/tax_id_invalid", "invalid/payment_term_unknown"];
    expect(outcomes.map(codeOf)).toEqual(codes);
    const { native, actor } = await stage().one("accounts", idOf(outcomes[0]));
    expect(actor).toBe(stage().erp.user);
    expect(native).toMatchObject({
      name: "Zoë & Söhne 😀 שלום",
      invoice_address: { street: "1 rue X", street2: "Bat. B", city: "Lille", country: "FR" },
      delivery_address: { city: "Roubaix" },
      addresses: [{ name: "Dock", city: "Calais" }],
      email: { value: "zoe@example.com" },
      tax_identifier: { type: "eu_vat", code: "FR40303265045" },
      customer_payment_term: "30 days net",
      parent,
    });
  });

  it("updates an account and its parts under the stamps it was read with", async () => {
    const id = asId(await stage().party("C00002"));
    const before = await stage().one("accounts", id);
    const update = stage().update("accounts", before, {
      name: "Hooli 2 AG",
      invoice_address: { ...mapIn(before, "invoice_address"), city: "Gent" },
      email: { ...mapIn(before, "email"), value: "fresh@c02.example.com" },
      website: { ...mapIn(before, "website"), value: null },
    });
    expect(await stage().codes(update)).toEqual(["done"]);
    const after = await stage().one("accounts", id);
    expect(after.native).toMatchObject({
      name: "Hooli 2 AG",
      website: null,
      email: { value: "fresh@c02.example.com" },
      invoice_address: { id: mapIn(before, "invoice_address")["id"], city: "Gent" },
    });
    expect(after.version).not.toBe(before.version);
    expect(await stage().codes(update)).toEqual(["stale/stale_record"]);
  });

  it("refuses an update of a part that was changed meanwhile, although the party was not", async () => {
    const id = asId(await stage().party("C00003"));
    const before = await stage().one("accounts", id);
    const delivery = mapIn(before, "delivery_address");
    await stage().admin.call("party.address.write", [Number(delivery["id"])], { city: "Elsewhere" });
    const ours = stage().update("accounts", before, { delivery_address: { ...delivery, city: "Ours" } });
    expect(await stage().codes(ours)).toEqual(["stale/stale_record"]);
    expect(await stage().codes(stage().update("accounts", before, { name: "Free" }))).toEqual(["done"]);
    const after = await stage().one("accounts", id);
    expect(after.native).toMatchObject({ name: "Free", delivery_address: { city: "Elsewhere" } });
  });

  it("gives each use its own row when one address served both", async () => {
    const patch = { name: "Shared", invoice_address: lille, delivery_address: lille };
    const [created] = await stage().send(stage().create("accounts", patch));
    const before = await stage().one("accounts", idOf(created));
    expect(before.native["delivery_address"]).toEqual(before.native["invoice_address"]);
    const moved = { ...mapIn(before, "invoice_address"), city: "Paris" };
    await stage().send(stage().update("accounts", before, { invoice_address: moved }));
    const after = await stage().one("accounts", idOf(created));
    const apart = { invoice_address: { city: "Paris" }, delivery_address: { city: "Lille" }, addresses: [] };
    expect(after.native).toMatchObject(apart);
  });

  it("writes a hundred updates in one call, and finds the stale one among them", async () => {
    const { admin, connection, session } = stage();
    const names = Array.from({ length: 100 }, (_, at) => `Bulk ${at}`);
    const begun = performance.now();
    const ids = (await stage().send(...names.map((name) => stage().create("accounts", { name })))).map(idOf);
    const created = performance.now();
    const { roots } = mappingOf("accounts");
    const records = await connection.readByIds({ entity: "accounts", roots, ids });
    const read = performance.now();
    await admin.call("party.party.write", [Number(ids[41])], { name: "Edited" });
    const updates = records.map((record, at) => stage().update("accounts", record, { name: `Bulk ${at} b` }));
    const calls = session.exchanges.length;
    const sent = performance.now();
    const codes = await stage().codes(...updates);
    const ms = [created - begun, read - created, performance.now() - sent].map(Math.round);
    console.log(`100 accounts: created in ${ms[0]} ms, read in ${ms[1]} ms, updated in ${ms[2]} ms`);
    console.log(`one stale among 100 updates: ${session.exchanges.length - calls} calls`);
    expect(codes.flatMap((code, at) => (code === "done" ? [] : [[at, code]]))).toEqual([
      [41, "stale/stale_record"],
    ]);
    expect((await stage().one("accounts", ids[41] ?? asId(0))).native["name"]).toBe("Edited");
  });

  it("creates a contact with its relation, and moves it to another account", async () => {
    const [from, to] = [String(await stage().party("C00004")), String(await stage().party("C00005"))];
    const person = { given: "Ann Mary", family: "Lee" };
    const patch = { person, email: { value: "ann@example.com" }, account: { id: from } };
    const nobody = stage().create("contacts", { person: { given: "No", family: "Body" } });
    const outcomes = await stage().send(stage().create("contacts", patch), nobody);
    expect(outcomes.map(codeOf)).toEqual(["done", "invalid/required"]);
    const id = idOf(outcomes[0]);
    const before = await stage().one("contacts", id);
    expect(before.native).toMatchObject({
      person,
      account: { id: from },
      email: { value: "ann@example.com" },
    });
    const moved = { account: { ...mapIn(before, "account"), id: to } };
    expect(await stage().codes(stage().update("contacts", before, moved))).toEqual(["done"]);
    expect((await stage().one("contacts", id)).native["account"]).toMatchObject({ id: to });
    expect((await stage().one("accounts", id)).kind).toBe("out_of_scope");
  });
}
