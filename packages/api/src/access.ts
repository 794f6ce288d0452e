/** What a key may be, from the one that only looks to the one that may do everything. */
export const keyRoles = ["viewer", "sales", "operator", "approver", "administrator", "agent"] as const;

/** Role of a key. */
export type KeyRole = (typeof keyRoles)[number];

/** What each role is for. */
export const roleWords: { readonly [role in KeyRole]: string } = {
  viewer: "looks at records, runs and plans; changes nothing and spends no call of a system",
  sales: "asks the ERP in the moment and turns quotes into orders",
  operator: "keeps it going: decides conflicts, candidates and duplicates, redrives, pauses, plans, applies",
  approver: "approves and applies plans, also beyond the guard",
  administrator: "everything",
  agent: "a program that proposes: looks, asks and plans; never applies",
};

/** What a key may be limited to, beside its role. */
export const scopeWords = {
  "moment:read": "ask the ERP for prices, stock, credit, the state of orders, and for a preflight",
  "orders:write": "turn quotes into orders",
  "records:read": "read records, links and why they are as they are",
  "operations:read":
    "read status, runs, conflicts, dead letters, candidates, duplicates, pauses, webhooks and the statement",
  "operations:write": "decide conflicts, candidates and duplicates, redrive, redeliver, pause and resume",
  "plans:read": "read plans",
  "plans:write": "make plans, of what is due and of what is to be undone",
  "plans:apply": "apply plans",
  "people:read": "see who may sign in",
  "people:write": "invite people, change their role, disable them, end their sessions",
} as const;

/** A scope of a key. */
export type Scope = keyof typeof scopeWords;

/** All scopes, in the order of their words. */
export const scopes: readonly Scope[] = Object.keys(scopeWords).filter((name): name is Scope =>
  Object.hasOwn(scopeWords, name),
);
