import { attemptStates, deliveryOutcomes } from "../port.ts";
import type { LinkTable, PlanTable, Rows } from "./columns.ts";
import { Table, keyOf } from "./table.ts";
import type { IsThere, TableSpec, Undo } from "./table.ts";

/** States of a row that is open. */
const isOpen = (row: { readonly state: string }): boolean => row.state === "open";
const ofRecord = (row: {
  readonly entity: string;
  readonly connection: string;
  readonly external_id: string;
}) => keyOf(row.entity, row.connection, row.external_id);
const ofLink = (row: { readonly link_id: string }): string => row.link_id;
const orNull = (row: { readonly link_id: string | null }): string | null => row.link_id;

const spec =
  <Name extends keyof Rows>(name: Name) =>
  <Index extends string = never>(
    facts: Omit<TableSpec<Rows[Name], Index>, "name">,
  ): TableSpec<Rows[Name], Index> => ({ name, ...facts });

const intentKinds = "create update archive unarchive delete transition merge unmerge note".split(" ");
const intentStates = ["stored", "sending", "in_doubt", "settled", "refused", "parked"];
const kinds = "present archived deleted merged converted not_permitted not_seen out_of_scope".split(" ");

// What the migrations say, as the memory store holds to it; the differential suite compares the two.
const connection = spec("connection")({
  key: ["id"],
  checks: {
    role: ["crm", "erp"],
    state: ["new", "ready", "unreachable", "refused", "foreign", "paused"],
  },
  instants: ["changed_at"],
  indices: {},
});
const link = spec("link")({
  key: ["id"],
  checks: { state: ["single", "live", "dormant", "ended", "merged"], adopted: ["review", "keep"] },
  links: ["merged_into"],
  instants: ["created_at"],
  indices: { entity: (row) => row.entity },
});
const member = spec("link_member")({
  key: ["nr"],
  links: ["link_id"],
  instants: ["since_at", "until_at"],
  unique: {
    link_member_live: (row) => (row.until_at === null ? ofRecord(row) : null),
    link_member_primary: (row) =>
      row.until_at === null && !row.is_alias ? keyOf(row.link_id, row.connection) : null,
  },
  indices: {
    record: (row) => (row.until_at === null ? ofRecord(row) : null),
    link: (row) => (row.until_at === null ? row.link_id : null),
    history: ofLink,
  },
});
const linkMerge = spec("link_merge")({
  key: ["nr"],
  links: ["from_link", "into_link"],
  instants: ["merged_at", "unmerged_at"],
  unique: {
    link_merge_open: (row) =>
      row.unmerged_at === null ? keyOf(row.entity, row.connection, row.loser) : null,
  },
  indices: {
    open: (row) => (row.unmerged_at === null ? keyOf(row.entity, row.connection, row.loser) : null),
  },
});
const matchKey = spec("match_key")({
  key: ["link_id", "connection", "key"],
  links: ["link_id"],
  indices: {
    key: (row) => keyOf(row.entity, row.key),
    member: (row) => keyOf(row.link_id, row.connection),
    link: ofLink,
  },
});
const line = spec("line_link")({
  key: ["link_id", "connection", "field", "native_id"],
  links: ["link_id"],
  indices: { link: ofLink },
});
const observation = spec("observation")({
  key: ["connection", "entity", "external_id"],
  checks: {
    kind: kinds,
    via: ["poll", "sweep", "probe", "answer", "hint"],
    resolution: ["candidate", "waiting", "followed", "returned"],
  },
  links: ["link_id"],
  instants: ["seen_at", "shown_since", "absent_until"],
  indices: {
    link: orNull,
    unlinked: (row) => (row.link_id === null ? row.entity : null),
    moved: (row) => (row.kind === "merged" || row.kind === "converted" ? row.entity : null),
    returned: (row) => (row.resolution === "returned" ? row.entity : null),
    place: (row) => keyOf(row.connection, row.entity),
  },
});
const former = spec("observation_was")({
  key: ["connection", "entity", "external_id", "until_at"],
  instants: ["shown_since", "held_until", "until_at"],
  indices: { record: ofRecord },
});
const base = spec("base")({
  key: ["link_id", "connection"],
  links: ["link_id"],
  indices: { link: ofLink },
});
const work = spec("work")({
  key: ["link_id"],
  links: ["link_id"],
  indices: { entity: (row) => row.entity },
});
const intent = spec("intent")({
  key: ["key"],
  checks: { kind: intentKinds, state: intentStates },
  links: ["link_id"],
  instants: [
    "due_at",
    "due_set_at",
    "claimed_at",
    "send_deadline",
    "abandoned_at",
    "stored_at",
    "settled_at",
  ],
  indices: {
    link: ofLink,
    place: (row) => keyOf(row.target, row.entity),
    state: (row) => row.state,
    group: (row) => row.group_key,
  },
});
const conflict = spec("conflict")({
  key: ["link_id", "field"],
  checks: { state: ["open", "decided", "closed"] },
  links: ["link_id"],
  instants: ["opened_at", "closed_at"],
  indices: { link: ofLink, state: (row) => row.state },
});
const candidate = spec("candidate")({
  key: ["connection", "entity", "external_id"],
  checks: { state: ["open", "linked", "apart", "closed"] },
  instants: ["opened_at"],
  indices: { open: (row) => (isOpen(row) ? "" : null) },
});
const park = spec("park")({
  key: ["id"],
  checks: { state: ["open", "redriven", "closed"] },
  links: ["link_id"],
  instants: ["opened_at", "closed_at"],
  indices: {
    open: (row) => (isOpen(row) ? "" : null),
    openOfLink: (row) => (isOpen(row) ? row.link_id : null),
    openOfIntent: (row) => (isOpen(row) ? row.intent_key : null),
  },
});
const wait = spec("wait")({
  key: ["nr"],
  links: ["link_id"],
  instants: ["since_at"],
  indices: {
    link: ofLink,
    parent: (row) => row.parent_link,
    record: ({ parent_entity: entity, parent_connection: connection, parent_id: id }) =>
      entity === null || connection === null || id === null ? null : keyOf(entity, connection, id),
  },
});
const tombstone = spec("tombstone")({
  key: ["link_id", "connection", "external_id"],
  checks: { reason: ["deleted", "archived_by_us"] },
  links: ["link_id"],
  instants: ["made_at"],
  indices: { link: ofLink },
});
const word = spec("word")({
  key: ["link_id", "about"],
  checks: { about: ["deletion"] },
  links: ["link_id"],
  instants: ["said_at"],
  indices: { link: ofLink },
});
const cursor = spec("cursor")({
  key: ["connection", "entity"],
  checks: { reading: ["backfill", "incremental", "sweep"] },
  instants: ["backfilled_at", "read_at", "swept_at", "sweep_since", "began_at", "read_since"],
  indices: {},
});
const run = spec("run")({
  key: ["id"],
  checks: { state: ["running", "done", "differences", "stopped", "failed", "abandoned"] },
  instants: ["started_at", "ended_at"],
  indices: {},
});
const plan = spec("plan")({
  key: ["id"],
  checks: { state: ["made", "applying", "applied", "stopped"] },
  instants: ["made_at", "applied_at", "approved_at"],
  indices: {},
});
const planWrite = spec("plan_write")({
  key: ["plan_id", "number"],
  checks: { state: ["made", "refused"] },
  plans: ["plan_id"],
  instants: ["marked_at"],
  indices: { plan: (row) => row.plan_id },
});
const decidedTerms = spec("decided_terms")({ key: ["entity"], instants: ["since_at"], indices: {} });
const duplicate = spec("duplicate")({
  key: ["id"],
  checks: { state: ["open", "apart", "consolidated", "gone"] },
  indices: {},
});
const duplicateLook = spec("duplicate_look")({
  key: ["entity"],
  instants: ["looked_at", "taken_at"],
  indices: {},
});
const consolidated = spec("consolidated")({ key: ["connection", "entity", "loser"], indices: {} });
const identity = spec("store_identity")({ key: ["is_one"], instants: ["made_at"], indices: {} });
const epoch = spec("epoch")({
  key: ["is_one"],
  checks: { state: ["held", "recovering", "confirmed"] },
  instants: ["noticed_at", "confirmed_at", "recovered_at"],
  indices: {},
});
const epochSweep = spec("epoch_sweep")({
  key: ["connection", "entity"],
  instants: ["swept_at"],
  indices: {},
});
const journalBreak = spec("journal_break")({
  key: ["shard", "seq"],
  instants: ["accepted_at"],
  indices: {},
});
const quota = spec("quota")({ key: ["connection"], instants: ["changed_at"], indices: {} });
const accessToken = spec("access_token")({ key: ["connection"], instants: ["changed_at"], indices: {} });
const pause = spec("pause")({
  key: ["kind", "name"],
  checks: { kind: ["entity", "connection"] },
  instants: ["paused_at"],
  indices: {},
});
const contractKept = spec("contract_kept")({ key: ["seq"], instants: ["kept_at"], indices: {} });
const contractSignature = spec("contract_signature")({
  key: ["hash", "name", "role", "department", "turn"],
  instants: ["signed_at"],
  indices: {},
});
const contractRevocation = spec("contract_revocation")({
  key: ["hash", "name", "role", "department", "turn"],
  instants: ["revoked_at"],
  indices: {},
});
const lease = spec("lease")({ key: ["name"], instants: ["expires_at", "taken_at"], indices: {} });
const worker = spec("worker")({ key: ["holder"], instants: ["started_at", "expires_at"], indices: {} });
const delivery = spec("delivery")({ key: ["connection", "id"], instants: ["received_at"], indices: {} });
const deliveryCount = spec("delivery_count")({
  key: ["connection", "outcome", "secret"],
  checks: { outcome: deliveryOutcomes },
  instants: ["last_at"],
  indices: {},
});
const subscription = spec("subscription")({
  key: ["name"],
  checks: { state: ["open", "stopped"] },
  instants: ["delivered_at", "expires_at"],
  indices: {},
});
const subscriptionDelivery = spec("subscription_delivery")({
  key: ["subscription", "number"],
  checks: { state: attemptStates },
  instants: ["at", "next_at"],
  indices: { subscription: (row) => row.subscription },
});
const hint = spec("hint")({
  key: ["connection", "entity", "external_id"],
  instants: ["received_at"],
  indices: {},
});
const journal = spec("journal")({
  key: ["shard", "seq"],
  instants: ["at"],
  indices: {
    link: orNull,
    shard: (row) => String(row.shard),
    toTell: ({ kind, body }) =>
      kind === "discarded" && (body as { readonly tell?: boolean }).tell !== undefined ? "" : null,
  },
});
const telling = spec("telling")({
  key: ["shard", "seq"],
  checks: { state: ["due", "told", "refused"] },
  instants: ["due_at", "due_set_at", "told_at"],
  indices: {},
});
const journalHead = spec("journal_head")({ key: ["shard"], indices: {} });

const proof = spec("proof")({
  key: ["link_id"],
  links: ["link_id"],
  instants: ["differs_since"],
  indices: { bucket: (row) => keyOf(row.entity, row.bucket), entity: (row) => row.entity },
});
const proofNode = spec("proof_node")({
  key: ["entity", "path"],
  indices: { under: (row) => (row.path === "" ? null : keyOf(row.entity, row.path.slice(0, -1))) },
});
const proofTerms = spec("proof_terms")({ key: ["entity"], indices: {} });
const proofDue = spec("proof_due")({ key: ["nr"], indices: { link: ofLink } });
const recordReference = spec("record_reference")({
  key: ["link_id", "names_link"],
  indices: { link: ofLink, named: (row) => row.names_link },
});

const apiKey = spec("api_key")({
  key: ["id"],
  checks: { role: ["viewer", "sales", "operator", "approver", "administrator", "agent"] },
  instants: ["created_at", "expires_at", "used_at", "revoked_at"],
  indices: {},
});
const apiAnswer = spec("api_answer")({
  key: ["key_id", "name", "route"],
  instants: ["until_at", "forget_at"],
  indices: {},
});
const erasure = spec("erasure")({ key: ["id"], instants: ["at"], indices: {} });
const auditEvent = spec("audit_event")({ key: ["number"], instants: ["at"], indices: {} });

const person = spec("person")({
  key: ["id"],
  checks: { role: ["viewer", "sales", "operator", "approver", "administrator", "agent"] },
  instants: ["created_at", "signed_in_at", "disabled_at"],
  unique: { person_name_key: (row) => row.name, person_subject_key: (row) => row.subject },
  indices: {},
});
const personLink = spec("person_link")({ key: ["hash"], instants: ["expires_at"], indices: {} });
const personSession = spec("person_session")({
  key: ["hash"],
  instants: ["idle_at", "over_at"],
  indices: { person: (row) => row.person_id },
});
const signInTry = spec("sign_in_try")({ key: ["what"], instants: ["last_at", "locked_until"], indices: {} });

const statement = spec("statement")({ key: ["number"], instants: ["made_at"], indices: {} });

/** All tables. */
export interface Tables {
  readonly connection: Table<Rows["connection"]>;
  readonly link: Table<Rows["link"], "entity">;
  readonly member: Table<Rows["link_member"], "record" | "link" | "history">;
  readonly linkMerge: Table<Rows["link_merge"], "open">;
  readonly matchKey: Table<Rows["match_key"], "key" | "member" | "link">;
  readonly line: Table<Rows["line_link"], "link">;
  readonly observation: Table<Rows["observation"], "link" | "unlinked" | "moved" | "returned" | "place">;
  readonly former: Table<Rows["observation_was"], "record">;
  readonly base: Table<Rows["base"], "link">;
  readonly work: Table<Rows["work"], "entity">;
  readonly intent: Table<Rows["intent"], "link" | "place" | "state" | "group">;
  readonly conflict: Table<Rows["conflict"], "link" | "state">;
  readonly candidate: Table<Rows["candidate"], "open">;
  readonly park: Table<Rows["park"], "open" | "openOfLink" | "openOfIntent">;
  readonly wait: Table<Rows["wait"], "link" | "parent" | "record">;
  readonly tombstone: Table<Rows["tombstone"], "link">;
  readonly word: Table<Rows["word"], "link">;
  readonly cursor: Table<Rows["cursor"]>;
  readonly run: Table<Rows["run"]>;
  readonly plan: Table<Rows["plan"]>;
  readonly planWrite: Table<Rows["plan_write"], "plan">;
  readonly identity: Table<Rows["store_identity"]>;
  readonly epoch: Table<Rows["epoch"]>;
  readonly epochSweep: Table<Rows["epoch_sweep"]>;
  readonly journalBreak: Table<Rows["journal_break"]>;
  readonly quota: Table<Rows["quota"]>;
  readonly access_token: Table<Rows["access_token"]>;
  readonly pause: Table<Rows["pause"]>;
  readonly contractKept: Table<Rows["contract_kept"]>;
  readonly contractSignature: Table<Rows["contract_signature"]>;
  readonly contractRevocation: Table<Rows["contract_revocation"]>;
  readonly decidedTerms: Table<Rows["decided_terms"]>;
  readonly duplicate: Table<Rows["duplicate"]>;
  readonly duplicateLook: Table<Rows["duplicate_look"]>;
  readonly consolidated: Table<Rows["consolidated"]>;
  readonly lease: Table<Rows["lease"]>;
  readonly worker: Table<Rows["worker"]>;
  readonly delivery: Table<Rows["delivery"]>;
  readonly delivery_count: Table<Rows["delivery_count"]>;
  readonly subscription: Table<Rows["subscription"]>;
  readonly subscriptionDelivery: Table<Rows["subscription_delivery"], "subscription">;
  readonly hint: Table<Rows["hint"]>;
  readonly journal: Table<Rows["journal"], "link" | "shard" | "toTell">;
  readonly telling: Table<Rows["telling"]>;
  readonly journalHead: Table<Rows["journal_head"]>;
  readonly statement: Table<Rows["statement"]>;
  readonly proof: Table<Rows["proof"], "bucket" | "entity">;
  readonly proofNode: Table<Rows["proof_node"], "under">;
  readonly proofTerms: Table<Rows["proof_terms"]>;
  readonly proofDue: Table<Rows["proof_due"], "link">;
  readonly recordReference: Table<Rows["record_reference"], "link" | "named">;
  readonly apiKey: Table<Rows["api_key"]>;
  readonly apiAnswer: Table<Rows["api_answer"]>;
  readonly erasure: Table<Rows["erasure"]>;
  readonly auditEvent: Table<Rows["audit_event"]>;
  readonly person: Table<Rows["person"]>;
  readonly personLink: Table<Rows["person_link"]>;
  readonly personSession: Table<Rows["person_session"], "person">;
  readonly signInTry: Table<Rows["sign_in_try"]>;
}

/** Empty tables, whose changes leave their way back in `undo`. */
export function createTables(undo: Undo): Tables {
  const isThere: IsThere = (table, id) => (table === "link" ? links : plans).get(id) !== undefined;
  const of = <Row extends object, Index extends string>(table: TableSpec<Row, Index>) =>
    new Table(table, undo, isThere);
  const links: Table<LinkTable, "entity"> = of(link);
  const plans: Table<PlanTable> = of(plan);
  return {
    connection: of(connection),
    link: links,
    member: of(member),
    linkMerge: of(linkMerge),
    matchKey: of(matchKey),
    line: of(line),
    observation: of(observation),
    former: of(former),
    base: of(base),
    work: of(work),
    intent: of(intent),
    conflict: of(conflict),
    candidate: of(candidate),
    park: of(park),
    wait: of(wait),
    tombstone: of(tombstone),
    word: of(word),
    cursor: of(cursor),
    run: of(run),
    plan: plans,
    planWrite: of(planWrite),
    identity: of(identity),
    epoch: of(epoch),
    epochSweep: of(epochSweep),
    journalBreak: of(journalBreak),
    quota: of(quota),
    access_token: of(accessToken),
    pause: of(pause),
    contractKept: of(contractKept),
    contractSignature: of(contractSignature),
    contractRevocation: of(contractRevocation),
    decidedTerms: of(decidedTerms),
    duplicate: of(duplicate),
    duplicateLook: of(duplicateLook),
    consolidated: of(consolidated),
    lease: of(lease),
    worker: of(worker),
    delivery: of(delivery),
    delivery_count: of(deliveryCount),
    subscription: of(subscription),
    subscriptionDelivery: of(subscriptionDelivery),
    hint: of(hint),
    journal: of(journal),
    telling: of(telling),
    journalHead: of(journalHead),
    statement: of(statement),
    proof: of(proof),
    proofNode: of(proofNode),
    proofTerms: of(proofTerms),
    proofDue: of(proofDue),
    recordReference: of(recordReference),
    apiKey: of(apiKey),
    apiAnswer: of(apiAnswer),
    auditEvent: of(auditEvent),
    person: of(person),
    personLink: of(personLink),
    personSession: of(personSession),
    signInTry: of(signInTry),
    erasure: of(erasure),
  };
}
