import type { EntityName } from "@crossfoot/model";
import { z } from "zod";
import { onlookers, operators } from "./route.ts";
import type { Route } from "./route.ts";
import {
  day,
  entity,
  entityPaging,
  exactly,
  line,
  linkName,
  noParams,
  noQuery,
  pageOf,
  said,
  saidOrNull,
  statePaging,
} from "./schema.ts";
import type { EntityPaging } from "./schema.ts";

/** Body of `POST /candidates/decision`. */
export interface CandidateBody {
  readonly entity: EntityName;
  readonly connection: string;
  readonly id: string;
  readonly with: string | null;
}

/** Body of `POST /candidates/undecide`. */
export type UndecideBody = Omit<CandidateBody, "with">;

const clusterStates = ["open", "apart", "consolidated", "gone"] as const;

/** Which clusters are listed. */
export type ClusterPaging = EntityPaging & { readonly state: (typeof clusterStates)[number] };

/** Body of `POST /duplicates/{id}/decision`. */
export interface ClusterBody {
  readonly word: "apart" | "reopen" | "assign";
  readonly owner?: string | undefined;
  readonly due?: string | undefined;
}

const candidate = exactly({
  connection: z.string(),
  entity,
  id: z.string(),
  links: z.array(z.string()).describe("Links that it may belong to"),
  keys: z.array(z.string()).describe("What it was found by; missing values where the role hides them"),
  openedAt: z.string(),
});
const cluster = exactly({
  id: said("Name of the cluster: it follows from its records"),
  entity,
  connection: said("The connection that has them"),
  state: z.enum(clusterStates).describe("`gone`: not found any more at the last look"),
  band: z.enum(["link", "review"]).describe("`link`: the matcher is sure; `review`: it asks"),
  probability: z.number().describe("That they are one: of the least likely of the pairs"),
  isAutomatic: z.boolean().describe("The contract lets it be consolidated without a person's word"),
  records: z.array(
    exactly({
      connection: z.string(),
      id: z.string(),
      label: said("What people call it; empty where the role does not see that"),
      link: saidOrNull("Its link; null for one that has none yet"),
      content: said("Hash of what was compared"),
    }),
  ),
  evidence: z.array(
    exactly({
      records: z.array(z.string()),
      probability: z.number(),
      says: z.array(z.string()).describe("In words, the strongest first, without values"),
    }),
  ),
  foundAt: z.string(),
  dueAt: said("It is to be looked at until then"),
  owner: saidOrNull("Who looks at it"),
  closedAt: z.string().nullable(),
  closedBy: z.string().nullable(),
  plan: saidOrNull("The plan that consolidated it last"),
  takenBackBy: saidOrNull("The plan that took that back"),
  decidedBy: saidOrNull("The cluster of the same things in another system that this one follows"),
});

const settled = exactly({ settled: z.literal(true) });

const asking = {
  tag: "Duplicates",
  method: "get",
  scope: "operations:read",
  roles: onlookers,
  params: noParams,
  body: null,
  isKeyed: false,
  budgetMs: null,
  more: "",
  problems: [],
} as const;
const answering = { ...asking, scope: "operations:write", roles: operators } as const;

/** Possible duplicates. */
export const candidatesRoute: Route<object, EntityPaging> = {
  ...asking,
  id: "listCandidates",
  path: "/candidates",
  summary: "Records that may be the same as others",
  query: entityPaging,
  answers: [{ status: 200, what: "A page of candidates", schema: pageOf(candidate) }],
  problems: ["cursor_invalid"],
};

/** Decides about a candidate. */
export const decideCandidateRoute: Route<object, object, CandidateBody> = {
  ...answering,
  id: "decideCandidate",
  method: "post",
  path: "/candidates/decision",
  summary: "Say that a record is the same as another, or one of its own",
  query: noQuery,
  body: exactly({
    entity,
    connection: line(40, "Its connection"),
    id: line(200, "Its native id"),
    with: linkName.nullable().describe("The link it belongs to; null makes it a record of its own"),
  }),
  answers: [{ status: 200, what: "It is settled; the next run carries it out", schema: settled }],
  problems: ["candidate_unknown", "candidate_taken"],
  isKeyed: true,
};

/** Takes a decision about a candidate back. */
export const undecideCandidateRoute: Route<object, object, UndecideBody> = {
  ...answering,
  id: "undecideCandidate",
  method: "post",
  path: "/candidates/undecide",
  summary: "Take back what was decided about a record: it is asked about again",
  more: "As long as nothing came of it. Said twice, it is the same.",
  query: noQuery,
  body: exactly({
    entity,
    connection: line(40, "Its connection"),
    id: line(200, "Its native id"),
  }),
  answers: [{ status: 200, what: "It is asked about again", schema: settled }],
  problems: ["candidate_unknown", "candidate_taken"],
  isKeyed: true,
};

/** Clusters of records that one connection has twice. */
export const duplicatesRoute: Route<object, ClusterPaging> = {
  ...asking,
  id: "listDuplicates",
  path: "/duplicates",
  summary: "Records that one connection may have twice, those that are due first before the others",
  more: "As last looked for, by a worker or by `crossfoot duplicates`.",
  query: statePaging(clusterStates),
  answers: [{ status: 200, what: "A page of clusters", schema: pageOf(cluster) }],
  problems: ["cursor_invalid"],
};

/** A person's word about a cluster. */
export const decideClusterRoute: Route<{ readonly id: string }, object, ClusterBody> = {
  ...answering,
  id: "decideDuplicate",
  method: "post",
  path: "/duplicates/{id}/decision",
  summary: "Say that records are each their own, take that back, or say who looks at them",
  more:
    "`apart`: not asked again until one of them changes; `reopen` takes that back; `assign` names `owner`, " +
    "the day `due`, or both. The cluster of the same things in the other system follows.",
  params: exactly({ id: line(100, "The cluster") }),
  query: noQuery,
  body: exactly({
    word: z.enum(["apart", "reopen", "assign"]),
    owner: line(200, "With `assign`: who looks at it").optional(),
    due: day.optional().describe("With `assign`: until which day, today or later"),
  }),
  answers: [{ status: 200, what: "The cluster as it is now", schema: cluster }],
  problems: ["cluster_unknown", "cluster_consolidated"],
  isKeyed: true,
};
