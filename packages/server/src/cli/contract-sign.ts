import { signerWords } from "@crossfoot/model";
import type { Signer } from "@crossfoot/model";
import type { ContractState } from "../runtime/engine.ts";
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
}

/** `contract sign`: records a signature of the contract of the project, over its hash. */
export async function signCommand(context: Context, flags: SignFlags): Promise<ExitCode> {
  const name = wordOf("name", flags.name);
  const role = wordOf("role", flags.role);
  const by = context.deps.user;
  const { isAdded, state, department } = await withEngine(context, async (engine, project) => {
    const own = departmentOf(project.contract.signers, { name, role, department: flags.department });
    const added = await engine.signContract({ name, role, department: own }, by);
    return { isAdded: added, state: await engine.contract(), department: own };
  });
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

/** A word that somebody has to say. Nothing but what people write: no control characters, at most 200. */
function wordOf(flag: string, given: string | undefined): string {
  const text = given?.trim() ?? "";
  if (text === "") throw badInput(`say who signs: --${flag} is missing`);
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

function stillMissing({ missing, isSigned, requires }: ContractState): string {
  if (missing.length === 0) return "All have signed.";
  const who = missing.map((signer) => signerWords(signer)).join("; ");
  const refused = isSigned ? "" : " Until then nothing is written.";
  return `Has yet to sign${requires === "on" ? ", one of these" : ""}: ${who}.${refused}`;
}

/** `contract signatures`: who signed which contract, and who has yet to sign the one of the project. */
export async function signaturesCommand(context: Context): Promise<ExitCode> {
  const state = await withEngine(context, (engine) => engine.contract());
  const { kept: _kept, ...document } = state;
  context.print(document, () => showSignatures(state, context.room));
  return state.isSigned ? exitCodes.done : exitCodes.refused;
}

function showSignatures(state: ContractState, room: number): string {
  const versions = new Map(state.kept.map(({ hash, version }) => [hash, version]));
  const rows = state.signatures.map(({ hash, name, role, department, at, by }) => [
    hash === state.hash ? "this one" : (versions.get(hash) ?? "other"),
    hash.slice(0, 12),
    name,
    role,
    department ?? "",
    moment(at),
    by,
  ]);
  const columns = ["contract", "hash", "name", "role", "department", "signed", "as user"];
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
  const { kept, signatures, hash: own } = await withEngine(context, (engine) => engine.contract());
  const history = kept.map(({ seq, hash, version, inForce, since }) => {
    const count = signatures.filter((each) => each.hash === hash).length;
    return { seq, hash, version, inForce, since, signatures: count };
  });
  context.print({ history, hash: own }, () => {
    if (history.length === 0) return "No contract was in force or signed yet.";
    const columns = ["nr", "version", "hash", "since", "what", "signatures"].map((title) => ({ title }));
    const rows = history.map((each) => [
      String(each.seq),
      each.version ?? "",
      each.hash.slice(0, 12) + (each.hash === own ? " (this one)" : ""),
      moment(each.since),
      each.inForce ? "in force" : "signed",
      String(each.signatures),
    ]);
    return [
      renderTable(columns, rows, context.room),
      "What changed since one of them: `crossfoot contract --redline <version or hash>`.",
    ].join("\n\n");
  });
  return exitCodes.done;
}
