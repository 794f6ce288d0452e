import { entityNames } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/kernel";
import { labelOf } from "../runtime/assess.ts";
import { overviewOf } from "../runtime/customer-overview.ts";
import type { CustomerOverview } from "../runtime/customer-overview.ts";
import type { Engine } from "../runtime/engine.ts";
import type { LinkedRecord } from "../runtime/looking-port.ts";
import { searchFor } from "../runtime/record-search.ts";
import { entityOf, recordOf, todayOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import type { Add } from "./add.ts";
import { badInput, exitCodes, Refusal } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import { many } from "./text.ts";

/** Adds `search` and `customer`. */
export function addFinding(add: Add): void {
  add("search", "records in which certain words stand, as last read", (command, act) => {
    command
      .argument("<words...>", "each stands in a value or an id, whatever its case, accents and script")
      .option("--entity <entity>", "of this entity only")
      .option("--limit <records>", "at most so many", "20");
    act((context, [words]) => searchCommand(context, words as readonly string[], command.opts()));
  });
  add("customer", "an account with contacts, documents and what is open, as last read", (command, act) => {
    command
      .argument("<account>", "<connection>:<native id>, such as crm:1001, or the id of a link")
      .option("--newest <records>", "so many of each entity", "5");
    act((context, [record]) => customerCommand(context, String(record), command.opts()));
  });
}

/** Records read at once by a search. */
const readAtOnce = 200;
/** A whole number from the command line. Throws a Refusal. */
function countOf(text: string, option: string): number {
  if (!/^\d{1,4}$/.test(text) || text === "0") throw badInput(`${option} is a whole number from 1 to 9999`);
  return Number(text);
}

function rowOf({ entity, members, state }: LinkedRecord): readonly string[] {
  const names = members.map(({ connection, id }) => `${connection}:${id}`);
  return [entity, labelOf(entity, members), names.join("  "), state];
}

const recordColumns = [
  { title: "entity" },
  { title: "record", least: 16 },
  { title: "named", least: 16 },
  { title: "state" },
];

/** The first records of some entities in which each word stands, and whether there are more. */
async function findRecords(
  engine: Pick<Engine, "linkedRecords">,
  query: { readonly words: string; readonly entities: readonly EntityName[]; readonly limit: number },
): Promise<{ readonly rows: readonly LinkedRecord[]; readonly isMore: boolean }> {
  const isFound = searchFor(query.words);
  const rows: LinkedRecord[] = [];
  for (const entity of query.entities) {
    let after: LinkedRecord["link"] | null = null;
    for (let isOver = false; !isOver;) {
      const page: readonly LinkedRecord[] = await engine.linkedRecords({ entity, limit: readAtOnce, after });
      rows.push(...page.filter(isFound));
      if (rows.length > query.limit) return { rows: rows.slice(0, query.limit), isMore: true };
      after = page.at(-1)?.link ?? null;
      isOver = page.length < readAtOnce;
    }
  }
  return { rows, isMore: false };
}

/** `search`: records by what stands in them. Reads the store only. */
async function searchCommand(
  context: Context,
  words: readonly string[],
  options: { readonly entity?: string; readonly limit: string },
): Promise<ExitCode> {
  const entities = options.entity === undefined ? entityNames : [entityOf(options.entity)];
  const query = { words: words.join(" "), entities, limit: countOf(options.limit, "--limit") };
  const found = await withEngine(context, (engine) => findRecords(engine, query));
  context.print(found, () =>
    found.rows.length === 0
      ? "Nothing is found. What was never read is not known here: `crossfoot run` reads it."
      : [
          renderTable(recordColumns, found.rows.map(rowOf), context.room),
          ...(found.isMore ? [`There are more than ${query.limit}: add a word, or --limit.`] : []),
        ].join("\n\n"),
  );
  return exitCodes.done;
}

function showCustomer({ account, documents, related }: CustomerOverview, room: number): string {
  const right = (title: string) => ({ title, align: "right" }) as const;
  const columns = [
    { title: "documents" },
    { title: "state" },
    { title: "currency" },
    ...["count", "gross", "open", "overdue"].map(right),
  ];
  const sums = documents.map(({ entity, status, currency, count, gross, open, overdue }) => [
    entity,
    status ?? "",
    currency ?? "",
    count,
    ...[gross, open, overdue].map((amount) => amount ?? ""),
  ]);
  const parts = related.map(({ entity, count, isWhole }) =>
    isWhole
      ? `${many(count, "record")} of ${entity}`
      : `${count} records of ${entity} (the sums are of the first of them)`,
  );
  const newest = related.flatMap(({ records }) => records.map(rowOf));
  return [
    renderTable(recordColumns, [rowOf(account)], room),
    renderTable(columns, sums, room),
    parts.length === 0 ? "Nothing names it." : `${parts.join(", ")}; the newest:`,
    renderTable(recordColumns, newest, room),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** `customer`: an account with contacts, documents and what is open. Reads the store only. */
async function customerCommand(
  context: Context,
  record: string,
  options: { readonly newest: string },
): Promise<ExitCode> {
  const limit = countOf(options.newest, "--newest");
  const customer = await withEngine(context, (engine, project) => engine.customer(recordOf(project, record)));
  if (customer === null) {
    const message = `no account is known as ${record}; if it exists there, \`crossfoot run\` reads it`;
    throw new Refusal(exitCodes.failed, message, { code: "unknown_record" });
  }
  const overview = overviewOf(customer, { today: todayOf(context), limit });
  context.print(overview, () => showCustomer(overview, context.room));
  return exitCodes.done;
}
