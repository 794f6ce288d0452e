import { defaultContract, entities, entityNames } from "@crossfoot/model";
import type { EntityTerms, Role } from "@crossfoot/model";
import { contractSchema } from "../config/contract-schema.ts";
import { crossfootSchema } from "../config/crossfoot-schema.ts";
import { writeSchema } from "../config/json-schema.ts";
import { mappingSchema } from "../config/mapping-schema.ts";
import { emptyMapping, startingDescription, startingMapping } from "./init-description.ts";
import { wrap } from "./text.ts";

/** One side of a project to be made. */
export interface StartingSide {
  readonly connector: string;
  readonly address: string;
}

/** What a project is made from. */
export type StartingSides = { readonly [role in Role]: StartingSide };

/** The files of a project to start with, by their path in its folder. */
export function startingFiles(sides: StartingSides): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ["crossfoot.yaml", projectText(sides)],
    ["contract.yaml", contractText()],
  ]);
  for (const role of ["crm", "erp"] as const) {
    const isDescribed = sides[role].connector === "http";
    files.set(`mappings/${role}.yaml`, isDescribed ? startingMapping : emptyMapping);
    if (isDescribed) files.set(`descriptions/${role}.yaml`, startingDescription(`Our ${titles[role]}`));
  }
  files.set(
    ".gitignore",
    "# The store, plans (they hold customers' values) and secrets are not for a repository.\ncrossfoot-store/\ncrossfoot-witness.json\ncrossfoot-erased.json\n*.plan\n*.plan.json\nplan.json\nsecrets/\nsecrets.sealed\n*.key\n.env\n",
  );
  files.set("README.md", readmeText(sides));
  files.set(".schemas/crossfoot.schema.json", writeSchema(crossfootSchema));
  files.set(".schemas/contract.schema.json", writeSchema(contractSchema));
  files.set(".schemas/mapping.schema.json", writeSchema(mappingSchema));
  return files;
}

const titles: { readonly [role in Role]: string } = { crm: "CRM", erp: "ERP" };

function connectionText(role: Role, { connector, address }: StartingSide): string {
  const head = `  ${role}:\n    connector: ${connector}\n    role: ${role}\n    address: ${address}\n`;
  const name = role.toUpperCase();
  if (connector === "http") {
    return (
      `${head}    secrets:\n      token: env:${name}_TOKEN\n` +
      `    options:\n      description: descriptions/${role}.yaml\n`
    );
  }
  if (connector === "odoo") {
    return (
      `${head}    secrets:\n      key: env:${name}_KEY\n    options:\n` +
      "      database: odoo               # name of the database\n" +
      "      user: crossfoot              # a user of its own, with no more rights than it needs\n" +
      "      key: key                     # the name of the secret above, an API key of that user\n"
    );
  }
  if (connector === "tryton") {
    return (
      `${head}    secrets:\n      password: env:${name}_PASSWORD\n    options:\n` +
      "      database: tryton             # name of the database\n" +
      "      user: crossfoot              # a user of its own, with no more rights than it needs\n" +
      "      password: password           # the name of the secret above\n"
    );
  }
  return `${head}    # secrets:\n    #   token: env:${name}_TOKEN\n    # options:\n`;
}

function projectText(sides: StartingSides): string {
  const width = Math.max(...entityNames.map((name) => name.length));
  const switches = entityNames.map(
    (name) => `  ${`${name}:`.padEnd(width + 1)} ${name === "accounts" ? "on" : "off"}`,
  );
  return `# yaml-language-server: $schema=.schemas/crossfoot.schema.json
# What is connected, and the limits of what Crossfoot may do.
# Every key: docs/reference/configuration.md of Crossfoot.

store:
  embedded: ./crossfoot-store       # for one program at a time; else \`url: env:DATABASE_URL\` (PostgreSQL)

# Secrets never stand here, only where they are kept: env:NAME (environment) or file:PATH (mode 600).
connections:
${connectionText("crm", sides.crm)}
${connectionText("erp", sides.erp)}
# Start narrow: switch on one entity, look at \`crossfoot plan\`, apply it, then the next.
entities:
${switches.join("\n")}

# cadence: { accounts: 30s }        # how often \`crossfoot up\` asks for changes
# sweep: 1h                         # how often everything is compared
# guard:
#   create: { countMax: 500 }       # a plan with more of them stops for a person
# server: { host: 127.0.0.1, port: 8787 }
`;
}

function contractText(): string {
  const parts = entityNames.map((name) => entityText(name, defaultContract.entities[name]));
  return `# yaml-language-server: $schema=.schemas/contract.schema.json
# Who owns which field. Sales, finance and operations read this and sign what \`crossfoot contract\` prints.
# Everything below is commented out because these are the defaults: take the \`#\` away where you want it
# otherwise.
version: "1"
# signers: ${short(defaultContract.signers)}
entities:
${parts.join("\n")}`;
}

const short = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(/"([A-Za-z_-]+)"/g, "$1")
    .replaceAll(/([,:])/g, "$1 ");

function entityText(name: (typeof entityNames)[number], terms: EntityTerms): string {
  const lines = [
    `${name}:`,
    ...wrap(`${entities[name].title}: ${terms.means}`, 96).map((line) => `  # ${line}`),
    `  master: ${terms.master}`,
    `  direction: ${terms.direction}`,
    ...(terms.direction === "both" ? [`  policy: ${terms.policy}`] : []),
    `  onDelete: ${terms.onDelete}`,
    `  create: ${short(terms.create)}`,
    `  matchKeys: ${short(terms.matchKeys)}`,
    ...(terms.edgeCases.length === 0
      ? []
      : ["  edgeCases:", ...terms.edgeCases.map((sentence) => `    - ${JSON.stringify(sentence)}`)]),
    ...fieldLines(terms),
  ];
  return `${lines.map((line) => `  # ${line}`).join("\n")}\n`;
}

function fieldLines({ fields }: EntityTerms): readonly string[] {
  const named = Object.entries(fields);
  if (named.length === 0) return [];
  const lines = named.map(([field, { means = "", ...own }]) => {
    const rest = short(own).slice(1, -1);
    return `    ${field}: { ${rest === "" ? "" : `${rest}, `}means: ${JSON.stringify(means)} }`;
  });
  return ["  fields:", ...lines];
}

function readmeText({ crm, erp }: StartingSides): string {
  const described = [crm, erp].some(({ connector }) => connector === "http");
  const descriptions = described
    ? "| `descriptions/` | how each system is called, where it is not known to Crossfoot |\n"
    : "";
  return `# CRM and ERP in agreement

This folder is a Crossfoot project: everything that decides what flows between both systems, as text.

| file | what |
| --- | --- |
| \`crossfoot.yaml\` | connections, where secrets are kept, store, limits, switches per entity |
| \`contract.yaml\` | who owns which field; \`crossfoot contract\` prints it with the defaults |
| \`mappings/\` | which of a system's fields is which canonical field |
${descriptions}| \`.schemas/\` | JSON Schemas, so that an editor completes and checks these files |

## The way to a first load

1. Set the secrets that \`crossfoot.yaml\` names (environment variables, or files with mode 600).
2. \`crossfoot check\` reaches both systems and names what is wrong with a mapping or the contract.
3. \`crossfoot map --sample record.json --connection crm --entity accounts\` shows what becomes of a record.
4. \`crossfoot contract\` prints the agreement to be signed.
5. \`crossfoot plan --out plan.json\` shows record by record what would be written. Nothing is written yet.
6. \`crossfoot apply plan.json\` does exactly that, or stops where the world has moved.
7. \`crossfoot statement\` proves that both systems agree, or lists what differs and why.
8. \`crossfoot up\` keeps them so. \`crossfoot status\` and \`crossfoot why crm:1001\` tell how things stand.

Exit codes: 0 done, 1 failed, 2 done but differences remain, 3 refused by a guard or a stale plan,
4 bad configuration.
`;
}
