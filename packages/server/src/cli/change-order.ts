import type { ChangeQuestion, ChangeWish, Changing } from "../runtime/change-port.ts";
import { readDuration } from "../config/duration.ts";
import type { Add } from "./add.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";

interface Flags {
  readonly within: string;
  readonly set?: readonly string[];
  readonly remove?: readonly string[];
  readonly add?: readonly string[];
  readonly date?: string;
  readonly number?: string;
  readonly from?: string;
  readonly version?: string;
  readonly reason?: string;
  readonly check?: boolean;
}

/** Longest reason, characters: a note repeats it whole. */
const reasonMax = 500;
const addHelp = "<name>@<connection>:<id>=QUANTITY and `,UNIT` behind it, such as spare@erp:12=10,pcs";

/** Adds `change-order`: what a person wants changed of an order that stands. */
export function addChanging(add: Add): void {
  const says = "have the ERP change an order, as far as the contract leaves that to the CRM";
  add("change-order", says, (command, act) => {
    command
      .argument("<order>", "without a wish: tell how it stands, line by line")
      .option("--set <lines...>", "LINE=QUANTITY of lines that stand, in their own units")
      .option("--remove <lines...>", "lines that go away")
      .option("--add <lines...>", `${addHelp}; once under its name`)
      .option("--date <day>", "requested date, YYYY-MM-DD; `none` takes it away")
      .option("--number <text>", "the customer's own number; `none` takes it away")
      .option("--from <quote>", "in place of all that: have what that quote of the CRM says, or its revision")
      .option("--version <text>", "only while the order is as it was told under that version")
      .option("--reason <text>", "why; told on the CRM's order")
      .option("--check", "only look: tell what would change, and what would be refused")
      .option("--within <duration>", "how long to wait for an answer", "10s");
    act((context, [given]) => changeOrder(context, String(given), command.opts<Flags>()));
  });
}

const orNone = (given: string): string | null => (given === "none" ? null : given);

function wishOf({
  set = [],
  remove = [],
  add = [],
  date,
  number,
  from,
}: Flags): ChangeQuestion["wish"] | null {
  const wish: ChangeWish = {
    lines: [...set.map(setOf), ...remove.map((line) => ({ line, quantity: "0" }))],
    add: add.map(addedOf),
    ...(date === undefined ? {} : { requestedDate: orNone(date) }),
    ...(number === undefined ? {} : { customerOrderNumber: orNone(number) }),
  };
  const isEmpty = wish.lines.length + wish.add.length === 0 && date === undefined && number === undefined;
  if (from === undefined) return isEmpty ? null : wish;
  if (!isEmpty) throw badInput("--from says it all: leave the others out");
  return { quote: from };
}

function setOf(text: string): ChangeWish["lines"][number] {
  const at = text.lastIndexOf("=");
  if (at < 1 || at === text.length - 1) throw badInput("--set is LINE=QUANTITY, such as erp:12=10");
  return { line: text.slice(0, at), quantity: text.slice(at + 1) };
}

function addedOf(text: string): ChangeWish["add"][number] {
  const [, name = "", product = "", quantity = "", unit = null] =
    /^([^@]+)@([^=]+)=([^,]+)(?:,(.+))?$/u.exec(text) ?? [];
  if (name === "") throw badInput(`--add is ${addHelp}`);
  return { name, product, quantity, unit: unit ?? null };
}

async function changeOrder(context: Context, order: string, flags: Flags): Promise<ExitCode> {
  const budgetMs = readDuration(flags.within);
  if (budgetMs === undefined || budgetMs === 0) throw badInput("--within is a duration such as 10s");
  const wish = wishOf(flags);
  const reason = flags.reason?.trim() ?? "";
  const isWritten = wish !== null && flags.check !== true;
  if (isWritten && (reason === "" || reason.length > reasonMax))
    throw badInput(`--reason is needed: why the order is changed, up to ${reasonMax} characters`);
  const { version = null } = flags;
  const told: Changing = await withEngine(context, ({ moment }) => {
    if (wish === null) return moment.changeOf({ order, budgetMs });
    const asked = { order, wish, version, budgetMs };
    return isWritten
      ? moment.changeOrder({ ...asked, by: context.deps.user, reason })
      : moment.wouldChange(asked);
  });
  if (told.kind === "refused") {
    const { code, message } = told.refusal;
    const isInput = code === "invalid" || code === "record_unknown";
    throw new Refusal(isInput ? exitCodes.misconfigured : exitCodes.failed, message, { code });
  }
  context.print(told, () => showChanging(told, context.room));
  const isDifferent = told.kind === "pending" || (told.kind === "possible" && told.refusals.length > 0);
  return isDifferent ? exitCodes.differences : exitCodes.done;
}

type Shown = Exclude<Changing, { kind: "refused" }>;

function showChanging(told: Shown, room: number): string {
  switch (told.kind) {
    case "pending":
      return `Not yet: ${told.message}.`;
    case "changed": {
      const said = told.isDoneNow ? "Changed" : "Changed before";
      const head = `${said}: ${told.order.number ?? "without a number"} (${told.order.names.join(", ")}).`;
      return [head, ...rowsOf(told.changes, room)].join("\n\n");
    }
    case "possible": {
      const refused = told.refusals.map(({ why }) => `Refused: ${why}.`).join("\n");
      const nothing = told.changes.length === 0 && refused === "" ? ["It is so already."] : [];
      return [...rowsOf(told.changes, room), ...(refused === "" ? [] : [refused]), ...nothing].join("\n\n");
    }
    case "standing":
      return showStanding(told, room);
  }
}

function rowsOf(changes: Extract<Changing, { kind: "changed" }>["changes"], room: number): readonly string[] {
  if (changes.length === 0) return [];
  const columns = [{ title: "line" }, { title: "field" }, { title: "from" }, { title: "to" }];
  const cells = changes.map(({ line, field, from, to }) => [line ?? "", field, from ?? "", to ?? ""]);
  return [renderTable(columns, cells, room)];
}

function showStanding(told: Extract<Changing, { kind: "standing" }>, room: number): string {
  const { order, state, version, isUnderWay, bound, lines } = told;
  const head = `${order.number ?? "without a number"} (${order.names.join(", ")}) is ${state}`;
  const right = { align: "right" } as const;
  const columns = [
    { title: "line" },
    { title: "product" },
    { title: "quantity", ...right },
    { title: "unit" },
    { title: "done", ...right },
  ];
  const cells = lines.map(({ line, product, quantity, unit, done }) => [
    ...[line, product ?? "", quantity ?? "", unit ?? "", done ?? "?"],
  ]);
  return [
    `${head}${version === null ? "" : `, version ${version}`}.`,
    ...(isUnderWay ? ["A write of it is under way."] : []),
    ...(bound === null ? [] : [`Nothing of it may be changed: ${bound}.`]),
    renderTable(columns, cells, room),
  ].join("\n\n");
}
