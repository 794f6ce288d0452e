/** Looks for secrets, in whatever form, in everything that a product wrote. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A place where one was found. `form` says how it was written there. */
export interface Found {
  readonly secret: string;
  readonly form: string;
  readonly where: string;
}

/** What is left of a text in base64 behind 0, 1 or 2 bytes of something else. */
function base64Pieces(text: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before, 65), Buffer.from(text, "utf8")]).toString("base64");
    // The first and the last group hold bits of neighbours.
    return encoded.slice(before === 0 ? 0 : 4, encoded.length - 4);
  });
}

/** The forms of a secret by name, each a text to look for. */
export function formsOf(secret: string): readonly (readonly [form: string, text: string])[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const unicode = secret.replaceAll(
    /[^ -~]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const pieces = base64Pieces(secret);
  return [
    ["plain", secret],
    ["JSON", json],
    ["JSON twice", JSON.stringify(json).slice(1, -1)],
    ["escaped", unicode],
    ["URL", encodeURIComponent(secret)],
    ["path", encodeURI(secret)],
    ["form", new URLSearchParams([["", secret]]).toString().slice(1)],
    ["HTML", html],
    ["code", secret.toLowerCase().replaceAll("-", "_")],
    ["hex", Buffer.from(secret, "utf8").toString("hex")],
    ...pieces.map((piece): [string, string] => ["base64", piece]),
    ...pieces.map((piece): [string, string] => [
      "base64url",
      piece.replaceAll("+", "-").replaceAll("/", "_"),
    ]),
  ];
}

/** Everything that was written, by where. */
export type Written = ReadonlyMap<string, Buffer>;

/** Every place where a secret stands; a form that is written as another one is looked for once. */
export function scan(written: Written, secrets: readonly string[]): readonly Found[] {
  const found: Found[] = [];
  for (const secret of secrets) {
    const forms = new Map(formsOf(secret).map(([form, one]) => [one, form]));
    for (const [text, form] of forms) {
      const bytes = Buffer.from(text, "utf8");
      const wide = Buffer.from(text, "utf16le");
      for (const [where, all] of written)
        if (all.includes(bytes) || all.includes(wide)) found.push({ secret, form, where });
    }
  }
  return found;
}

/** Every file below a folder but those that `isOurs` says the user put there. */
export function filesBelow(folder: string, isUsers: (name: string) => boolean): Written {
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (!isUsers(name) && statSync(path).isFile()) files.set(name, readFileSync(path));
  }
  return files;
}
