import {
  defaultFloors,
  defaultGuardLimits,
  defaultReserve,
  defaultRetryPolicy,
  lanes,
} from "@crossfoot/kernel";
import type { Lane } from "@crossfoot/kernel";
import { entities, entityNames } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { writeDuration } from "./duration.ts";
import type { Option, OptionKind } from "./option.ts";
import { keyRoles } from "./key-roles.ts";
import { subscriptionOptions } from "./subscription-options.ts";

const text: OptionKind = { is: "text" };
const folder: OptionKind = { is: "folder" };
const address: OptionKind = { is: "address" };
const secret: OptionKind = { is: "secret" };
const key: OptionKind = { is: "key" };
const onOff: OptionKind = { is: "switch" };
const map: OptionKind = { is: "map" };
const choice = (...of: readonly string[]): OptionKind => ({ is: "choice", of });
const count = (min: number, max: number): OptionKind => ({ is: "count", min, max });
const duration = (minMs: number, maxMs: number): OptionKind => ({ is: "duration", minMs, maxMs });

const second = 1_000;
const minute = 60 * second;
const day = 86_400 * second;

type More = Partial<Pick<Option, "fallback" | "isRequired" | "flag">>;

function option(path: string, kind: OptionKind, more: More & { readonly help: string }): Option {
  return { path, kind, fallback: null, isRequired: false, flag: null, ...more };
}

/** How often each entity is asked for changes, when the file does not say. */
const cadences: { readonly [entity in EntityName]: string } = {
  accounts: "30s",
  contacts: "30s",
  products: "5m",
  pricebooks: "5m",
  quotes: "15s",
  orders: "30s",
  invoices: "1m",
  inventory: "1m",
  shipments: "1m",
};

const guardWords: { readonly [kind: string]: string } = {
  create: "creates",
  update: "updates",
  transition: "changes of status",
  archive: "archivings",
  unarchive: "records brought back from the archive",
  delete: "deletions",
};

function guardOptions(kind: string): readonly Option[] {
  const limits = defaultGuardLimits[kind] ?? { countMax: 0, shareMax: 0, countFree: 0 };
  const what = guardWords[kind] ?? kind;
  return [
    option(`guard.${kind}.countFree`, count(0, 1_000_000), {
      fallback: limits.countFree,
      help: `So many ${what} of an entity in one plan pass whatever the share.`,
    }),
    option(`guard.${kind}.countMax`, count(0, 10_000_000), {
      fallback: limits.countMax,
      help: `A plan with more ${what} of an entity stops for a person.`,
    }),
    option(
      `guard.${kind}.shareMax`,
      { is: "share" },
      {
        fallback: limits.shareMax,
        help: `So does one with ${what} of a larger share of the linked records.`,
      },
    ),
  ];
}

const laneWords: { readonly [lane in Lane]: string } = {
  interactive: "calls that a person waits for",
  webhook: "work that follows a webhook",
  poll: "asking for changes",
  backfill: "first loads",
  sweep: "looking for deletions",
};

/** What a system allows; what is not said here is as the connector knows it. */
const limitOptions: readonly Option[] = [
  option("connections.*.limits.requests", count(1, 1_000_000_000), {
    help: "Calls that the system allows in a window, all workers together.",
  }),
  option("connections.*.limits.window", duration(second, 31 * day), { help: "Length of that window." }),
  option("connections.*.limits.daily", count(1, 1_000_000_000), {
    help: "Calls that the system allows in a day, which starts at midnight of `zone`.",
  }),
  option("connections.*.limits.zone", text, {
    help: "Time zone of the system's days, such as Europe/Berlin.",
  }),
  option("connections.*.limits.concurrency", count(1, 10_000), {
    help: "Calls that the system takes at one time, all workers together.",
  }),
  option(
    "connections.*.limits.reserve",
    { is: "share" },
    { fallback: defaultReserve, help: "Share of every limit that is never used: room for others." },
  ),
  ...lanes.map((lane) =>
    option(
      `connections.*.limits.floor.${lane}`,
      { is: "share" },
      { fallback: defaultFloors[lane], help: `Share of every limit kept for ${laneWords[lane]}.` },
    ),
  ),
];

/** Every option of crossfoot.yaml, in the order in which a person reads them. */
export const optionTable: readonly Option[] = [
  option("store.embedded", folder, {
    fallback: "./crossfoot-store",
    help: "Folder of the embedded store, relative to the project. One program at a time.",
  }),
  option("store.url", secret, {
    help: "Instead of `embedded`: where the address of a PostgreSQL (15 or later) is kept.",
  }),
  option("sealed.key", key, {
    help: "Where the key of `secrets.sealed` comes from: a file of mode 600, or what a program prints.",
  }),
  option("sealed.nextKey", key, {
    help: "The key that `crossfoot secrets rotate` seals with; until then and after both are known.",
  }),
  option("atRest.key", key, {
    help: "Where the key is that the store's values are encrypted with: a file, or what a program prints.",
  }),
  option("atRest.nextKey", key, {
    help: "The key that `crossfoot privacy rekey` takes instead; until then and after both are known.",
  }),
  option("connections.*.connector", text, {
    isRequired: true,
    help: "Kind of system: `http`, `odoo`, `tryton`.",
  }),
  option("connections.*.role", choice("crm", "erp"), {
    isRequired: true,
    help: "Which side it is. There is one `crm` and one `erp`.",
  }),
  option("connections.*.address", address, {
    isRequired: true,
    help: "Address of the system, no password in it.",
  }),
  option("connections.*.region", text, {
    help: "Region in which the system keeps its records, such as eu; the contract says where they may go.",
  }),
  option("connections.*.secrets.*", secret, {
    help: "Where a secret is kept, by the name that the connector uses.",
  }),
  option("connections.*.options", map, {
    help: "Options of the connector; see its page. `description` is a path in the project.",
  }),
  option("connections.*.timeoutSeconds", count(1, 600), {
    fallback: 30,
    help: "A call that is not answered by then is given up; a write is then in doubt and gets probed.",
  }),
  option("connections.*.concurrency", count(1, 64), {
    fallback: 4,
    help: "Calls at one time of one worker.",
  }),
  option("connections.*.localAddresses", onOff, {
    fallback: "off",
    help:
      "Whether link-local and metadata addresses (169.254.0.0/16, fe80::/10 and the clouds' own) may be " +
      "reached, and this machine by another name than localhost.",
  }),
  ...limitOptions,
  option("connections.*.webhooks.perSecond", count(1, 100_000), {
    fallback: 200,
    help: "Webhook deliveries a second that are taken in the long run; others are told to come again.",
  }),
  option("connections.*.webhooks.burst", count(1, 1_000_000), {
    fallback: 20_000,
    help: "Webhook deliveries that may come at once before that rate holds.",
  }),
  option("connections.*.webhooks.backlog", count(1, 10_000_000), {
    fallback: 100_000,
    help: "Records that may wait to be read because of webhooks; with more, senders are told to come again.",
  }),
  option("connections.*.webhooks.bytes", count(1_024, 1_048_576), {
    fallback: 1_048_576,
    help: "Longest body of a webhook delivery.",
  }),
  option("connections.*.webhooks.certificates", text, {
    help:
      "SHA-256 fingerprints of the client certificates that the sender may show, with commas between. " +
      "Needs `server.trustedProxies`.",
  }),
  option("connections.*.webhooks.certificateHeader", text, {
    fallback: "x-client-cert",
    help: "Header in which a trusted proxy tells the client certificate: SHA-256 fingerprint, or PEM.",
  }),
  option("connections.*.observe", onOff, {
    fallback: "off",
    help: "Only look: everything is read, linked, decided and shown, nothing is sent to this connection.",
  }),
  option("observe", onOff, {
    fallback: "off",
    help: "Only look, on every connection: to run beside another integration until its links are right.",
  }),
  ...entityNames.map((name) =>
    option(`entities.${name}`, onOff, {
      fallback: "on",
      help: `Whether ${entities[name].title.toLowerCase()} flow. The contract can switch them off too.`,
    }),
  ),
  ...entityNames.map((name) =>
    option(`cadence.${name}`, duration(second, day), {
      fallback: cadences[name],
      help: `How often \`up\` asks for changes of ${entities[name].title.toLowerCase()}.`,
    }),
  ),
  option("contract.requireSignature", choice("off", "on", "roles"), {
    fallback: "off",
    help:
      "Whether nothing is written before the contract is signed: by one of its signers (`on`), or by each " +
      "of them (`roles`). `crossfoot contract sign` signs.",
  }),
  option("sweep", duration(minute, 7 * day), {
    fallback: "1h",
    help: "How often everything is read again, to find deletions and what no event told.",
  }),
  option("history", duration(day, 3_650 * day), {
    fallback: "400d",
    help: "How long it is kept what orders and invoices showed before they changed, for `statement --as-of`.",
  }),
  option("retention.plans", duration(day, 3_650 * day), {
    fallback: "400d",
    help: "How long plans are kept, with the values in them; one that is good still is kept in any case.",
  }),
  option("retention.deliveries", duration(day, 3_650 * day), {
    fallback: "30d",
    help: "How long attempts to tell subscriptions of events are kept.",
  }),
  ...subscriptionOptions(option),
  option("exports.every", duration(60 * minute, 366 * day), {
    help:
      "How often `up` and `worker` write order history, demand and pipeline into files, in whole steps " +
      "since 1970-01-01 UTC; not at all when nothing is said.",
  }),
  option("exports.folder", folder, {
    fallback: "exports",
    help: "Folder of these files.",
  }),
  option("exports.format", choice("csv", "jsonl"), {
    fallback: "csv",
    help: "Their form: `csv`, or `jsonl` with one JSON map a line.",
  }),
  option("exports.keep", count(1, 10_000), {
    fallback: 14,
    help: "How many files of each export are kept, the newest.",
  }),
  ...Object.keys(defaultGuardLimits).flatMap((kind) => guardOptions(kind)),
  option("plan.expires", duration(minute, 90 * day), {
    fallback: "7d",
    help: "How long a plan is good. `apply` refuses one that is older; records that moved stop it anyway.",
  }),
  option("retry.attemptsMax", count(1, 100), {
    fallback: defaultRetryPolicy.attemptsMax,
    help: "Attempts before a write that keeps failing waits for a person.",
  }),
  option("retry.delayMin", duration(10, minute), {
    fallback: writeDuration(defaultRetryPolicy.delayMsMin),
    help: "First pause after a failure; it doubles each time.",
  }),
  option("retry.delayMax", duration(second, day), {
    fallback: writeDuration(defaultRetryPolicy.delayMsMax),
    help: "Longest pause.",
  }),
  option("server.host", text, {
    fallback: "127.0.0.1",
    flag: "--host",
    help: "Address that `up` listens on. Where it is any other, people sign in, and need TLS to do so.",
  }),
  option("server.publicUrl", address, {
    help: "Address under which senders of webhooks call `up`, where it is another one; some sign it.",
  }),
  option("server.port", count(0, 65_535), {
    fallback: 8787,
    flag: "--port",
    help: "Port that `up` listens on; 0 takes a free one.",
  }),
  option("server.tls.certificate", text, {
    help: "File with the certificate and its chain, PEM: `up` then speaks HTTPS itself. Read when it starts.",
  }),
  option("server.tls.key", secret, { help: "Where the key of that certificate is kept, PEM." }),
  option("server.trustedProxies", text, {
    help:
      "Addresses or networks of proxies in front, parted by commas: what they say of whoever asks " +
      "(`X-Forwarded-For`, `-Proto`) and about client certificates counts. From anybody else it is dropped.",
  }),
  option("server.ratePerMinute", count(1, 1_000_000), {
    fallback: 600,
    help: "Requests that each key of the HTTP API has in a minute.",
  }),
  option("people.required", onOff, {
    fallback: "off",
    help:
      "Whether the pages of `up` want somebody who signed in even while nobody can. They always do once " +
      "there is a person, behind a proxy, and where `server.host` is not this machine alone.",
  }),
  option("people.sessionIdle", duration(minute, day), {
    fallback: "30m",
    help: "A session ends when it is not used for so long.",
  }),
  option("people.sessionLife", duration(5 * minute, 30 * day), {
    fallback: "8h",
    help: "A session ends after so long, used or not.",
  }),
  option("people.oidc.issuer", address, {
    help: "Provider of identities (OpenID Connect) with which people sign in; see docs/guide/people.md.",
  }),
  option("people.oidc.clientId", text, { help: "What the provider calls this server." }),
  option("people.oidc.clientSecret", secret, { help: "Where the secret is kept that goes with it." }),
  option("people.oidc.hosts", text, {
    help:
      "Further hosts of the provider (of its tokens or keys), parted by commas. No others are asked than " +
      "these and the issuer's.",
  }),
  option("people.oidc.claim", text, {
    fallback: "groups",
    help: "Claim of the ID token that tells roles: a text, or a list of texts.",
  }),
  option("people.oidc.roles", map, {
    help: "Which values of that claim make which role, such as `operator: [erp-team]`. Others are refused.",
  }),
  option("people.oidc.domains", text, {
    help: "Only people whose verified address of mail is at one of these domains, parted by commas.",
  }),
  ...keyRoles.map((role) =>
    option(`visibility.${role}`, map, {
      help: `Fields that keys and people of the role ${role} do not see, by entity; see docs/guide/api.md.`,
    }),
  ),
];
