import { entityNames } from "@crossfoot/model";
import { expect, it } from "vitest";
import { classOf, idOf } from "./live-connector.ts";
import type { LiveConnector } from "./live-connector.ts";

/** Rules of reading that hold for every ERP. */
export function readingCases(live: () => LiveConnector): void {
  it("reads all nine entities, and the default mapping makes canonical records of every one", async () => {
    const counts: Record<string, number> = {};
    for (const entity of entityNames) {
      const begun = performance.now();
      const page = await live().all(entity);
      const problems = page.records.flatMap((record) => Object.keys(live().read(entity, record).problems));
      expect([entity, page.unreadable, problems]).toEqual([entity, [], []]);
      counts[entity] = page.records.length;
      console.log(`${entity}: ${page.records.length} records in ${Math.round(performance.now() - begun)} ms`);
    }
    expect(counts).toEqual(live().ground.counts);
  });

  it("lists the ids of every record, page by page the same as at once", async () => {
    const { connection } = live();
    for (const entity of entityNames) {
      const ids = await connection.readIds({ entity, cursor: null });
      const paged: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await connection.read({ entity, roots: [], since: null, cursor, pageSize: 7 });
        paged.push(...page.records.map(({ id }) => String(id)));
        cursor = page.next;
      } while (cursor !== null);
      expect([entity, paged]).toEqual([entity, ids.ids.map(String)]);
      expect(new Set(paged).size).toBe(paged.length);
    }
  });

  it("a second reading of everything shows the same versions and values", async () => {
    for (const entity of entityNames) {
      const read = async (): Promise<string> => {
        const page = await live().all(entity);
        return JSON.stringify(page.records.map(({ id, version, native }) => [id, version, native]));
      };
      expect(await read()).toBe(await read());
    }
  });
}

const address = {
  street: "1 rue X",
  street2: "Bat. B",
  city: "Lille",
  postalCode: "59000",
  region: null,
  country: "FR",
};

/** Rules of writing that hold for every ERP. */
export function writingCases(live: () => LiveConnector): void {
  it("creates a customer and a person, and reads back what was written", async () => {
    const customer = {
      name: "Zoë & Söhne 😀 שלום",
      billingAddress: address,
      shippingAddress: { ...address, city: "Roubaix" },
      email: "zoe@example.com",
      phone: "+33 3 20 00 00 00",
      paymentTerms: "net30",
    };
    const [made] = await live().send(live().create("accounts", customer));
    const account = await live().one("accounts", idOf(made));
    expect(live().read("accounts", account).fields).toMatchObject(customer);
    expect(account.actor).toBe(live().ground.user);
    const person = {
      name: { given: "Ann Mary", family: "Lee" },
      email: "ann@example.com",
      account: live().refTo("accounts", account.id),
    };
    const [second] = await live().send(live().create("contacts", person));
    const contact = await live().one("contacts", idOf(second));
    expect(live().read("contacts", contact).fields).toMatchObject(person);
    expect((await live().one("accounts", contact.id)).kind).toBe("out_of_scope");
  });

  it("refuses a bad record alone among good ones", async () => {
    const outcomes = await live().send(
      live().create("accounts", { name: "Good one" }),
      live().create("accounts", { name: "Bad terms", paymentTerms: "never heard of" }),
      live().create("accounts", { name: "Good two" }),
    );
    expect(outcomes.map(classOf)).toEqual(["done", "invalid", "done"]);
    expect((await live().ground.people.customersNamed("Bad terms")).length).toBe(0);
  });

  it("updates under the version that was read, once", async () => {
    const [made] = await live().send(live().create("accounts", { name: "Versioned", email: "a@v.example" }));
    const before = await live().one("accounts", idOf(made));
    const update = live().update("accounts", before, { name: "Versioned 2", email: "b@v.example" });
    expect((await live().send(update)).map(classOf)).toEqual(["done"]);
    const after = await live().one("accounts", before.id);
    expect(after.version).not.toBe(before.version);
    const now = { name: "Versioned 2", email: "b@v.example" };
    expect(live().read("accounts", after).fields).toMatchObject(now);
    const late = live().update("accounts", before, { name: "Versioned 3" });
    expect((await live().send(late)).map(classOf)).toEqual(["stale"]);
    expect(live().read("accounts", await live().one("accounts", before.id)).fields).toMatchObject(now);
  });

  it("never overwrites what a person changed after it was read", async () => {
    const [made] = await live().send(live().create("accounts", { name: "Contested", email: "a@c.example" }));
    const before = await live().one("accounts", idOf(made));
    await live().ground.people.rename(String(before.id), "Contested by a person");
    const ours = live().update("accounts", before, { name: "Contested by us" });
    expect((await live().send(ours)).map(classOf)).toEqual(["stale"]);
    expect((await live().ground.people.customersNamed("Contested by a person")).length).toBe(1);
  });

  it("finds by our reference what a lost answer created, for each entity it writes", async () => {
    const { connection, session, ground } = live();
    const customer = await live().named("accounts", "number", ground.customer);
    const creates = [
      live().create("accounts", { name: "Lost" }),
      live().create("contacts", {
        name: { given: "L", family: "Ost" },
        account: live().refTo("accounts", customer.id),
      }),
      await live().quote("4", "3.5"),
    ];
    for (const write of creates) {
      session.fate = (request) => (ground.isMaking(request) ? "lose-answer" : "pass");
      expect([write.entity, ...(await live().send(write)).map(classOf)]).toEqual([write.entity, "in_doubt"]);
      session.fate = null;
      const { entity, reference } = write;
      const { roots } = live().mappingOf(entity);
      const found = await connection.probe({ entity, roots, reference, write });
      const expected = { by: "reference", records: [{ kind: "present", actor: ground.user }] };
      expect(found).toMatchObject(expected);
      expect((await connection.probe({ entity, roots, reference: "never-sent", write })).records).toEqual([]);
    }
  });

  it("shows what was archived as archived, and never as gone", async () => {
    const { connection } = live();
    const [made] = await live().send(live().create("accounts", { name: "Asleep" }));
    const id = idOf(made);
    expect((await live().send(live().archive("accounts", id))).map(classOf)).toEqual(["done"]);
    expect((await live().one("accounts", id)).kind).toBe("archived");
    const listed = await connection.readIds({ entity: "accounts", cursor: null });
    const active = await live().all("accounts");
    const kinds = active.records.filter((record) => record.id === id).map(({ kind }) => kind);
    expect([listed.ids.includes(id), kinds]).toEqual([true, ["archived"]]);
  });
}

/** What every ERP that keeps books tells of them. */
export function bookCases(live: () => LiveConnector): void {
  it("tells up to which day the books are closed, and none while they are open", async () => {
    const { connection, ground } = live();
    expect((await connection.closedPeriods?.())?.through).toBe(null);
    const day = await ground.closeBooks();
    expect((await connection.closedPeriods?.())?.through).toBe(day);
  });
}

/** Rules of quotes on their way to an order that hold for every ERP. */
export function quoteCases(live: () => LiveConnector): void {
  it("makes one order of a quote, however often it is confirmed", async () => {
    const { people } = live().ground;
    const [made] = await live().send(await live().quote("4", "3.5"));
    const id = idOf(made);
    const give = live().move("quotes", id, { from: "draft", to: "sent" });
    const confirm = [1, 2].map(() => live().move("quotes", id, { from: "sent", to: "accepted" }));
    for (const write of [give, ...confirm]) expect((await live().send(write)).map(classOf)).toEqual(["done"]);
    const order = await live().one("orders", id);
    const { fields } = live().read("orders", order);
    expect([order.kind, fields["status"]]).toEqual(["present", "open"]);
    expect(live().read("quotes", await live().one("quotes", id)).fields["status"]).toBe("converted");
    const number = typeof fields["number"] === "string" ? fields["number"] : "";
    expect((await people.papersOf(number)).orders).toEqual([number]);
    expect((await people.waitingShipments(number)).length).toBe(1);
  });

  it("cancels a quote that was given out, and it is no order then", async () => {
    const [made] = await live().send(await live().quote("4", "3.5"));
    const id = idOf(made);
    await live().send(live().move("quotes", id, { from: "draft", to: "sent" }));
    const cancel = live().move("quotes", id, { from: "sent", to: "cancelled" });
    expect((await live().send(cancel)).map(classOf)).toEqual(["done"]);
    const { fields } = live().read("quotes", await live().one("quotes", id));
    expect([fields["status"], fields["approval"], fields["approvalBy"]]).toEqual(["cancelled", "none", null]);
    expect((await live().one("orders", id)).kind).toBe("out_of_scope");
  });

  it("shows that people have turned a quote down: who, when and why", async () => {
    const [made] = await live().send(await live().quote("4", "3.5"));
    const id = idOf(made);
    await live().send(live().move("quotes", id, { from: "draft", to: "sent" }));
    const before = live().read("quotes", await live().one("quotes", id)).fields;
    const number = typeof before["erpNumber"] === "string" ? before["erpNumber"] : "";
    await live().ground.people.rejectQuote(number, "The margin is too thin.");
    const after = live().read("quotes", await live().one("quotes", id)).fields;
    expect(after).toMatchObject({
      ...{ status: "cancelled", approval: "rejected", approvalReason: "The margin is too thin." },
      approvalAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    });
    expect(typeof after["approvalBy"]).toBe("string");
    expect([live().ground.user, null]).not.toContain(after["approvalBy"]);
  });

  it("keeps the agreed price when the quantity of a line changes", async () => {
    const [made] = await live().send(await live().quote("4", "3.5"));
    const before = await live().one("quotes", idOf(made));
    const { fields } = live().read("quotes", before);
    const [line] = fields["lines"] as readonly { readonly key: string; readonly fields: object }[];
    const quantity = { value: "400", unit: live().ground.quote.unit };
    const lines = [{ key: line?.key ?? "", fields: { ...line?.fields, quantity } }];
    expect((await live().send(live().update("quotes", before, { lines }))).map(classOf)).toEqual(["done"]);
    const after = live().read("quotes", await live().one("quotes", before.id)).fields;
    expect(after["lines"]).toMatchObject([
      { key: line?.key, fields: { quantity, unitPrice: { amount: "3.5", currency: "EUR" } } },
    ]);
    expect(after["net"]).toEqual({ amount: "1400", currency: "EUR" });
  });
}
