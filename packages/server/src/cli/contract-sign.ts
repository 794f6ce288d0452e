import { signerWords } from "@crossfoot/model";
import type { Signer } from "@crossfoot/model";
import type { ContractState } from "../runtime/engine.ts";
import type { ContractSignature } from "../store/port.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import { moment } from "./text.ts";

/** Who signs, as the command line says it. */
export interface SignFlags {
  readonly name?: string;
  readonly role?: string;
  readonly department?: string;
  /** The hash that is signed, or its first letters; with `revoke` also that of another contract. */
  readonly hash?: string;
  readonly why?: string;
}

/** `contract sign`: records a signature of the contract of the project, over its hash. */
export async function signCommand(context: Context, flags: SignFlags): Promise<ExitCode> {
  const name = wordOf("name", flags.name);
  const role = wordOf("role", flags.role);
  const by = context.deps.user;
  const { isAdded, state, department } = await withEngine(context, async (engine, project) => {
    const own = departmentOf(project.contract.signers, { name, role, department: flags.department });
    const { hash = project.contractHash } = flags;
    if (!isStartOf(hash, project.contractHash))
      throw badInput(
        `the contract of the project has the hash ${project.contractHash.slice(0, 12)}, not ${hash}: ` +
          "read it again before you sign it",
      );
    const added = await engine.signContract({ name, role, department: own }, by);
    return { isAdded: added, state: await engine.contract(), department: own };
  });
  // The hash that is named here is what the signature holds for.
  const signed = { hash: state.hash, version: state.version, name, role, department };
  context.print({ ...signed, isAdded, missing: state.missing, isSigned: state.isSigned }, () =>
    [
      isAdded
        ? `Signed by ${[name, role, department].join(", ")}: ${nameOf(state)}.`
        : `${name} signed ${nameOf(state)} before; nothing was added.`,
      stillMissing(state),
    ].join("\n"),
  );
  return exitCodes.done;
}

const isStartOf = (start: string, hash: string): boolean =>
  /^[0-9a-f]{6,64}$/.test(start) && hash.startsWith(start);

/** `contract revoke`: takes a signature back, of the contract of the project or of another one (`--hash`). */
export async function revokeCommand(context: Context, flags: SignFlags): Promise<ExitCode> {
  const name = wordOf("name", flags.name);
  const why = wordOf("why", flags.why);
  const by = context.deps.user;
  const { taken, state } = await withEngine(context, async (engine) => {
    const one = standingOne(await engine.contract(), { ...flags, name });
    const { hash, role, department } = one;
    const isTaken = await engine.revokeSignature({ hash, name: one.name, role, department }, { by, why });
    return { taken: isTaken ? one : null, state: await engine.contract() };
  });
  // Somebody else took it back in this very moment: there is nothing left to do.
  const { hash, missing, isSigned } = state;
  const said = taken === null ? null : { ...taken, revoked: { by, why } };
  context.print({ taken: said, hash, missing, isSigned }, () =>
    [
      taken === null
        ? `The signature of ${name} was taken back already.`
        : `The signature of ${wordsOf(taken)} does not count any more (hash ${taken.hash.slice(0, 12)}).`,
      stillMissing(state),
    ].join("\n"),
  );
  return exitCodes.done;
}

const wordsOf = ({ name, role, department }: ContractSignature): string =>
  [name, role, department].filter((part) => part !== null).join(", ");

/** The only signature that stands and fits what was said. */
function standingOne(state: ContractState, asked: SignFlags): ContractSignature {
  const { hash = state.hash } = asked;
  const same = (said: string | undefined, own: string | null): boolean =>
    said === undefined || said.trim().toLowerCase() === (own ?? "").trim().toLowerCase();
  const found = state.signatures.filter(
    (each) =>
      each.revoked === null &&
      isStartOf(hash, each.hash) &&
      same(asked.name, each.name) &&
      same(asked.role, each.role) &&
      same(asked.department, each.department),
  );
  const [only] = found;
  if (only === undefined)
    throw badInput(`no signature of ${asked.name} stands under the hash ${hash.slice(0, 12)}`);
  if (found.length === 1) return only;
  const each = found.map((one) => `${wordsOf(one)} (${one.hash.slice(0, 12)})`).join("; ");
  throw badInput(`say which one (--role, --department, --hash): ${each}`);
}

/** A word that somebody has to say. Nothing but what people write: no control characters, at most 200. */
function wordOf(flag: string, given: string | undefined): string {
  const text = given?.trim() ?? "";
  if (text === "") throw badInput(`${flag === "why" ? "say why" : "say who"}: --${flag} is missing`);
  if (text.length > 200 || /\p{Cc}/u.test(text))
    throw badInput(`--${flag} is one line of at most 200 letters`);
  return text;
}

/** The department that was said, or the only one that asks for this role or name. */
function departmentOf(
  signers: readonly Signer[],
  at: { readonly name: string; readonly role: string; readonly department: string | undefined },
): string {
  const known = signers.map(({ department }) => department);
  const lower = (text: string): string => text.trim().toLowerCase();
  if (at.department !== undefined) {
    const found = known.find((each) => lower(each) === lower(at.department ?? ""));
    if (found !== undefined) return found;
    throw badInput(`no department \`${at.department}\` signs; there are: ${[...new Set(known)].join(", ")}`);
  }
  const asking = signers.filter(
    ({ role, name }) =>
      (role !== undefined && lower(role) === lower(at.role)) ||
      (name !== undefined && lower(name) === lower(at.name)),
  );
  const departments = [
    ...new Set((asking.length > 0 ? asking : signers).map(({ department }) => department)),
  ];
  const [only] = departments;
  if (only !== undefined && departments.length === 1) return only;
  throw badInput(`say for which department: --department is one of ${[...new Set(known)].join(", ")}`);
}

const nameOf = ({ version, hash }: Pick<ContractState, "version" | "hash">): string =>
  `${version === null ? "the contract" : `version ${version} of the contract`} (hash ${hash.slice(0, 12)})`;

/** Whether a run would be refused for want of a signature. */
const isRefused = ({ isSigned, requires }: ContractState): boolean => requires !== "off" && !isSigned;

function stillMissing(state: ContractState): string {
  const { missing, requires } = state;
  if (missing.length === 0) return "All have signed.";
  const who = missing.map((signer) => signerWords(signer)).join("; ");
  const refused = !isRefused(state) ? "" : " Until then nothing is written.";
  return `Has yet to sign${requires === "on" ? ", one of these" : ""}: ${who}.${refused}`;
}

/** `contract signatures`: who signed which contract, and who has yet to sign the one of the project. */
export async function signaturesCommand(context: Context): Promise<ExitCode> {
  const state = await withEngine(context, (engine) => engine.contract());
  const { kept: _kept, ...document } = state;
  context.print(document, () => showSignatures(state, context.room));
  return isRefused(state) ? exitCodes.refused : exitCodes.done;
}

function showSignatures(state: ContractState, room: number): string {
  const versions = new Map(state.kept.map(({ hash, version }) => [hash, version]));
  const rows = state.signatures.map(({ hash, name, role, department, at, by, revoked }) => [
    hash === state.hash ? "this one" : (versions.get(hash) ?? "other"),
    hash.slice(0, 12),
    name,
    role,
    department ?? "",
    moment(at),
    by,
    revoked === null ? "" : `${moment(revoked.at)} by ${revoked.by}: ${revoked.why}`,
  ]);
  const columns = ["contract", "hash", "name", "role", "department", "signed", "as user", "taken back"];
  return [
    `The contract of the project is ${nameOf(state)}. Signatures are asked for: ${state.requires}.`,
    rows.length === 0
      ? "Nobody has signed any contract yet."
      : renderTable(
          columns.map((title) => ({ title })),
          rows,
          room,
        ),
    stillMissing(state),
  ].join("\n\n");
}

/** `contract history`: the contracts that were in force or were signed, the newest last. */
export async function historyCommand(context: Context): Promise<ExitCode> {
  const { kept, signatures, hash: current } = await withEngine(context, (engine) => engine.contract());
  const history = kept.map(({ seq, hash, version, inForce, since }) => {
    const own = signatures.filter((each) => each.hash === hash);
    const count = own.filter(({ revoked }) => revoked === null).length;
    return { seq, hash, version, inForce, since, signatures: count, revoked: own.length - count };
  });
  context.print({ history, hash: current }, () => {
    if (history.length === 0) return "No contract was in force or signed yet.";
    const columns = ["nr", "version", "hash", "since", "what", "signatures", "taken back"].map((title) => ({
      title,
    }));
    const rows = history.map((each) => [
      String(each.seq),
      each.version ?? "",
      each.hash.slice(0, 12) + (each.hash === current ? " (this one)" : ""),
      moment(each.since),
      each.inForce ? "in force" : "signed",
      String(each.signatures),
      String(each.revoked),
    ]);
    return [
      renderTable(columns, rows, context.room),
      "What changed since one of them: `crossfoot contract --redline <version or hash>`.",
    ].join("\n\n");
  });
  return exitCodes.done;
}
