import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import type { Project } from "../config/project.ts";
import { readSealedFile, SealedBusy, sealedFile } from "../config/sealed-file.ts";
import { sealingKey } from "../config/sealed-key.ts";
import { removeSealed, rotateSealed, SealedRefused, sealedPlace, setSealed } from "../config/sealed-store.ts";
import type { SealedPlace } from "../config/sealed-store.ts";
import { secretBytesMax, sealedName } from "../config/secret-reference.ts";
import type { Add } from "./add.ts";
import { projectOf } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import { many } from "./text.ts";

const valueRefusal =
  "a value never stands on the command line, where others see it and shells keep it: give it on stdin; the " +
  "one that stood there is known now, so take another";

type Action = (context: Context, name: string | null) => Promise<ExitCode> | ExitCode;

const actions: { readonly [name: string]: Action } = {
  set: setCommand,
  list: listCommand,
  remove: removeCommand,
  rotate: rotateCommand,
  key: keyCommand,
};

/** Adds the command that keeps the sealed secrets of a project. */
export function addSecrets(add: Add): void {
  add(
    "secrets",
    "secrets that are sealed in a file of the project; no value is ever printed",
    (command, act) => {
      command
        .argument(
          "<action>",
          "set: asks for a value, or takes stdin; list; remove; rotate: to sealed.nextKey; key: makes one",
        )
        .argument("[name]", "of the secret; with `key` the file that is made, mode 600");
      // Else commander refuses a value that stands there by repeating it.
      command.allowExcessArguments();
      act(async (context, [action, name]) => {
        if (command.args.length > 2) throw badInput(valueRefusal);
        const wanted = Object.hasOwn(actions, String(action)) ? actions[String(action)] : undefined;
        if (wanted === undefined)
          throw badInput(
            `\`secrets ${String(action)}\` is none; there are: ${Object.keys(actions).join(", ")}`,
          );
        try {
          return await wanted(context, typeof name === "string" ? name : null);
        } catch (error) {
          throw refused(error);
        }
      });
    },
  );
}

function refused(error: unknown): unknown {
  if (error instanceof SealedRefused)
    return new Refusal(exitCodes.misconfigured, error.message, { code: "sealed_refused" });
  if (error instanceof SealedBusy)
    return new Refusal(exitCodes.failed, error.message, { code: "sealed_busy" });
  return error;
}

const placeOf = ({ folder, settings }: Project): SealedPlace => sealedPlace(folder, settings);

const nameRule = "a letter, then letters, digits, `.`, `_` and `-`, 64 at most";

function nameOf(name: string | null, action: string): string {
  if (name === null) throw badInput(`say which: crossfoot secrets ${action} NAME`);
  if (!sealedName.test(name)) throw badInput(`the name of a secret is ${nameRule}`);
  return name;
}

const now = ({ deps }: Context): string => new Date(deps.clock.now()).toISOString();

async function setCommand(context: Context, given: string | null): Promise<ExitCode> {
  const name = nameOf(given, "set");
  const project = projectOf(context, { needsSecrets: false });
  const answer = await context.deps.secretInput(`Value of ${name}`);
  if (answer === null) throw badInput("nothing was set");
  const value = answer.replace(/\r?\n$/, "");
  if (value === "") throw badInput(`no value came on stdin for ${name}; nothing was set`);
  if (Buffer.byteLength(value) > secretBytesMax) throw badInput("a secret has at most 64 kB");
  const { keyId, isReplaced } = setSealed(placeOf(project), { name, value, at: now(context) });
  context.print({ name, key: keyId, isReplaced }, () => {
    const done = isReplaced ? "was replaced" : "is sealed";
    return `${name} ${done} (key ${keyId}). In crossfoot.yaml it is \`sealed:${name}\`.`;
  });
  return exitCodes.done;
}

function listCommand(context: Context): ExitCode {
  const project = projectOf(context, { needsSecrets: false });
  const read = readSealedFile(project.folder);
  if (!read.ok) throw new SealedRefused(read.problem);
  const uses = (name: string): readonly string[] =>
    project.settings.filter(({ value }) => value === `sealed:${name}`).map(({ path }) => path);
  const secrets = [...(read.secrets?.entries ?? [])].map(([name, { at }]) => ({
    name,
    at,
    usedBy: uses(name),
  }));
  const key = read.secrets?.keyId ?? null;
  context.print({ key, secrets }, () => {
    if (key === null) return `There is no ${sealedFile} yet; \`crossfoot secrets set NAME\` begins it.`;
    const columns = [{ title: "secret" }, { title: "sealed" }, { title: "used by", least: 16 }];
    const rows = secrets.map((each) => [each.name, each.at, each.usedBy.join(", ")]);
    return `${renderTable(columns, rows, context.room)}\n\nSealed with the key ${key}.`;
  });
  return exitCodes.done;
}

function removeCommand(context: Context, given: string | null): ExitCode {
  const name = nameOf(given, "remove");
  const { folder, settings } = projectOf(context, { needsSecrets: false });
  if (!removeSealed(folder, name)) throw badInput(`${sealedFile} holds no \`${name}\`; nothing was removed`);
  const usedBy = settings.filter(({ value }) => value === `sealed:${name}`).map(({ path }) => path);
  context.print({ name, usedBy }, () => {
    const left = usedBy.length === 0 ? "" : ` crossfoot.yaml still names it: ${usedBy.join(", ")}.`;
    return `${name} was removed.${left}`;
  });
  return exitCodes.done;
}

function rotateCommand(context: Context): ExitCode {
  const project = projectOf(context, { needsSecrets: false });
  const { from, to, count } = rotateSealed(placeOf(project), now(context));
  context.print(
    { from, to, count },
    () =>
      `${many(count, "secret")} sealed again: key ${from} before, ${to} now. When every worker runs with ` +
      "both, write the one of `sealed.nextKey` under `sealed.key`, and destroy the other.",
  );
  return exitCodes.done;
}

function keyCommand(context: Context, file: string | null): ExitCode {
  if (file === null) throw badInput("say where: crossfoot secrets key FILE");
  const path = resolve(context.folder, file);
  const bytes = randomBytes(32);
  let opened: number;
  try {
    opened = openSync(path, "wx", 0o600);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const why = code === "EEXIST" ? "is there already; a key is not overwritten" : `cannot be made (${code})`;
    throw badInput(`${file} ${why}`);
  }
  try {
    writeSync(opened, `${bytes.toString("base64")}\n`);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  const { id } = sealingKey(bytes);
  context.print(
    { key: id, file },
    () =>
      `The key ${id} is in ${file} (mode 600). In crossfoot.yaml: sealed: { key: "file:${file}" }. ` +
      "Keep a copy where the secrets are not: without it nobody opens them.",
  );
  return exitCodes.done;
}
