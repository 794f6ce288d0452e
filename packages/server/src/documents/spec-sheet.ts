import type { EntityAbilities, Manifest } from "@crossfoot/connector-sdk";
import { canonicalBytes } from "@crossfoot/kernel";
import { contractWords, fieldKindsOf, signerWords } from "@crossfoot/model";
import type { EntityName, EntityWords } from "@crossfoot/model";
import { writeDuration } from "../config/duration.ts";
import { hashOf } from "../config/load-contract.ts";
import type { Project, ProjectConnection } from "../config/project.ts";
import { kindWords, nativeWords, valueMapWords } from "./mapping-words.ts";
import { personalPart } from "./inventory-sheet.ts";
import type { Sheet, SheetPart, SheetTable } from "./sheet.ts";

/** What the connectors of a project say they can do; a reason in words where one could not be asked. */
export interface KnownAbilities {
  readonly [connection: string]: Manifest | string;
}

const titleOf = ({ id, role }: ProjectConnection): string => `${id} (${role.toUpperCase()})`;
const yesNo = (value: boolean): string => (value ? "yes" : "no");
const percent = (share: number): string => `${Math.round(share * 100)} %`;

function limitsTable({ limits, timeoutMs, concurrency }: ProjectConnection): SheetTable {
  const windows = limits.windows.map(({ name, requests, windowMs, zone }) => [
    `limit ${name}`,
    windowMs === null
      ? `${requests} calls in a day of ${zone ?? "UTC"}`
      : `${requests} calls in any ${writeDuration(windowMs)}`,
  ]);
  return {
    caption: "Limits and quotas",
    columns: ["What", "Value"],
    rows: [
      ...(windows.length === 0 ? [["limit", "none declared: the system's answers tell"]] : windows),
      [
        "calls at one time, over all workers",
        limits.concurrency === null ? "no limit" : String(limits.concurrency),
      ],
      ["calls at one time of one worker", String(concurrency)],
      ["kept in reserve", percent(limits.reserve)],
      ...Object.entries(limits.floors).map(([lane, share]) => [`least share of ${lane}`, percent(share)]),
      ["a call is given up after", writeDuration(timeoutMs)],
    ],
  };
}

function manifestTable(manifest: Manifest): SheetTable {
  return {
    caption: "What the system can do",
    columns: ["What", "Value"],
    rows: [
      ["webhooks", yesNo(manifest.webhooks)],
      ["an unknown outcome is settled for certain after", writeDuration(manifest.horizonMs)],
      ["read again each time, for records that commit late", writeDuration(manifest.commitLagMs)],
      ["a reading may lag behind a write by", writeDuration(manifest.readLagMs ?? 0)],
      ["its stamps are true to", writeDuration(manifest.stampGranularityMs)],
      ["answers in the moment", Object.keys(manifest.operations ?? {}).join(", ") || "none"],
    ],
  };
}

function connectionPart(project: Project, connection: ProjectConnection, known: KnownAbilities): SheetPart {
  const { id, connector, address, mappingHash } = connection;
  const manifest = known[id];
  const observed = project.observed.includes(id) ? ["Only observed: nothing is ever sent to it."] : [];
  return {
    title: titleOf(connection),
    points: [
      `Connector ${connector}, at ${address}.`,
      `Mapping ${mappingHash}.`,
      ...observed,
      ...(typeof manifest === "string" ? [`Its abilities could not be asked for: ${manifest}.`] : []),
    ],
    tables: [...(typeof manifest === "object" ? [manifestTable(manifest)] : []), limitsTable(connection)],
  };
}

const proofs: { readonly [proof in EntityAbilities["createProof"]]: string } = {
  unique_key: "by a unique key of the system",
  reference: "by our reference on the record",
  fingerprint: "by business values, a person confirms",
  none: "not at all: a person decides",
};
const preconditions: { readonly [form in EntityAbilities["precondition"]]: string } = {
  conditional: "the system refuses a stale version",
  compare: "read before the write",
  none: "none",
};

function abilityRows(abilities: EntityAbilities | undefined): readonly string[] {
  if (abilities === undefined) return abilityTitles.map(() => "—");
  const can = (["create", "update", "archive", "unarchive", "notes"] as const).filter(
    (what) => abilities[what] === true,
  );
  return [
    abilities.object,
    can.join(", ") || "read only",
    abilities.incremental === "since" ? "changes since a stamp" : "all of it, each time",
    abilities.listsIds ? "yes" : "no: a deletion is only seen where the system shows it",
    preconditions[abilities.precondition],
    proofs[abilities.createProof] +
      (abilities.referenceField === null ? "" : ` (${abilities.referenceField})`),
    `${abilities.readBatchMax} / ${abilities.writeBatchMax}`,
    abilities.transitions.map(({ from, to, via }) => `${from} → ${to} by ${via}`).join("; ") || "none",
    abilities.initialStatus ?? "none",
  ];
}

const abilityTitles = [
  "native record type",
  "writes",
  "reading",
  "deletions are proven by its list of ids",
  "precondition of a write",
  "a create in doubt is settled",
  "records in one call, read / written",
  "changes of state",
  "state after a create",
];

function abilityTable(name: EntityName, project: Project, known: KnownAbilities): SheetTable {
  const columns = project.connections.map(({ id }) => {
    const manifest = known[id];
    return abilityRows(typeof manifest === "object" ? manifest.entities[name] : undefined);
  });
  return {
    caption: "What each side can do",
    columns: ["What", ...project.connections.map((each) => titleOf(each))],
    rows: abilityTitles.map((title, at) => [title, ...columns.map((column) => column[at] ?? "—")]),
  };
}

function fieldTable(words: EntityWords, project: Project): SheetTable {
  const terms = project.contract.entities[words.entity];
  const kinds = fieldKindsOf(words.entity, terms);
  return {
    caption: `Fields of ${words.title.toLowerCase()}`,
    columns: [
      ...["Field", "Type", "Master", "Direction", "Both edited", "First link", "Foreign edit", "Needed"],
      ...project.connections.map((each) => titleOf(each)),
    ],
    rows: words.fields.map(({ field, master, direction, policy }) => {
      const own = terms.fields[field] ?? {};
      const kind = kinds[field];
      return [
        field,
        kind === undefined ? "" : kindWords(kind),
        master,
        direction,
        policy === "custom" ? `custom: ${own.custom ?? ""}` : policy,
        own.onFirstLink ?? terms.onFirstLink,
        own.onForeignEdit ?? terms.onForeignEdit,
        yesNo(own.mandatory === true),
        ...project.connections.map(({ mapping }) => {
          const mapped = mapping.entities[words.entity];
          return mapped === undefined ? "—" : nativeWords(mapped, field);
        }),
      ];
    }),
  };
}

function valueTable(name: EntityName, project: Project): SheetTable {
  return {
    caption: "Value maps",
    columns: ["Field", "Connection", "Canonical", "Native", "Used"],
    rows: project.connections.flatMap((connection) => {
      const mapped = connection.mapping.entities[name];
      return (mapped === undefined ? [] : valueMapWords(mapped)).map((each) => [
        each.field,
        titleOf(connection),
        each.canonical,
        each.native,
        each.isWritten ? "read and written" : "read only",
      ]);
    }),
  };
}

function scopePoints(name: EntityName, project: Project): readonly string[] {
  return project.connections.flatMap((connection) => {
    const mapped = connection.mapping.entities[name];
    if (mapped === undefined) return [`${titleOf(connection)} does not map it.`];
    const { scope, constants } = mapped;
    const set = Object.entries(constants).map(([root, value]) => `${root} = ${canonicalBytes(value)}`);
    return [
      ...(scope === null
        ? []
        : [
            `Scope in ${titleOf(connection)}: ${scope.path.text} is one of ` +
              `${scope.in.map((each) => canonicalBytes(each)).join(", ")}.`,
          ]),
      ...(set.length === 0 ? [] : [`Always written in ${titleOf(connection)}: ${set.join(", ")}.`]),
    ];
  });
}

function entityPart(words: EntityWords, project: Project, known: KnownAbilities): SheetPart {
  const name = words.entity;
  const terms = project.contract.entities[name];
  return {
    title: words.title,
    paragraphs: [words.means],
    points: [
      cadenceWords(project, name, known),
      ...words.rules.map(({ topic, words: sentence }) => `${topic}: ${sentence}`),
      `match keys: ${terms.matchKeys.map((key) => key.join(" + ")).join(", then ") || "none"}`,
      `onDelete ${terms.onDelete}, onReturn ${terms.onReturn}, newestTolerance ${terms.newestTolerance} s`,
      ...scopePoints(name, project),
      ...words.edgeCases.map((sentence) => `Edge case: ${sentence}`),
    ],
    tables: [fieldTable(words, project), valueTable(name, project), abilityTable(name, project, known)],
  };
}

/** When an entity is looked at, in one sentence. */
export function cadenceWords(project: Project, name: EntityName, known: KnownAbilities = {}): string {
  const hooked = project.connections.filter(({ id }) => {
    const manifest = known[id];
    return typeof manifest === "object" && manifest.webhooks;
  });
  const told =
    hooked.length === 0
      ? ""
      : `, and at once when a message of ${hooked.map(({ id }) => id).join(" or ")} says so`;
  const every = writeDuration(project.cadenceMs[name]);
  const swept = writeDuration(project.sweepMs);
  return `Trigger and cadence: changes are asked for every ${every}${told}; all is compared every ${swept}.`;
}

function guardTable({ guard, retry, planExpiresMs }: Project): SheetTable {
  return {
    caption: "Limits on harm, and retries",
    columns: ["What", "Value"],
    rows: [
      ...Object.entries(guard).map(([kind, { countFree, countMax, shareMax }]) => [
        `${kind}, per entity and plan`,
        `up to ${countFree} free; then at most ${countMax} and ${percent(shareMax)} of the records, else a ` +
          "person approves",
      ]),
      ["attempts before a person is asked", String(retry.attemptsMax)],
      [
        "pause between attempts",
        `${writeDuration(retry.delayMsMin)}, doubling up to ${writeDuration(retry.delayMsMax)}`,
      ],
      ["a plan is good for", writeDuration(planExpiresMs)],
    ],
  };
}

/** The technical specification of a project: all that decides what is read, decided and written. */
export function specSheet(project: Project, known: KnownAbilities): Sheet {
  const words = contractWords(project.contract);
  const parts: readonly SheetPart[] = [
    { title: "Systems", parts: project.connections.map((each) => connectionPart(project, each, known)) },
    ...words.entities.map((each) => entityPart(each, project, known)),
    personalPart(project.contract),
    { title: "Safety", tables: [guardTable(project)] },
    { title: "Who signs", points: words.signers.map((signer) => signerWords(signer)) },
  ];
  const off = words.off.length === 0 ? "none" : words.off.join(", ");
  const facts: Sheet["facts"] = [
    ["Contract version", project.contractVersion ?? "not named"],
    ["Contract hash", project.contractHash],
    ["Switched off", off],
  ];
  const sheet: Sheet = { title: "Specification of the integration", facts, parts };
  return { ...sheet, facts: [...facts, ["Hash of this specification", hashOf(sheet)]] };
}
