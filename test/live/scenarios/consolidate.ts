import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { address } from "./consolidating.ts";
import type { Consolidating } from "./consolidating.ts";
import { consolidateDeleteAndBack } from "./consolidate-remake.ts";
import { numberOf, wonQuote } from "./cash.ts";
import type { LiveSystem } from "./live-erp.ts";
import { openLiveStage } from "./live-stage.ts";
import type { LiveStage } from "./live-stage.ts";
import { openPair } from "./pair.ts";
import type { Pair } from "./pair.ts";

const size = { seed: 7, accounts: 6, contactEvery: 3, products: 3 };
const keep = { name: "Quillon Marine Supplies SA", email: "desk@quillon-marine.example" };
const twice = { name: "Quillon Marine Supplies", email: "orders@quillon-marine.example" };

/** How losers go, and what is with them again after the undo. */
interface Ending {
  /** By kind and target. */
  readonly losses: readonly string[];
  /** Documents of the CRM that are the loser's again: those of which the ERP decides, where it left them. */
  readonly comeBack: readonly string[];
  /** Whether contacts of a loser go to the survivor in the ERP, too, and stay when the loser is deleted. */
  readonly keepsContacts: boolean;
}

/** A customer that both systems have twice becomes one in both, and two again. */
export function consolidateScenario(system: LiveSystem, ending: Ending): void {
  const { reason, title } = system;
  describe.skipIf(reason !== null)(`consolidation in CRM twin and ${title} (${reason ?? "live"})`, () => {
    let opened: Pair | undefined;
    let stage: LiveStage | undefined;
    const pair = (): Pair => {
      if (opened === undefined) throw new Error("the pair is not open");
      return opened;
    };
    beforeAll(async () => {
      stage = await openLiveStage(system, size);
      opened = await openPair(stage);
      const plan = await opened.engine.plan();
      await opened.engine.apply(plan, { approve: { plan: plan.id, by: "test" } });
    }, 1_200_000);
    afterAll(async () => {
      await opened?.engine.close();
      await stage?.close();
    }, 120_000);

    test("consolidate and undo keep the links, those of orders and invoices too", async () => {
      const { engine, settleAll, stage: live } = pair();
      const papers = (account: string): Promise<readonly string[]> => papersFor(pair(), account);
      await consolidateAndBack({ engine, settleAll, crm: live.crm, papers }, ending);
    }, 600_000);

    test("a loser that people delete in the ERP counts as merged, and the undo makes it again", async () => {
      const { engine, settleAll, stage: live } = pair();
      const deleteCustomer = (id: string): Promise<void> => live.erp.deleteCustomer(id);
      const { keepsContacts } = ending;
      await consolidateDeleteAndBack({ engine, settleAll, crm: live.crm, deleteCustomer, keepsContacts });
    }, 600_000);
  });
}

/** An order of a customer that was delivered and invoiced; answers the records of it in the CRM. */
async function papersFor(pair: Pair, account: string): Promise<readonly string[]> {
  const { stage, settleAll, named } = pair;
  const { people } = stage.erp;
  const quote = wonQuote(pair, { account, pieces: 2, orderNumber: "PO-TWICE" });
  await settleAll();
  const number = numberOf(pair, quote);
  const [shipment] = await people.waitingShipments(number);
  expect(await people.deliver(shipment?.id ?? "", "whole")).toBe("whole");
  const [paper] = await people.toInvoice(number);
  await people.invoice(paper?.id ?? "");
  await settleAll();
  const order = String(named("orders", "number", number)?.id);
  const invoice = String(named("invoices", "orderId", order)?.id);
  return [`quotes/${quote}`, `orders/${order}`, `invoices/${invoice}`];
}

const linkOf = async ({ engine }: Consolidating, record: string): Promise<string | null> =>
  (await engine.why({ entity: "accounts", id: record }))?.link ?? null;

async function membersOf({ engine }: Consolidating, record: string): Promise<readonly string[]> {
  const why = await engine.why({ entity: "accounts", id: record });
  return (why?.members ?? []).map(({ connection, id }) => `${connection}:${id}`);
}

/** What is known of a document, named by its object in the CRM and its id there. */
async function whyOf({ engine }: Consolidating, paper: string): ReturnType<Pair["engine"]["why"]> {
  const [object = "", id = ""] = paper.split("/");
  return engine.why({ entity: object, id: `crm:${id}` });
}

async function expectAgreed(pair: Consolidating, papers: readonly string[]): Promise<void> {
  const only = ["accounts", "contacts", "quotes", "orders", "invoices"] as const;
  const statement = await pair.engine.statement({ only });
  const said = statement.entities.flatMap(({ differences, missing }) => [...differences, ...missing]);
  const links = await Promise.all(papers.map(async (paper) => (await whyOf(pair, paper))?.link));
  // The seed has its own open questions, and a confirmed quote says more in the ERP: not ours.
  const ours = said.filter(
    (one) =>
      /quillon/i.test(one.label) ||
      ("field" in one && one.field === "account" && one.link !== null && links.includes(one.link)),
  );
  expect(ours).toEqual([]);
}

/** Makes one of two and two of one. */
export async function consolidateAndBack(pair: Consolidating, { losses, comeBack }: Ending): Promise<void> {
  const { engine, crm, settleAll } = pair;
  const { people } = crm;
  const [one, other] = [keep, twice].map(({ name, email }) =>
    String(people.createAccount({ name, email, ...address, status: "customer", currency: "EUR" }).id),
  );
  const contact = people.createContact({
    ...{ accountId: other ?? "", givenName: "Ada", familyName: "Quillon" },
    email: "ada@quillon-marine.example",
  });
  await settleAll();
  const papers = (await pair.papers?.(other ?? "")) ?? [];
  const customersOf = (): readonly unknown[] =>
    papers.map((paper) => {
      const [object = "", id = ""] = paper.split("/");
      return crm.state.records[object]?.[id]?.["accountId"];
    });
  const linksOfPapers = (): Promise<readonly (string | null)[]> =>
    Promise.all(papers.map(async (paper) => (await whyOf(pair, paper))?.link ?? null));
  expect(customersOf()).toEqual(papers.map(() => other));
  const paperLinks = await linksOfPapers();
  const records = [`crm:${one}`, `crm:${other}`];
  const links = await Promise.all(records.map((record) => linkOf(pair, record)));
  const [, erpTwice] = await Promise.all(
    records.map(async (record) => (await membersOf(pair, record)).find((each) => each.startsWith("erp:"))),
  );
  expect(erpTwice).toBeDefined();
  const { clusters } = await engine.duplicates({ only: ["accounts"] });
  const cluster = clusters.find(({ connection, records: own }) => {
    return connection === "crm" && own.some(({ id }) => id === one) && own.some(({ id }) => id === other);
  });
  expect(cluster?.records.length).toBe(2);
  const plan = await engine.consolidate({
    ...{ cluster: cluster?.id ?? "", survivor: `crm:${one}`, take: {}, by: "test" },
  });
  const gone = plan.writes.filter(({ kind }) => kind === "merge" || kind === "archive");
  expect(gone.map(({ kind, target }) => `${kind} ${target}`)).toEqual(losses);
  expect((await engine.apply(plan)).unmade).toEqual([]);
  await settleAll();
  for (const record of [...records, erpTwice ?? ""]) expect(await linkOf(pair, record)).toBe(links[0]);
  expect(crm.state.records["contacts"]?.[String(contact.id)]?.["accountId"]).toBe(one);
  expect([customersOf(), await linksOfPapers()]).toEqual([papers.map(() => one), paperLinks]);
  await expectAgreed(pair, papers);
  const back = await engine.undo({ what: "consolidation", id: cluster?.id ?? "", by: "test" });
  expect((await engine.apply(back)).unmade).toEqual([]);
  await settleAll();
  expect(await Promise.all(records.map((record) => linkOf(pair, record)))).toEqual(links);
  expect(await linkOf(pair, erpTwice ?? "")).toBe(links[1]);
  expect(crm.state.records["contacts"]?.[String(contact.id)]?.["accountId"]).toBe(other);
  // What is closed stays where the merge put it, and is listed; what the ERP decides of follows the ERP.
  const isBack = (paper: string): boolean => comeBack.includes(paper.split("/")[0] ?? "");
  expect(customersOf()).toEqual(papers.map((paper) => (isBack(paper) ? other : one)));
  expect(await linksOfPapers()).toEqual(paperLinks);
  const stayed = back.consolidation?.left.map(({ entity, target }) => `${entity} ${target}`) ?? [];
  if (papers.length > 0) expect(stayed).toContain("quotes crm");
  await expectAgreed(pair, papers.filter(isBack));
}
