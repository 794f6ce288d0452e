import { connectionId, externalId } from "@crossfoot/kernel";
import type { ConnectionId, FailureRecord, LinkId } from "@crossfoot/kernel";
import type { DecisionRecord, Intent, IntentOutcome, StoredObservation } from "../port.ts";

/** The CRM of the suites. */
export const crm: ConnectionId = connectionId("crm");
/** The ERP of the suites. */
export const erp: ConnectionId = connectionId("erp");

/** A sighting of an account in the CRM; say what is different. */
export const seen = (id: string, change: Partial<StoredObservation> = {}): StoredObservation => ({
  connection: crm,
  entity: "accounts",
  id: externalId(id),
  kind: "present",
  native: { name: id },
  contentHash: `hash of ${id}`,
  version: "1",
  versionOrder: 1,
  modifiedAt: 1_000,
  actor: null,
  into: null,
  via: "poll",
  readStart: 10,
  readEnd: 11,
  ...change,
});

/** An intent to create; say what is different. */
export const intent = (link: LinkId, change: Partial<Intent> = {}): Intent => ({
  key: `create ${link}`,
  link,
  entity: "accounts",
  generation: 1,
  target: erp,
  kind: "create",
  state: "stored",
  step: 0,
  id: null,
  reference: `CF-${link}`,
  precondition: null,
  contentHash: "content",
  fields: { name: "a" },
  transition: null,
  causes: [],
  sourceImages: {},
  shared: [],
  group: null,
  plan: null,
  before: {},
  runId: null,
  undo: null,
  attempts: 0,
  fence: 0,
  sendDeadline: null,
  abandonedAt: null,
  failure: null,
  ...change,
});

/** A decision that leaves nothing; say what is different. */
export const decision = (link: LinkId, change: Partial<DecisionRecord> = {}): DecisionRecord => ({
  link,
  entity: "accounts",
  marked: 1,
  verdict: "writes",
  state: null,
  intents: [],
  baseMoves: [],
  discards: [],
  conflicts: [],
  knownConflicts: [],
  closedConflicts: [],
  parks: [],
  waits: [],
  tombstone: null,
  lines: [],
  ...change,
});

/** An outcome of a write that settled; say what is different. */
export const outcome = (sent: Intent, change: Partial<IntentOutcome> = {}): IntentOutcome => ({
  intent: sent,
  state: "settled",
  id: null,
  failure: null,
  dueInMs: null,
  isAbandoned: false,
  observation: null,
  baseMoves: [],
  landedImages: null,
  after: null,
  losses: [],
  lines: [],
  park: null,
  isToDecide: false,
  linkState: null,
  ...change,
});

/** A refusal by a target. */
export const failure: FailureRecord = {
  failure: "invalid",
  code: "no",
  message: "no",
  status: 422,
  retryAt: null,
  requestId: null,
  field: null,
};
