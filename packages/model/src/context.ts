import type { FieldKind, FieldKinds } from "@crossfoot/kernel";

const text: FieldKind = { kind: "text" };
const code: FieldKind = { kind: "code" };
const account: FieldKind = { kind: "reference", entity: "accounts" };
const contact: FieldKind = { kind: "reference", entity: "contacts" };

/**
 * What is read for context and never synchronised: the pipeline, support, inbound mail, the people who own
 * records.
 */
export const contextNames = ["deals", "tickets", "messages", "users"] as const;

/** One of the context objects. */
export type ContextName = (typeof contextNames)[number];

/**
 * Fields of the context objects. They have no master and no direction: nobody writes them through
 * Crossfoot.
 */
export const contextFields: { readonly [name in ContextName]: FieldKinds } = {
  deals: {
    name: text,
    account,
    stage: code,
    amount: { kind: "money" },
    probability: { kind: "decimal" },
    closeDate: { kind: "date" },
    owner: code,
  },
  tickets: {
    subject: text,
    account,
    contact,
    status: code,
    priority: code,
    openedAt: { kind: "instant" },
    text,
  },
  messages: { sender: text, recipient: text, subject: text, text, account, receivedAt: { kind: "instant" } },
  users: { login: text, name: text, email: text, active: { kind: "boolean" } },
};
