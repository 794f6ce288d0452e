import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import { isList, trytonId } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";

/** The wizard that replaces a party by another one, and its one form and button. */
const wizard = { name: "party.replace", form: "ask", button: "replace" } as const;

const gone = (id: Json | undefined): ConnectorError =>
  new ConnectorError({
    failure: "stale",
    code: "record_gone",
    message: `the party ${typeof id === "string" ? id : ""} does not exist any more, or was replaced`,
  });

/**
 * Replaces a party by another one as a person does, by the wizard: what refers to the one refers to the
 * other, its addresses and contact mechanisms go along, inactive, and it is archived with `replaced_by`. One
 * transaction. Where names or tax ids differ Tryton would ask; whoever planned the merge has seen both, so
 * the answer is given beforehand. Source: Tryton 6.0, modules/party/party.py, class Replace, read 2026-11-26.
 */
export async function replaceParty(rpc: Rpc, write: NativeWrite): Promise<void> {
  const [source, destination] = [trytonId(write.id), trytonId(write.patch["into"])];
  if (source === undefined || destination === undefined) throw gone(write.id ?? undefined);
  const rows = await rpc.search({
    model: "party.party",
    domain: [["id", "in", [source, destination]]],
    fields: ["name", "tax_identifier", "replaced_by"],
    limit: 2,
  });
  const [from, into] = [source, destination].map((id) => rows.find((row) => trytonId(row["id"]) === id));
  if (from === undefined || into === undefined || trytonId(from["replaced_by"]) !== undefined)
    throw gone(write.id ?? undefined);
  await answerQuestions(rpc, { from, into, of: `${source} ${destination}` });
  const on = { active_model: "party.party", active_id: source, active_ids: [source] };
  const session = await rpc.wizard(`${wizard.name}.create`, [], { context: on });
  const [sid, start] = isList(session) ? session : [];
  if (typeof sid !== "number" || typeof start !== "string") throw unreadable();
  try {
    await rpc.wizard(`${wizard.name}.execute`, [sid, {}, start], { context: on });
    const values: JsonMap = { [wizard.form]: { source, destination } };
    const step: readonly Json[] = [sid, values, wizard.button];
    await rpc.wizard(`${wizard.name}.execute`, step, { context: on, isWrite: true });
  } finally {
    await rpc.wizard(`${wizard.name}.delete`, [sid], { context: on }).catch(() => null);
  }
}

const unreadable = (): ConnectorError =>
  new ConnectorError({
    failure: "transient",
    code: "answer_unreadable",
    message: "Tryton answered no session of the wizard party.replace",
  });

/** Says beforehand that the questions which Tryton asks about unlike parties are answered with yes. */
async function answerQuestions(
  rpc: Rpc,
  { from, into, of }: { readonly from: Row; readonly into: Row; readonly of: string },
): Promise<void> {
  const shownAs = (row: Row, field: string): string => JSON.stringify(row[field] ?? null);
  const isAlike = (field: string): boolean => shownAs(from, field) === shownAs(into, field);
  const asked = ["name", "tax_identifier"].filter((field) => !isAlike(field));
  if (asked.length === 0) return;
  const users = await rpc.search({
    model: "res.user",
    domain: [["login", "=", rpc.options.user]],
    fields: ["login"],
    limit: 1,
  });
  const user = trytonId(users[0]?.["id"]) ?? null;
  const rows = asked.map((field): JsonMap => ({ name: `party.replace ${field} ${of}`, user }));
  await rpc.call("res.user.warning.create", [rows]);
}

/** What a party that was replaced gets, to be one of its own again. Its id is the same. */
export const ownAgain: JsonMap = { active: true, replaced_by: null };
