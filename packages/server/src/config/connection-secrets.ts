import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import { note } from "./connection-work.ts";
import type { Work } from "./connection-work.ts";
import { problemOf } from "./problem.ts";
import { readSecret, secretForm } from "./secret-reference.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Secrets of a connection: the names that are declared, and how one is read. */
export interface Secrets {
  readonly names: readonly string[];
  readonly read: (name: string) => string;
  /** All values that were read. Never log them. */
  readonly values: () => readonly string[];
}

/** Reads every secret now, so that a missing one is told before anything starts. */
export function loadSecrets(work: Work): Secrets {
  const prefix = `connections.${work.name}.secrets.`;
  const values = new Map<string, string>();
  const names: string[] = [];
  for (const { path, value } of work.settings.values()) {
    const form = path.startsWith(prefix) ? secretForm(value) : undefined;
    if (form === undefined) continue;
    const name = path.slice(prefix.length);
    names.push(name);
    if (!work.needsSecrets) continue;
    const read = readSecret(form, work);
    if (read.ok) values.set(name, read.secret);
    else note(work, ["secrets", name], { message: read.problem });
  }
  return {
    names,
    values: () => [...values.values()],
    read: (name) => {
      const secret = values.get(name);
      if (secret === undefined) throw new Error(`connections.${work.name}.secrets has no \`${name}\``);
      return secret;
    },
  };
}

/** Secrets that a description names have to be there; and none stands in it. */
export function noteDescribedSecrets(
  work: Work,
  description: YamlFile | null,
  names: readonly string[],
): void {
  const json = description?.json ?? null;
  if (description === null || !isMap(json)) return;
  for (const part of ["auth", "webhook"]) {
    for (const { keys, text } of textsOf(json[part] ?? null, [part])) {
      const wanted = [...text.matchAll(/\$\{secret\.([^}]+)\}/g)].map(([, name = ""]) => name);
      const isPlain = wanted.length === 0 && secretKey.test(keys.at(-1) ?? "") && !text.includes("${");
      if (isPlain) {
        const line = description.lineOf(keys);
        const advice = `write "\${secret.NAME}" and say in crossfoot.yaml under \`secrets\` where it is`;
        work.problems.push(
          problemOf({ file: description.name, line }, `a secret never stands in a file; ${advice}`),
        );
      }
      for (const name of part === "auth" ? wanted : []) {
        if (names.includes(name)) continue;
        const message = `${description.name} needs the secret \`${name}\`; add it: \`${name}: env:NAME\``;
        note(work, ["secrets"], { message, nearest: nearestName(name, names) });
      }
    }
  }
}

function textsOf(
  json: Json,
  keys: readonly string[],
): readonly { readonly keys: readonly string[]; readonly text: string }[] {
  if (typeof json === "string") return [{ keys, text: json }];
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => textsOf(value, [...keys, key]));
}

const secretKey = /^(password|passphrase|secret|token|api_?key)$/i;

/** An option such as `password` names a secret; whoever writes the password itself there has published it. */
export function noteSecretNames(work: Work, options: JsonMap, names: readonly string[]): void {
  for (const [key, value] of Object.entries(options)) {
    if (!secretKey.test(key) || typeof value !== "string" || names.includes(value)) continue;
    const message = `\`${key}\` is the name of an entry of \`secrets\`, not the secret itself`;
    note(work, ["options", key], { message: `${message}; there is no entry of that name` });
  }
}
