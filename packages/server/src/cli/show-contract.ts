import { entities } from "@crossfoot/model";
import type {
  Contract,
  CreateTerms,
  Direction,
  EffectTerms,
  EntityName,
  EntityTerms,
  Role,
} from "@crossfoot/model";
import { renderTable } from "./table.ts";
import { wrap } from "./text.ts";

/** One field of the contract in force, as it is signed. */
interface SignedField {
  readonly field: string;
  readonly master: Role;
  readonly direction: Direction;
  readonly policy: string;
  readonly means: string;
}

/** The contract of one entity, as it is signed. */
interface SignedEntity {
  readonly entity: EntityName;
  readonly title: string;
  readonly means: string;
  /** Sentences: when it is created, how records find each other, what a deletion does. */
  readonly rules: readonly string[];
  readonly fields: readonly SignedField[];
}

/** The contract in force with its version and hash. */
export interface SignedContract {
  readonly version: string | null;
  readonly hash: string;
  readonly entities: readonly SignedEntity[];
  /** Entities that are switched off. */
  readonly off: readonly EntityName[];
}

const sides: { readonly [role in Role]: string } = { crm: "CRM", erp: "ERP" };

/** Makes the contract readable: every field with its master, direction, policy and what follows from them. */
export function signedContract(
  contract: Contract,
  head: { readonly version: string | null; readonly hash: string; readonly on: readonly EntityName[] },
): SignedContract {
  const names = Object.keys(contract.entities) as readonly EntityName[];
  return {
    version: head.version,
    hash: head.hash,
    entities: head.on.map((name) => signedEntity(name, contract)),
    off: names.filter((name) => !head.on.includes(name)),
  };
}

function signedEntity(name: EntityName, { entities: all, periods }: Contract): SignedEntity {
  const terms = all[name];
  const isBooked = periods?.entities.some((each) => each === name) === true;
  const rules = [
    ...(["erp", "crm"] as const).map((role) => createSentence(role, terms.create[role])),
    matchSentence(terms),
    deleteSentence(terms),
    ...terms.ownership.map(
      ({ at, statuses, fields, writer }) =>
        `While it is ${statuses.join(" or ")} in the ${sides[at]}, ` +
        `${writer === "nobody" ? "nobody writes" : `only the ${sides[writer]} writes`} ` +
        `${fields === "*" ? "any other field" : fields.join(", ")}.`,
    ),
    ...(isBooked
      ? [`Dated ${periods.closedThrough} or before, it is not written in the ERP: the books are closed.`]
      : []),
    ...terms.effects.map(effectSentence),
    ...terms.notes.map(
      (role) => `A value of the ${sides[role]} that lost is told by a note on its record there.`,
    ),
  ];
  const fields = Object.keys(entities[name].fields).map((field) => signedField(terms, field));
  return { entity: name, title: entities[name].title, means: terms.means, rules, fields };
}

const occasions: { readonly [on in EffectTerms["on"]]: string } = {
  create: "Creating one",
  update: "Changing one",
  archive: "Archiving one",
  unarchive: "Bringing one back",
  delete: "Deleting one",
  transition: "A change of its status",
  merge: "Joining two",
  note: "A note on one",
};

function effectSentence({ at, on, statuses, does }: EffectTerms): string {
  const to = statuses === undefined ? "" : ` to ${statuses.join(" or ")}`;
  return `${occasions[on]}${to} in the ${sides[at]} sets off: ${does.replace(/\.$/, "")}.`;
}

function createSentence(role: Role, terms: CreateTerms | undefined): string {
  const demand = terms?.onDemand === true ? ", or when a document needs it there" : "";
  if (terms === undefined || terms.when === "never") {
    return demand === ""
      ? `Never created in the ${sides[role]}.`
      : `Created in the ${sides[role]} only when a document needs it there.`;
  }
  if (terms.when === "always") return `Created in the ${sides[role]} when it exists on the other side.`;
  return `Created in the ${sides[role]} when its status is ${(terms.statuses ?? []).join(" or ")}${demand}.`;
}

function matchSentence({ matchKeys }: EntityTerms): string {
  if (matchKeys.length === 0) return "Records are never joined by their values.";
  const keys = matchKeys.map((key) => key.join(" and ")).join("; else ");
  return `Records of both sides are the same when they share ${keys}.`;
}

function deleteSentence({ onDelete, onReturn }: EntityTerms): string {
  const deleted = {
    archive: "archived on the other",
    ask: "a person is asked",
    ignore: "nothing follows",
  }[onDelete];
  const returned = {
    ask: "a person is asked",
    restore: "it lives again on both",
    ignore: "nothing follows",
  }[onReturn];
  return `Deleted on one side: ${deleted}. There again after that: ${returned}.`;
}

function signedField(terms: EntityTerms, field: string): SignedField {
  const own = terms.fields[field] ?? {};
  const master = own.master ?? terms.master;
  const direction = own.direction ?? terms.direction;
  const policy = direction === "both" ? (own.policy ?? terms.policy) : "—";
  const means = [
    ...(own.means === undefined ? [] : [own.means]),
    fieldSentence({
      master,
      direction,
      policy,
      restores: (own.onForeignEdit ?? terms.onForeignEdit) === "restore",
    }),
    ...(own.mandatory === true ? ["Needed before anything is written."] : []),
  ];
  return { field, master, direction, policy, means: means.join(" ") };
}

function fieldSentence(at: {
  readonly master: Role;
  readonly direction: Direction;
  readonly policy: string;
  readonly restores: boolean;
}): string {
  const foreign = at.restores ? "an edit there is put back" : "an edit there stays";
  switch (at.direction) {
    case "crm-to-erp":
      return `Comes from the CRM; ${foreign.replace("there", "in the ERP")}.`;
    case "erp-to-crm":
      return `Comes from the ERP; ${foreign.replace("there", "in the CRM")}.`;
    case "compare":
      return "Nobody carries it; the statement compares it.";
    case "both":
      return bothSentence(at.policy, at.master);
  }
}

function bothSentence(policy: string, master: Role): string {
  const edits = "Both may edit; if both do at once";
  if (policy === "newest") return `${edits}, the newest stands.`;
  if (policy === "review") return `${edits}, a person decides.`;
  if (policy === "custom") return `${edits}, a rule of our own decides.`;
  return `${edits}, the ${sides[master]}'s value stands.`;
}

/** The contract as a page that both departments can sign. */
export function showContract(signed: SignedContract, room: number): string {
  const width = Math.min(room, 100);
  const columns = [
    { title: "field" },
    { title: "master" },
    { title: "direction" },
    { title: "policy" },
    { title: "what it means", least: 24 },
  ];
  const parts = signed.entities.map(({ title, means, rules, fields }) =>
    [
      title.toUpperCase(),
      ...wrap(means, width),
      ...rules.flatMap((rule) =>
        wrap(rule, width - 2).map((line, at) => (at === 0 ? `· ${line}` : `  ${line}`)),
      ),
      "",
      renderTable(
        columns,
        fields.map((each) => [each.field, sides[each.master], each.direction, each.policy, each.means]),
        room,
      ),
    ].join("\n"),
  );
  const version = signed.version === null ? "" : `, version ${signed.version}`;
  const off = signed.off.length === 0 ? [] : [`Not part of it (switched off): ${signed.off.join(", ")}.`];
  const lines = ["Sales", "Finance", "Operations"].map(
    (who) => `${who.padEnd(12)}${"_".repeat(28)}  date ${"_".repeat(12)}`,
  );
  return [
    `CONTRACT BETWEEN CRM AND ERP${version}\nHash ${signed.hash}`,
    ...parts,
    ...off,
    `Signed for this hash; whoever changes the contract changes the hash.\n\n${lines.join("\n\n")}`,
  ].join("\n\n");
}
