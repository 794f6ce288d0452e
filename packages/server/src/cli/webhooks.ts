import { nearestName } from "@crossfoot/model";
import type { Project, SubscriptionSettings } from "../config/project.ts";
import type { CheckFinding, Engine, StatusReport } from "../runtime/engine.ts";
import { deliveryOf, factsOf, subscriptionReport } from "../runtime/subscriptions.ts";
import type { ShownDelivery, SubscriptionStanding } from "../runtime/subscriptions.ts";
import type { Add } from "./add.ts";
import { projectOf, withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import type { Column } from "./table.ts";
import { many, moment } from "./text.ts";

const actions = ["list", "log", "redeliver", "test"] as const;

/** Attempts that `log` shows when nobody says how many, and at most. */
const attemptsShown = { usual: 50, max: 1_000 };

/** Adds the command for those whom events are told to. */
export function addWebhooks(add: Add): void {
  add("webhooks", "whom events are told to: list, log, redeliver, test", (command, act) => {
    command
      .argument("[action]", actions.join(", "), "list")
      .argument("[name]", "the subscription, as crossfoot.yaml calls it")
      .argument("[id]", "redeliver: an attempt of `log`; without it everything that is parked")
      .option("--limit <attempts>", `log: so many, the newest first; ${attemptsShown.usual} without it`);
    act((context, [action, name, id]) =>
      webhooksCommand(context, {
        action: String(action),
        name: typeof name === "string" ? name : null,
        id: typeof id === "string" ? id : null,
        limit: command.opts<{ limit?: string }>().limit,
      }),
    );
  });
}

interface Asked {
  readonly action: string;
  readonly name: string | null;
  readonly id: string | null;
  readonly limit: string | undefined;
}

async function webhooksCommand(context: Context, asked: Asked): Promise<ExitCode> {
  switch (asked.action) {
    case "list":
      return listCommand(context);
    case "log":
      return logCommand(context, asked);
    case "redeliver":
      return redeliverCommand(context, asked);
    case "test":
      return testCommand(context, asked);
    default:
      throw badInput(`webhooks can be asked to ${actions.join(", ")}; not to \`${asked.action}\``);
  }
}

/** The subscription that is asked for. Throws a Refusal for none. */
function namedIn({ subscriptions }: Project, name: string | null): SubscriptionSettings {
  const names = subscriptions.map((each) => each.name);
  const found = subscriptions.find((each) => each.name === name);
  if (found !== undefined) return found;
  if (names.length === 0) throw badInput("crossfoot.yaml declares no `subscriptions`");
  if (name === null) throw badInput(`name the subscription; there are: ${names.join(", ")}`);
  const nearest = nearestName(name, names);
  const all = `; there are: ${names.join(", ")}`;
  throw badInput(
    `no subscription is called \`${name}\`${nearest === undefined ? all : ` (did you mean \`${nearest}\`?)`}`,
  );
}

const standingOf = ({ subscriptions }: Project, engine: Engine): Promise<readonly SubscriptionStanding[]> =>
  subscriptionReport(
    subscriptions.map((each) => factsOf(each)),
    { store: engine.subscriptions(), events: engine.events() },
  );

/** Ends with 2 where something waits for a person. */
async function listCommand(context: Context): Promise<ExitCode> {
  const webhooks = await withEngine(context, (engine, project) => standingOf(project, engine));
  const troubles = troublesOf(webhooks);
  context.print({ webhooks }, () =>
    webhooks.length === 0
      ? "Events are told to nobody: crossfoot.yaml declares no `subscriptions`."
      : [tableOf(webhooks, context.room), ...troubles].join("\n"),
  );
  return troubles.length === 0 ? exitCodes.done : exitCodes.differences;
}

const right = (title: string): Column => ({ title, align: "right" });

const tableOf = (rows: readonly SubscriptionStanding[], room: number): string =>
  renderTable(
    [
      ...[{ title: "subscription" }, { title: "host" }, { title: "role" }, { title: "kinds", least: 10 }],
      ...[{ title: "entities", least: 10 }, { title: "state" }, right("behind"), right("waiting")],
      ...[right("parked"), { title: "delivered" }],
    ],
    rows.map((row) => [
      ...[row.name, row.host, row.role, row.kinds?.join(" ") ?? "all", row.entities?.join(" ") ?? "all"],
      ...[row.state, row.behind, row.waiting, row.parked, moment(row.deliveredAt)],
    ]),
    room,
  );

type Trouble = Pick<SubscriptionStanding, "name" | "state" | "reason" | "parked">;

function troublesOf(rows: readonly Trouble[]): readonly string[] {
  return rows.flatMap(({ name, state, reason, parked }) => {
    const again = `\`crossfoot webhooks redeliver ${name}\``;
    return [
      ...(state === "stopped" ? [`${name} is told nothing: ${reason ?? ""}; ${again} goes on with it`] : []),
      ...(parked > 0 ? [`${name}: ${many(parked, "event")} parked; ${again} tells them again`] : []),
    ];
  });
}

/** What `status` says of them: what waits for a person, and nothing else. */
export const subscriptionsPart = ({ subscriptions }: StatusReport): string =>
  troublesOf(subscriptions).join("\n");

/** What `check` says of them: the hosts that are contacted, and what waits for a person. */
export async function checkSubscriptions(project: Project, engine: Engine): Promise<readonly CheckFinding[]> {
  const standing = await standingOf(project, engine);
  return standing.flatMap((row): readonly CheckFinding[] => {
    const { name: about, host } = row;
    const troubles = troublesOf([row]).map((message) => ({ severity: "warning" as const, about, message }));
    const message = `events are told to ${host} and to no other host`;
    return [{ severity: "ok", about, message }, ...troubles];
  });
}

async function logCommand(context: Context, { name, limit }: Asked): Promise<ExitCode> {
  const wanted = limit === undefined ? attemptsShown.usual : Number(limit);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > attemptsShown.max)
    throw badInput(`--limit is a whole number from 1 to ${attemptsShown.max}`);
  const attempts = await withEngine(context, async (engine, project) => {
    const query = { name: namedIn(project, name).name, limit: wanted, before: null };
    return (await engine.subscriptions().listAttempts(query)).map((row) => deliveryOf(row));
  });
  context.print({ attempts }, () =>
    attempts.length === 0 ? "Nothing was told yet." : logTable(attempts, context.room),
  );
  return exitCodes.done;
}

const causeOf = ({ cause, askedBy }: ShownDelivery): string =>
  cause ?? (askedBy === null ? "" : `asked for by ${askedBy}`);

const logTable = (rows: readonly ShownDelivery[], room: number): string =>
  renderTable(
    [
      ...[{ title: "id" }, { title: "at" }, { title: "event" }, { title: "kind" }, right("attempt")],
      ...[{ title: "state" }, right("status"), right("ms"), { title: "next" }, { title: "cause", least: 20 }],
    ],
    rows.map((row) => [
      ...[row.id, moment(row.at), row.event, row.kind, row.attempt, row.state, row.status ?? ""],
      ...[row.ms ?? "", moment(row.nextAt), causeOf(row)],
    ]),
    room,
  );

async function redeliverCommand(context: Context, { name, id }: Asked): Promise<ExitCode> {
  if (id !== null && !/^[1-9]\d{0,14}$/.test(id))
    throw badInput("name an attempt by its id in `webhooks log`");
  const { user: by } = context.deps;
  const number = id === null ? null : Number(id);
  const asked = await withEngine(context, async (engine, project) =>
    engine.subscriptions().redeliver(namedIn(project, name).name, { number, by }),
  );
  if (asked === null)
    throw badInput(id === null ? "nothing was told to it yet" : `there is no attempt ${id}`);
  const told = `${many(asked, "event")} will be told again while \`crossfoot up\` runs.`;
  context.print({ asked }, () => told);
  return exitCodes.done;
}

async function testCommand(context: Context, { name }: Asked): Promise<ExitCode> {
  const project = projectOf(context, { needsSecrets: true });
  const subscription = namedIn(project, name);
  const { status, why, ms } = await context.deps.tryWebhook(project, subscription.name);
  const isTaken = status !== null && status >= 200 && status < 300;
  const { host } = factsOf(subscription);
  const answer = status === null ? (why ?? "no answer") : `${host} answered ${status}`;
  context.print(
    { isTaken, status, why, ms },
    () => `${isTaken ? "Taken" : "Not taken"}: ${answer} (${ms} ms).`,
  );
  return isTaken ? exitCodes.done : exitCodes.failed;
}
