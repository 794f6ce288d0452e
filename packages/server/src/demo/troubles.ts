import type { Statement } from "@crossfoot/model";
import type { Engine, RunSummary } from "../runtime/engine.ts";
import type { Office } from "./back-office.ts";
import { textIn } from "./record.ts";
import { makeQuote, nameOf, pickQuote } from "./work.ts";

/** A trouble that the demo plants, and what must have become of it in the end. */
export interface Trouble {
  readonly name: string;
  /** In words, for a person who watches. */
  readonly expected: string;
  readonly plant: () => Promise<void>;
  /** What became of it, and whether that is right. */
  readonly judge: (seen: Seen) => Promise<Verdict>;
  /** Whether a difference of the statement belongs to it. */
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
interface Verdict {
  readonly isRight: boolean;
  readonly outcome: string;
}

/** The troubles of the demo, in the order in which they are planted. */
export function plannedTroubles(office: Office): readonly Trouble[] {
  return [duplicate(office), badRecord(office), timeOut(office), conflict(office), overLimit(office)];
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function duplicate(office: Office): Trouble {
  const { crm, erp, ground } = office;
  const original = crm.state.records["accounts"]?.[ground.doubled.accountId];
  const name = `${textIn(original, "name")} (Head Office)`;
  let id = "";
  return {
    name: "duplicate",
    expected: `${name} is entered with the tax id of a known customer: a person is asked, nothing is doubled`,
    plant: async () => {
      const same = Object.fromEntries(
        ["taxId", "email", "currency"].map((field) => [field, original?.[field] ?? null]),
      );
      id = String(crm.people.createAccount({ name, status: "customer", ...same }, "bruno").id);
    },
    judge: async ({ candidates }) => {
      const isAsked = candidates.some((one) => one.entity === "accounts" && String(one.id) === id);
      const made = await erp.customersNamed(name);
      const asked = isAsked ? "waits for a person to decide" : "nobody was asked";
      return { isRight: isAsked && made === 0, outcome: `${asked}; ${made} of that name in the ERP` };
    },
    owns: ({ entity, label, reason }) =>
      // Its name, and where it is: `Acme (crm:acc_1)`.
      entity === "accounts" && reason === "candidate" && label.endsWith(`:${id})`),
  };
}

function badRecord({ crm, ground }: Office): Trouble {
  const { fields, why, isBlamed } = ground.bad;
  const name = textIn(fields, "name");
  return {
    name: "bad record",
    expected: `a customer ${why} is entered: set aside alone, with the reason`,
    plant: async () => {
      crm.people.createAccount({ status: "customer", currency: "EUR", ...fields }, "bruno");
    },
    judge: async ({ deadLetters, statement }) => {
      const accounts = statement.entities.find(({ entity }) => entity === "accounts");
      const link = accounts?.missing.find(({ label, reason }) => label === name && reason === "parked")?.link;
      const dead = deadLetters.find((one) => link !== undefined && one.link === link);
      const failure = dead?.failure ?? null;
      const isRight = failure !== null && isBlamed(failure);
      return { isRight, outcome: failure?.message ?? "was not set aside" };
    },
    owns: ({ entity, label, reason }) => entity === "accounts" && label === name && reason === "parked",
  };
}

function timeOut(office: Office): Trouble {
  const { erp, crm, pairs, random } = office;
  return {
    name: "time-out after commit",
    expected: "the ERP makes a quote and its answer is lost: asked about, never repeated, one document",
    plant: async () => {
      erp.loseNextAnswer();
      const sent = pickQuote(office, "sent");
      const fallback = { pair: random.pick(pairs), quantity: "3", unitPrice: "21.00" };
      const quoteId = sent === null ? makeQuote(office, fallback) : String(sent.id);
      if (sent === null) crm.people.sendQuote(quoteId, "ada");
      crm.people.acceptQuote(quoteId, "ada");
    },
    judge: async ({ runs }) => {
      const lost = erp.answersLost();
      const made = await erp.quotesMade();
      const doubled = made.length - new Set(made).size;
      const probed = runs.reduce(
        (sum, run) => sum + run.entities.reduce((all, { probed: count }) => all + count, 0),
        0,
      );
      const answers = counted(lost, "answer", "answers");
      return {
        isRight: lost === 1 && doubled === 0 && probed > 0 && made.length > 0,
        outcome: `${answers} lost, ${probed} asked about; ${made.length} quotes made, ${doubled} made twice`,
      };
    },
    owns: () => false,
  };
}

function conflict(office: Office): Trouble {
  const { crm, erp, ground } = office;
  const { accountId, customer } = ground.contested;
  const name = nameOf(office, accountId);
  return {
    name: "conflict",
    expected: `both sides change the website of ${name}, a field under review: kept for a person to decide`,
    plant: async () => {
      crm.people.editAccount(accountId, { website: "https://sales.example" }, "ada");
      await erp.setWebsite(customer, "https://finance.example");
    },
    judge: async ({ conflicts }) => {
      const open = conflicts.filter(({ entity, field }) => entity === "accounts" && field === "website");
      const many = counted(open.length, "conflict", "conflicts");
      return {
        isRight: open.length === 1,
        outcome: `${many} open; each side keeps its value until a person decides`,
      };
    },
    owns: ({ entity, label, field, reason }) =>
      entity === "accounts" && label === name && field === "website" && reason === "conflict",
  };
}

function overLimit(office: Office): Trouble {
  const { crm, erp, ground } = office;
  let quoteId = "";
  return {
    name: "credit limit",
    expected: `a quote over the customer's credit limit is won: ${ground.overLimit.expected}`,
    plant: async () => {
      await erp.setCreditLimit(ground.limited.customer, "1000.00");
      quoteId = makeQuote(office, { pair: ground.limited, quantity: "200", unitPrice: "95.00" });
      crm.people.sendQuote(quoteId, "bruno");
      crm.people.acceptQuote(quoteId, "bruno");
    },
    judge: async () => {
      const quote = crm.state.records["quotes"]?.[quoteId];
      const status = textIn(quote, "status");
      const [approval, reason] = [textIn(quote, "approvalState"), textIn(quote, "approvalReason")];
      const isRight = ground.overLimit.isRight({ status, approval, reason });
      return { isRight, outcome: `the CRM shows: ${[status, approval, reason].filter(Boolean).join(", ")}` };
    },
    owns: ({ entity, label, field, reason }) => {
      const number = textIn(crm.state.records["quotes"]?.[quoteId], "number");
      return entity === "quotes" && label === number && field === "status" && reason === "parked";
    },
  };
}
