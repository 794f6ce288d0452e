import type { DecideInput, MemberState } from "../plan.ts";
import type { EntityPolicy, FieldPolicy, SideAbilities } from "../policy.ts";
import type { QuotaRequest } from "../quota-reserve.ts";
import { connectionId, externalId, linkId } from "../record.ts";
import type { ConnectionId, LinkId, View } from "../record.ts";
import type { Value } from "../value.ts";

/** The connections that the tests speak of. Their order by name is crm, erp, web. */
export const crm: ConnectionId = connectionId("crm");
export const erp: ConnectionId = connectionId("erp");
export const web: ConnectionId = connectionId("web");

/** The link that the tests decide on. */
export const testLink: LinkId = linkId("l1");

/** A text field that both sides write, mastered by the CRM; say what is different. */
export function fieldPolicy(change: Partial<FieldPolicy> = {}): FieldPolicy {
  return {
    field: "name",
    kind: { kind: "text" },
    master: crm,
    writers: [crm, erp],
    targets: [crm, erp],
    policy: "master",
    custom: null,
    onFirstLink: "fill",
    onForeignEdit: "restore",
    isMandatory: false,
    ...change,
  };
}

/** The contract for an entity with these fields; say what else is different. */
export function entityPolicy(
  fields: readonly FieldPolicy[],
  change: Partial<EntityPolicy> = {},
): EntityPolicy {
  return {
    entity: "accounts",
    isProjection: false,
    statusField: null,
    fields: Object.fromEntries(fields.map((field) => [field.field, field])),
    ownership: [],
    create: {},
    onDelete: "ask",
    onReturn: "ask",
    newestToleranceMs: 0,
    matchKeys: [],
    ...change,
  };
}

/** A side that reads and writes these fields and can do everything else but change states. */
export function abilities(fields: readonly string[], change: Partial<SideAbilities> = {}): SideAbilities {
  return {
    canCreate: true,
    canUpdate: true,
    canArchive: true,
    canUnarchive: true,
    reads: new Set(fields),
    writes: new Set(fields),
    writesOnCreate: new Set(),
    transitions: [],
    initialStatus: null,
    stampGranularityMs: 0,
    ...change,
  };
}

/** A present record that shows these fields. */
export function viewOf(connection: ConnectionId, change: Partial<View> = {}): View {
  return {
    connection,
    id: externalId(`${connection}-1`),
    kind: "present",
    fields: {},
    version: "v1",
    modifiedAt: null,
    actor: null,
    problems: {},
    into: null,
    ...change,
  };
}

/** A member with its view and its base, one image per field. */
export function memberOf(
  view: View,
  base: { readonly [field: string]: Value } = {},
  baseKind: MemberState["baseKind"] = "present",
): MemberState {
  return {
    view,
    base: Object.fromEntries(Object.entries(base).map(([field, image]) => [field, [image]])),
    baseKind,
  };
}

/** An input to `decide` for one live link; say what is different. */
export function decideInput(policy: EntityPolicy, change: Partial<DecideInput> = {}): DecideInput {
  const fields = Object.keys(policy.fields);
  return {
    link: { id: testLink, generation: 1, state: "live" },
    policy,
    sides: { crm: abilities(fields), erp: abilities(fields) },
    members: {},
    readyTargets: [],
    demandedOn: [],
    inFlight: [],
    hasTombstone: false,
    reach: {},
    resolutions: {},
    customRules: {},
    ...change,
  };
}

/** A worker that asks for nothing, is well and has nothing to tell; say what is different. */
export function quotaRequest(change: Partial<QuotaRequest> = {}): QuotaRequest {
  return {
    worker: "w",
    id: "b1",
    wanted: {},
    queued: {},
    seats: 0,
    underWay: 0,
    closings: [],
    told: [],
    refused: null,
    isWell: false,
    callMs: null,
    callMsMax: 1_000,
    witness: null,
    ...change,
  };
}
