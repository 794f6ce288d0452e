import type { Statement } from "@crossfoot/model";
import type { Engine, RunSummary } from "../runtime/engine.ts";
import type { Office } from "./work.ts";

/** A trouble that the demo plants, and what must have become of it in the end. */
export interface Trouble {
  readonly name: string;
  /** In words, for a person who watches. */
  readonly expected: string;
  readonly plant: () => void;
  /** What became of it, and whether that is right. */
  readonly judge: (seen: Seen) => Verdict;
  /** Differences of the statement that belong to it, as `entity/label/reason`. */
  readonly owns: (difference: Owned) => boolean;
}

/** A difference or a missing record of the statement. */
export interface Owned {
  readonly entity: string;
  readonly label: string;
  readonly field: string | null;
  readonly reason: string;
}

/** What there is to judge by at the end. */
export interface Seen {
  readonly statement: Statement;
  readonly deadLetters: Awaited<ReturnType<Engine["deadLetters"]>>;
  readonly conflicts: Awaited<ReturnType<Engine["conflicts"]>>;
  readonly candidates: Awaited<ReturnType<Engine["candidates"]>>;
  readonly runs: readonly RunSummary[];
}

/** Outcome of one trouble. */
export interface Verdict {
  readonly isRight: boolean;
  readonly outcome: string;
}

const textOf = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** The troubles of the demo, in the order in which they are planted. */
export function plannedTroubles(office: Office): readonly Trouble[] {
  return [duplicate(office), tooLong(office), timeOut(office), conflict(office), overLimit(office)];
}

function duplicate({ contents, crm }: Office): Trouble {
  const [id = ""] = contents.troubles.duplicateAccountIds;
  const name = textOf(crm.state.records["accounts"]?.[id]?.["name"]);
  return {
    name: "duplicate",
    expected: `${name} has the tax id of a customer that exists: a person is asked, nothing is doubled`,
    plant: () => undefined,
    judge: ({ candidates }) => {
      const isFound = candidates.some(
        (candidate) => candidate.entity === "accounts" && String(candidate.id) === id,
      );
      return {
        isRight: isFound,
        outcome: isFound ? "waits for review, not sent to the ERP" : "was not noticed",
      };
    },
    owns: ({ entity, label, reason }) =>
      entity === "accounts" && reason === "candidate" && label.endsWith(`:${id}`),
  };
}

function tooLong({ contents, crm }: Office): Trouble {
  const [id = ""] = contents.troubles.tooLongNameIds;
  const name = textOf(crm.state.records["accounts"]?.[id]?.["name"]);
  return {
    name: "bad record",
    expected: "a customer whose name is longer than the ERP takes: set aside alone, with the field named",
    plant: () => undefined,
    judge: ({ deadLetters }) => {
      const dead = deadLetters.find(
        ({ entity, failure }) => entity === "accounts" && failure?.field === "name",
      );
      return { isRight: dead !== undefined, outcome: dead?.failure?.message ?? "was not set aside" };
    },
    owns: ({ entity, label, reason }) => entity === "accounts" && label === name && reason === "parked",
  };
}

function timeOut(office: Office): Trouble {
  const { erp, crm } = office;
  let reference: unknown;
  let quoteId = "";
  return {
    name: "time-out after commit",
    expected: "the ERP makes a quote and its answer is lost: asked about, never repeated, one document",
    plant: () => {
      erp.faults.add({ method: "POST", path: "/sales_quotes", exact: true, effect: { kind: "lose" } });
      const sent = Object.values(crm.state.records["quotes"] ?? {}).find(
        (quote) => quote["status"] === "sent",
      );
      if (sent === undefined) throw new Error("the demo has no quote left to win");
      quoteId = String(sent.id);
      crm.people.acceptQuote(quoteId, "ada");
    },
    judge: ({ runs }) => {
      const lost = erp.faults.fired.filter(({ effect }) => effect.kind === "lose").length;
      const made = erp.commits.filter(
        ({ object, kind, actor }) =>
          object === "sales_quotes" && kind === "create" && actor === "integration",
      );
      const references = made.map(({ after }) => after?.["external_ref"]);
      reference = references.find((one, index) => references.indexOf(one) !== index);
      const probed = runs.reduce(
        (sum, run) => sum + run.entities.reduce((all, { probed: count }) => all + count, 0),
        0,
      );
      const isRight = lost === 1 && reference === undefined && probed > 0;
      const doubled = reference === undefined ? "no quote made twice" : "a quote was made twice";
      return {
        isRight,
        outcome: `${lost} answer lost, ${probed} asked about, ${made.length} quotes made, ${doubled}`,
      };
    },
    owns: () => false,
  };
}

function conflict({ contents, crm, erp }: Office): Trouble {
  const pair = contents.shared[1];
  const name = textOf(crm.state.records["accounts"]?.[pair?.accountId ?? ""]?.["name"]);
  return {
    name: "conflict",
    expected: `both sides change the website of ${name}, which the contract puts under review: kept for a person`,
    plant: () => {
      if (pair === undefined) throw new Error("the demo has no shared customer");
      crm.people.editAccount(pair.accountId, { website: "https://sales.example" }, "ada");
      erp.people.editCustomer(pair.customerId, { url: "https://finance.example" }, "dora");
    },
    judge: ({ conflicts }) => {
      const open = conflicts.filter(({ entity, field }) => entity === "accounts" && field === "website");
      return { isRight: open.length === 1, outcome: `${open.length} conflict open, both values kept` };
    },
    owns: ({ entity, field, reason }) =>
      entity === "accounts" && field === "website" && reason === "conflict",
  };
}

function overLimit(office: Office): Trouble {
  const { crm, erp, contents } = office;
  let quoteId = "";
  return {
    name: "credit limit",
    expected: "a quote over the customer's credit limit: the ERP holds it, the CRM shows why",
    plant: () => {
      const pair = contents.shared[2];
      if (pair === undefined) throw new Error("the demo has no third shared customer");
      erp.people.editCustomer(pair.customerId, { credit_limit: "1.00" }, "faye");
      const like = Object.values(crm.state.records["quotes"] ?? {})[0];
      const account = crm.state.records["accounts"]?.[pair.accountId];
      const currency = textOf(account?.["currency"]);
      const lines = (
        (like?.["lines"] as readonly { readonly [name: string]: unknown }[] | undefined) ?? []
      ).map((line) => ({
        productId: textOf(line["productId"]),
        unit: textOf(line["unit"]),
        quantity: "10",
        unitPrice: { amount: "95.00", currency },
      }));
      const quote = crm.people.createQuote(
        {
          accountId: pair.accountId,
          currency,
          warehouse: "MAIN",
          company: "NG01",
          validUntil: textOf(like?.["validUntil"]),
          paymentTerms: textOf(account?.["paymentTerms"]),
          lines,
        },
        "bruno",
      );
      quoteId = String(quote.id);
      crm.people.sendQuote(quoteId, "bruno");
      crm.people.acceptQuote(quoteId, "bruno");
    },
    judge: () => {
      const quote = crm.state.records["quotes"]?.[quoteId];
      const reason = textOf(quote?.["approvalReason"]);
      const isRight = textOf(quote?.["approvalState"]) === "pending" && reason.includes("credit limit");
      return { isRight, outcome: `the CRM shows: ${textOf(quote?.["approvalState"])}, ${reason}` };
    },
    owns: ({ entity, label, field, reason }) => {
      const number = textOf(crm.state.records["quotes"]?.[quoteId]?.["number"]);
      return entity === "quotes" && label === number && field === "status" && reason === "parked";
    },
  };
}
