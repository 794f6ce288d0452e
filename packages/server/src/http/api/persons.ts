import {
  changePersonRoute,
  endSessionsRoute,
  invitePersonRoute,
  linkPersonRoute,
  listPeopleRoute,
} from "@crossfoot/api";
import { giveLink, invitePerson, shownPerson } from "../../runtime/people.ts";
import { linkMs, linkPath, personNameOf } from "../../runtime/person-secrets.ts";
import type { PersonRow, PersonStore } from "../../store/port.ts";
import { bind, done } from "./call.ts";
import type { Answer, Bound, Caller } from "./call.ts";
import { Problem } from "./problem.ts";

/** People, for administrators. */
export function personRoutes(access: PersonStore, { now }: { readonly now: () => number }): readonly Bound[] {
  const named = async (text: string): Promise<PersonRow> => {
    const name = personNameOf(text);
    const person = name === null ? null : await access.findPerson(name);
    if (person === null) throw new Problem("person_unknown", "`GET /people` names all");
    return person;
  };
  const linked = (secret: string, more: object): Answer => ({
    status: 201,
    body: { ...more, link: linkPath(secret), expiresAt: new Date(now() + linkMs).toISOString() },
  });
  return [
    bind(listPeopleRoute, async () =>
      done({ rows: (await access.listPeople()).map((row) => shownPerson(row)) }),
    ),
    bind(invitePersonRoute, async ({ body, caller: { by } }) => {
      const name = personNameOf(body.name);
      if (name === null)
        throw new Problem("request_invalid", "a name is of letters, digits and `._@+-`", {
          faults: [{ path: "body.name", message: "begins with a letter or digit; then also `._@+-`" }],
        });
      const secret = await invitePerson(access, { name, role: body.role, by });
      if (secret === null) throw new Problem("person_taken", "somebody has that name");
      return linked(secret, { name });
    }),
    bind(changePersonRoute, async ({ params, body, caller }) => {
      const person = await named(params.name);
      refuseOwn(person, caller);
      const { role, isDisabled } = body;
      const change = {
        ...(role === undefined ? {} : { role }),
        ...(isDisabled === undefined ? {} : { isDisabled }),
      };
      return done({ isChanged: await access.changePerson(person.id, change, caller.by) });
    }),
    bind(linkPersonRoute, async ({ params, caller: { by } }) =>
      linked(await giveLink(access, { person: (await named(params.name)).id, by }), {}),
    ),
    bind(endSessionsRoute, async ({ params }) =>
      done({ ended: await access.endSessions((await named(params.name)).id) }),
    ),
  ];
}

/** An administrator who shuts themselves out may be the last one. */
function refuseOwn({ id }: PersonRow, { visitor }: Caller): void {
  if (visitor.id === `person-${id}`)
    throw new Problem("person_own", "another administrator changes your own role and state");
}
