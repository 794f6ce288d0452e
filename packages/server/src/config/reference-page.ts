import { kindInWords, variableOf } from "./option.ts";
import type { Option } from "./option.ts";
import { optionTable } from "./option-table.ts";

const head = `# Configuration: crossfoot.yaml

This page is made from the table of options in \`packages/server/src/config/option-table.ts\`; a test keeps
both equal.

Each option can be said in three places; a later one wins: the file, the environment variable, the flag.
In a variable \`<NAME>\` is the name of the connection or subscription in capitals, with \`_\` for \`-\`. A
key nobody knows is an error that names file, line and the nearest known key.

Secrets never stand in a file of the project. Where one belongs, the file says where it is kept:
\`env:NAME\` is an environment variable, \`file:PATH\` a file that only its owner can read (mode 600),
relative to the project, \`sealed:NAME\` a secret of the sealed store ([secrets](../guide/secrets.md)).
\`crossfoot check --settings\` shows what is in force and who said so, without any secret. Durations have a
unit: \`500ms\`, \`30s\`, \`5m\`, \`1h\`, \`1d\`.

JSON Schemas for editors: [crossfoot.schema.json](crossfoot.schema.json),
[contract.schema.json](contract.schema.json), [mapping.schema.json](mapping.schema.json). \`crossfoot init\`
writes them into the project.
`;

const sections: { readonly [key: string]: string } = {
  store: "Where Crossfoot keeps what it knows. Say `embedded` or `url`, not both.",
  sealed: "Only where a secret is `sealed:NAME`.",
  atRest: "Off unless `key` is said; see docs/guide/privacy.md.",
  connections:
    "One `crm` and one `erp`. The name of a connection is also the name of its file in `mappings`.",
  observe: "Nothing is written anywhere.",
  entities: "Start narrow: switch entities on one by one.",
  cadence: "How often `crossfoot up` asks each system for changes; a webhook is followed at once.",
  contract: "Start only what was agreed.",
  sweep: "Full comparison.",
  history: "What is kept of the past.",
  guard: "Limits on the harm of one plan, per entity and kind of write.",
  retry: "What happens after a failure that may pass.",
  server: "Only used by `crossfoot up`.",
  people: "Who signs in at `crossfoot up`, and for how long; see docs/guide/people.md.",
  subscriptions: "Whom `crossfoot up` tells events, by a name of yours; see docs/guide/webhooks.md.",
  visibility:
    "Each is a map of entities to lists of fields, or `*` for a whole entity. A role that is " +
    "not named: viewer, sales and agent do not see `creditLimit` of accounts, the others see everything.",
};

const cell = (text: string): string => text.replaceAll("|", String.raw`\|`);

function row(option: Option): string {
  const fallback =
    option.fallback === null ? (option.isRequired ? "must be given" : "none") : `\`${option.fallback}\``;
  const variable = variableOf(option);
  const cells = [
    `\`${option.path.replaceAll("*", "<name>")}\``,
    kindInWords(option.kind),
    fallback,
    variable === null ? "" : `\`${variable}\``,
    option.flag === null ? "" : `\`${option.flag}\``,
    option.help,
  ];
  return `| ${cells.map((each) => cell(each)).join(" | ")} |`;
}

/** The reference page of crossfoot.yaml, in Markdown; docs/reference/configuration.md is this text. */
export function referencePage(): string {
  const groups = Map.groupBy(optionTable, ({ path }) => path.split(".")[0] ?? "");
  const parts = [...groups].map(([key, options]) =>
    [
      `## ${key}`,
      "",
      sections[key] ?? "",
      "",
      "| key | value | default | environment | flag | meaning |",
      "| --- | --- | --- | --- | --- | --- |",
      ...options.map((option) => row(option)),
      "",
    ].join("\n"),
  );
  return [head, ...parts].join("\n");
}
