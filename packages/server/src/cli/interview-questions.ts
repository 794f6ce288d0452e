import { normalDate } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";

/** Departments that are asked, in this order. */
export const departments = ["IT", "Sales", "Finance", "Operations"] as const;

/** What somebody may answer. */
type AnswerForm =
  | { readonly is: "choice"; readonly of: readonly { readonly value: string; readonly words: string }[] }
  | { readonly is: "text"; readonly isOptional: boolean }
  | { readonly is: "address" }
  | { readonly is: "day" };

/** One question of the interview. */
export interface Question {
  /** Name under which its answer is kept, such as `sales.master`. */
  readonly id: string;
  readonly department: (typeof departments)[number];
  /** In plain words: whoever is asked need not know Crossfoot. */
  readonly asks: string;
  readonly form: AnswerForm;
  /** What holds when nobody says anything. */
  readonly fallback: string;
}

/** Puts one question to whoever is there. Null when they want to stop. */
export type Ask = (
  question: Question,
  /** Why the last answer could not be taken; null at first. */
  problem: string | null,
) => Promise<string | null>;

const choice = (...of: readonly (readonly [value: string, words: string])[]): AnswerForm => ({
  is: "choice",
  of: of.map(([value, words]) => ({ value, words })),
});
const yesNo = choice(["yes", "yes"], ["no", "no, not now"]);
const whose = choice(
  ["crm", "the CRM: sales keeps it"],
  ["erp", "the ERP: the back office keeps it"],
  ["review", "ask a person when both changed it"],
  ["newest", "whoever changed it last"],
);
const side = choice(["erp", "the ERP"], ["crm", "the CRM"]);
const optional: AnswerForm = { is: "text", isOptional: true };

/** Entities that a department may switch on, and what it is asked. */
export const switches: { readonly [id: string]: readonly EntityName[] } = {
  "sales.contacts": ["contacts"],
  "sales.quotes": ["quotes", "orders"],
  "finance.invoices": ["invoices"],
  "operations.products": ["products"],
  "operations.prices": ["pricebooks"],
  "operations.stock": ["inventory"],
  "operations.shipments": ["shipments"],
};

const signer = (department: Question["department"], word: string): Question => ({
  id: `${word}.signer`,
  department,
  asks: `In which role does somebody sign the contract for ${word}? Empty: anybody of ${word}.`,
  form: optional,
  fallback: "",
});

/** The questions for connectors of these names, department by department. */
export function questionsFor(connectors: readonly string[]): readonly Question[] {
  const systems = choice(...connectors.map((name) => [name, connectorWords(name)] as const));
  const first = connectors.includes("http") ? "http" : (connectors[0] ?? "");
  const it = (id: string, asks: string, more: Pick<Question, "form" | "fallback">): Question => {
    return { id, department: "IT", asks, ...more };
  };
  return [
    it("it.crm", "Which CRM do you have?", { form: systems, fallback: first }),
    it("it.crmAddress", "At which address is it?", {
      form: { is: "address" },
      fallback: "https://crm.example.com",
    }),
    it("it.erp", "Which ERP do you have?", { form: systems, fallback: first }),
    it("it.erpAddress", "At which address is it?", {
      form: { is: "address" },
      fallback: "https://erp.example.com",
    }),
    it("it.observe", "Shall it only look at first, and write nothing?", { form: yesNo, fallback: "yes" }),
    it("it.sweep", "How often shall everything be compared, beside what changes?", {
      form: choice(["15m", "every quarter of an hour"], ["1h", "every hour"], ["1d", "once a day"]),
      fallback: "1h",
    }),
    ...salesQuestions,
    ...financeQuestions,
    ...operationsQuestions,
  ];
}

const salesQuestions: readonly Question[] = [
  {
    id: "sales.customer",
    asks: "In one sentence: what is an account for you? Empty: a company that buys from us, or may.",
    form: optional,
    fallback: "",
  },
  { id: "sales.master", asks: "Whose word counts for names and addresses?", form: whose, fallback: "crm" },
  {
    id: "sales.create",
    asks: "When does an account of the CRM come into the ERP?",
    form: choice(
      ["customer", "when its status is customer, or a document needs it"],
      ["always", "at once"],
      ["demand", "only when a document needs it"],
    ),
    fallback: "customer",
  },
  { id: "sales.contacts", asks: "Shall contacts travel too?", form: yesNo, fallback: "yes" },
  {
    id: "sales.quotes",
    asks: "Shall accepted quotes become orders of the ERP?",
    form: yesNo,
    fallback: "no",
  },
]
  .map((each) => ({ ...each, department: "Sales" as const }))
  .concat([signer("Sales", "sales") as never]);

const financeQuestions: readonly Question[] = [
  { id: "finance.credit", asks: "Who sets credit limits?", form: side, fallback: "erp" },
  { id: "finance.terms", asks: "Who sets payment terms of a customer?", form: side, fallback: "erp" },
  { id: "finance.invoices", asks: "Shall sales see invoices in the CRM?", form: yesNo, fallback: "no" },
  {
    id: "finance.closed",
    asks: "Up to which day are the books closed, such as 2026-10-31? Empty: none.",
    form: { is: "day" } as AnswerForm,
    fallback: "",
  },
  {
    id: "finance.signature",
    asks: "Shall nothing be written before the contract is signed?",
    form: choice(["roles", "yes, each department signs"], ["on", "yes, one of them signs"], ["off", "no"]),
    fallback: "roles",
  },
]
  .map((each) => ({ ...each, department: "Finance" as const }))
  .concat([signer("Finance", "finance") as never]);

const operationsQuestions: readonly Question[] = [
  {
    id: "operations.products",
    asks: "Shall products of the ERP show in the CRM?",
    form: yesNo,
    fallback: "yes",
  },
  { id: "operations.prices", asks: "Shall price lists show there?", form: yesNo, fallback: "no" },
  { id: "operations.stock", asks: "Shall stock show there?", form: yesNo, fallback: "no" },
  { id: "operations.shipments", asks: "Shall deliveries show there?", form: yesNo, fallback: "no" },
  {
    id: "operations.deleted",
    asks: "An account is deleted on one side. What happens on the other?",
    form: choice(["archive", "it is archived"], ["ask", "a person is asked"], ["ignore", "nothing"]),
    fallback: "archive",
  },
]
  .map((each) => ({ ...each, department: "Operations" as const }))
  .concat([signer("Operations", "operations") as never]);

function connectorWords(name: string): string {
  return name === "http" ? "another one, with an address for JSON (described in a file)" : name;
}

/** Why an answer cannot be taken, in words; null when it can. Never throws. */
export function answerProblem({ form, id }: Question, answer: string): string | null {
  const said = `\`${id}\``;
  if (answer.length > 1_000 || /\p{Cc}/u.test(answer)) return `${said} is one line of at most 1,000 letters`;
  switch (form.is) {
    case "choice": {
      const known = form.of.map(({ value }) => value);
      if (known.includes(answer)) return null;
      const nearest = nearestName(answer, known);
      const hint = nearest === undefined ? "" : `; did you mean \`${nearest}\`?`;
      return `${said} is one of ${known.join(", ")}${hint}`;
    }
    case "text":
      return form.isOptional || answer.trim() !== "" ? null : `${said} needs an answer`;
    case "address":
      return /^https?:\/\/\S+$/.test(answer) && isPlainAddress(answer)
        ? null
        : `${said} is an address such as https://crm.example.com, without a user or a password in it`;
    case "day":
      return answer === "" || normalDate(answer) !== undefined
        ? null
        : `${said} is a day such as 2026-10-31, or empty`;
  }
}

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return username === "" && password === "" && search === "" && hash === "";
}
