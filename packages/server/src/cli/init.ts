import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { nearestName } from "@crossfoot/model";
import type { Role } from "@crossfoot/model";
import type { Context } from "./context.ts";
import { startingFiles } from "./init-files.ts";
import type { StartingSide } from "./init-files.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";

/** What `init` is asked. */
export interface InitOptions {
  readonly crm: string;
  readonly erp: string;
  readonly crmAddress: string;
  readonly erpAddress: string;
}

/** `init`: makes a project folder that a person can read. Overwrites nothing. */
export function initCommand(context: Context, folder: string | undefined, options: InitOptions): ExitCode {
  const root = resolve(folder ?? context.folder);
  const files = startingFiles({
    crm: sideOf(context, "crm", { connector: options.crm, address: options.crmAddress }),
    erp: sideOf(context, "erp", { connector: options.erp, address: options.erpAddress }),
  });
  const taken = [...files.keys()].filter((name) => existsSync(join(root, name)));
  if (taken.length > 0) {
    throw badInput(`${root} has ${taken.join(", ")} already; nothing was written. Name an empty folder.`);
  }
  for (const [name, text] of files) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    // `wx` fails where a file has appeared in the meantime, instead of overwriting it.
    writeFileSync(path, text, { flag: "wx" });
  }
  const made = { folder: root, files: [...files.keys()] };
  context.print(made, () => {
    const list = made.files.filter((name) => !name.startsWith(".schemas/")).map((name) => `  ${name}`);
    return [
      `Made a project in ${root}:`,
      ...list,
      "",
      "Next: read README.md there, set the secrets, then `crossfoot check`.",
    ].join("\n");
  });
  return exitCodes.done;
}

function sideOf(context: Context, role: Role, side: StartingSide): StartingSide {
  const known = Object.keys(context.deps.connectors);
  if (!known.includes(side.connector)) {
    const nearest = nearestName(side.connector, known);
    const hint =
      nearest === undefined ? `; there are: ${known.join(", ")}` : ` (did you mean \`${nearest}\`?)`;
    throw badInput(`--${role}: unknown connector \`${side.connector}\`${hint}`);
  }
  if (URL.canParse(side.address)) return side;
  throw badInput(`--${role}-address is an address such as https://${role}.example.com`);
}
