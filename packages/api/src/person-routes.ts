import { z } from "zod";
import { keyRoles } from "./access.ts";
import type { KeyRole } from "./access.ts";
import type { Route } from "./route.ts";
import { exactly, line, noParams, noQuery, said, saidOrNull } from "./schema.ts";

/** Longest name of a person. */
const nameMax = 100;

const looking = {
  tag: "Access",
  method: "get",
  scope: "people:read",
  roles: ["administrator"],
  params: noParams,
  query: noQuery,
  body: null,
  isKeyed: false,
  budgetMs: null,
  more: "",
  problems: [],
} as const;
/** No Idempotency-Key: an answer that is kept would keep a link, which is kept nowhere. */
const doing = { ...looking, scope: "people:write" } as const;

/** A path with one person. */
export interface PersonParams {
  readonly name: string;
}
const ofPerson: z.ZodType<PersonParams> = exactly({ name: line(nameMax, "What the person signs in with") });
const role: z.ZodType<KeyRole> = z.enum(keyRoles);
const linked = {
  link: said("One-time link, below the address of the server: whoever opens it sets the password"),
  expiresAt: said("Until when it is good"),
};

/** Who may sign in. */
export const listPeopleRoute: Route<object, object> = {
  ...looking,
  id: "listPeople",
  path: "/people",
  summary: "Who may sign in",
  answers: [
    {
      status: 200,
      what: "All people, by name",
      schema: exactly({
        rows: z.array(
          exactly({
            name: z.string(),
            role: z.string(),
            state: z.enum(["invited", "active", "disabled"]),
            isExternal: z.boolean().describe("Whether they come by OpenID Connect"),
            createdAt: z.string(),
            signedInAt: saidOrNull("When they last signed in"),
          }),
        ),
      }),
    },
  ],
};

/** What is said of a person who is invited. */
export interface InvitePersonBody {
  readonly name: string;
  readonly role: KeyRole;
}

/** Invites a person. */
export const invitePersonRoute: Route<object, object, InvitePersonBody> = {
  ...doing,
  id: "invitePerson",
  method: "post",
  path: "/people",
  summary: "Invite somebody by a one-time link",
  body: exactly({ name: line(nameMax, "What they sign in with, such as an address of mail"), role }),
  answers: [
    { status: 201, what: "The link, told this once", schema: exactly({ name: z.string(), ...linked }) },
  ],
  problems: ["person_taken"],
};

/** What is changed of a person; what is missing stays. */
export interface ChangePersonBody {
  readonly role?: KeyRole | undefined;
  readonly isDisabled?: boolean | undefined;
}

/** Changes a person. */
export const changePersonRoute: Route<PersonParams, object, ChangePersonBody> = {
  ...doing,
  id: "changePerson",
  method: "put",
  path: "/people/{name}",
  summary: "Change somebody's role, or disable them",
  more: "Their sessions have the new role at once; those of somebody who is disabled are over.",
  params: ofPerson,
  body: exactly({ role: role.optional(), isDisabled: z.boolean().optional() }),
  answers: [{ status: 200, what: "It is so now", schema: exactly({ isChanged: z.boolean() }) }],
  problems: ["person_unknown", "person_own"],
};

/** Gives a person another one-time link. */
export const linkPersonRoute: Route<PersonParams, object> = {
  ...doing,
  id: "linkPerson",
  method: "post",
  path: "/people/{name}/link",
  summary: "Give somebody a one-time link that sets a password anew",
  params: ofPerson,
  answers: [{ status: 201, what: "The link, told this once", schema: exactly(linked) }],
  problems: ["person_unknown"],
};

/** Ends a person's sessions. */
export const endSessionsRoute: Route<PersonParams, object> = {
  ...doing,
  id: "endSessions",
  method: "delete",
  path: "/people/{name}/sessions",
  summary: "Sign somebody out everywhere",
  params: ofPerson,
  answers: [
    { status: 200, what: "How many sessions ended", schema: exactly({ ended: z.number().int().min(0) }) },
  ],
  problems: ["person_unknown"],
};
