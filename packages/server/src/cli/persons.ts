import { keyRoles } from "@crossfoot/api";
import type { KeyRole } from "@crossfoot/api";
import { nearestName } from "@crossfoot/model";
import type { Project } from "../config/project.ts";
import { giveLink, invitePerson, shownPerson } from "../runtime/people.ts";
import type { PersonShown } from "../runtime/people.ts";
import { linkPath, personNameOf } from "../runtime/person-secrets.ts";
import type { AccessStore, PersonRow } from "../store/port.ts";
import type { Add } from "./add.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";

const actions = ["list", "invite", "link", "role", "disable", "enable", "sign-out"] as const;

interface Asked {
  readonly action: string;
  readonly person: string | null;
  readonly role: string | undefined;
}

/** Adds the command for people who sign in at `up`. */
export function addPersons(add: Add): void {
  add(
    "people",
    "who signs in at `up`: list, invite, link, role, disable, enable, sign-out",
    (command, act) => {
      command
        .argument("[action]", `${actions.join(", ")}; link sets a password anew`, "list")
        .argument("[name]", "what they sign in with, such as an address of mail")
        .option("--role <role>", `invite, role: ${keyRoles.join(", ")}`);
      act((context, [action, name]) =>
        peopleCommand(context, {
          action: String(action),
          person: typeof name === "string" ? name : null,
          role: command.opts<{ role?: string }>().role,
        }),
      );
    },
  );
}

async function peopleCommand(context: Context, asked: Asked): Promise<ExitCode> {
  const { action } = asked;
  switch (action) {
    case "list":
      return listPeople(context);
    case "invite":
      return invite(context, asked);
    case "link":
      return changed(context, asked, async ({ access, person, project }) => {
        const secret = await giveLink(access, { person: person.id, by: context.deps.user });
        return toldLink(project, person.name, secret);
      });
    case "role": {
      const role = roleOf(asked.role);
      return changed(context, asked, async ({ access, person }) => {
        await access.changePerson(person.id, { role }, context.deps.user);
        return told(
          { name: person.name, role },
          `${person.name} has the role ${role} now, also where signed in.`,
        );
      });
    }
    case "disable":
    case "enable": {
      const isDisabled = action === "disable";
      return changed(context, asked, async ({ access, person: { id, name } }) => {
        await access.changePerson(id, { isDisabled }, context.deps.user);
        const words = isDisabled ? "is signed out everywhere, and cannot sign in" : "can sign in again";
        return told({ name, isDisabled }, `${name} ${words}.`);
      });
    }
    case "sign-out":
      return changed(context, asked, async ({ access, person: { id, name } }) => {
        const ended = await access.endSessions(id);
        return told({ name, ended }, `${name} is signed out everywhere: ${ended} sessions ended.`);
      });
    default:
      throw badInput(`people can be asked to ${actions.join(", ")}; not to \`${action}\``);
  }
}

interface Told {
  readonly document: object;
  readonly text: string;
}
const told = (document: object, text: string): Told => ({ document, text });

function roleOf(text: string | undefined): KeyRole {
  const role = keyRoles.find((each) => each === text);
  if (role === undefined) throw badInput(`--role is one of ${keyRoles.join(", ")}`);
  return role;
}

function nameOf(text: string | null): string {
  const name = personNameOf(text ?? "");
  if (name === null) throw badInput("name somebody by what they sign in with: letters, digits and `._@+-`");
  return name;
}

/** Where `up` is told to listen, as far as the project says. */
function addressOf({ server: { publicUrl, tls, host, port } }: Project): string {
  return publicUrl ?? `${tls === undefined ? "http" : "https"}://${host}:${port}`;
}

function toldLink(project: Project, name: string, secret: string): Told {
  const link = `${addressOf(project)}${linkPath(secret)}`;
  return told(
    { name, link },
    `${link}\n\nA one-time link for ${name}, good for a day: it sets the password.`,
  );
}

async function listPeople(context: Context): Promise<ExitCode> {
  const rows = await withEngine(context, (engine) => engine.access().listPeople());
  const people = rows.map((row) => shownPerson(row));
  const none = "Nobody signs in yet: `crossfoot up` prints a link for the first administrator.";
  context.print({ people }, () => (people.length === 0 ? none : tableOf(people, context.room)));
  return exitCodes.done;
}

const tableOf = (people: readonly PersonShown[], room: number): string =>
  renderTable(
    [
      { title: "name", least: 10 },
      { title: "role" },
      { title: "state" },
      { title: "by" },
      { title: "last signed in" },
    ],
    people.map(({ name, role, state, isExternal, signedInAt }) => [
      ...[name, role, state, isExternal ? "provider" : "password", signedInAt ?? "never"],
    ]),
    room,
  );

async function invite(context: Context, asked: Asked): Promise<ExitCode> {
  const [name, role] = [nameOf(asked.person), roleOf(asked.role)];
  const { document, text } = await withEngine(context, async (engine, project) => {
    const secret = await invitePerson(engine.access(), { name, role, by: context.deps.user });
    if (secret === null)
      throw badInput(`somebody is called ${name}; \`people link ${name}\` makes another link`);
    return toldLink(project, name, secret);
  });
  context.print(document, () => text);
  return exitCodes.done;
}

/** Does something with one person, and tells what came of it. */
async function changed(
  context: Context,
  asked: Asked,
  work: (at: {
    readonly access: AccessStore;
    readonly person: PersonRow;
    readonly project: Project;
  }) => Promise<Told>,
): Promise<ExitCode> {
  const name = nameOf(asked.person);
  const { document, text } = await withEngine(context, async (engine, project) => {
    const access = engine.access();
    const person = await access.findPerson(name);
    if (person !== null) return work({ access, person, project });
    const nearest = nearestName(
      name,
      (await access.listPeople()).map((each) => each.name),
    );
    const hint = nearest === undefined ? "" : ` (did you mean \`${nearest}\`?)`;
    throw badInput(`nobody is called \`${name}\`${hint}`);
  });
  context.print(document, () => text);
  return exitCodes.done;
}
