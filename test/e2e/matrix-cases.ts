/**
 * The crash matrix as data: rows of INVARIANTS.md section 5, each killed before and after its step. What
 * every row has in common (nothing lost, nothing doubled, the journal tells the tables, a further run writes
 * nothing) is judged for all of them alike; a row's own judge says what only it promises.
 */
import {
  acceptQuote,
  deleteContact,
  contradict,
  joinTwoLinks,
  movePhone,
  openQuote,
  startTwoLinks,
  winCustomers,
} from "./matrix-people.ts";
import type { Command, MatrixCase, Seen } from "./matrix-trial.ts";

type Judge = MatrixCase["judge"];
type When = "before" | "after";

const run: Command = { kind: "run" };
const sweep: Command = { kind: "run", sweep: true };
const both: readonly When[] = ["before", "after"];

/** A fault unless `holds`. */
const want = (holds: boolean, text: string): readonly string[] => (holds ? [] : [text]);

const count = (seen: Seen, what: string): number =>
  seen.writes.filter((write) => `${write.what} ${write.state}`.startsWith(what)).length;

/** Writes that the recovery pass sent to a place, tried again or not. */
const sent = ({ calls }: Seen, place: string): number =>
  calls.filter((call) => call.startsWith(place)).length;

const createStands =
  (state: "settled" | "sending" | "in_doubt" | "stored" | "none"): Judge =>
  (seen) => {
    const [there, all] = [count(seen, `create erp accounts ${state}`), count(seen, "create erp accounts")];
    // The ground holds one create of its own, which settled.
    const own = state === "settled" ? 2 : 1;
    if (state === "none") return want(all === 1, `${all - 1} creates are known, none should be`);
    return want(there === own && all === 2, `the create stands in ${JSON.stringify(seen.writes.at(-1))}`);
  };

const isSentOnce: Judge = (seen) =>
  want(sent(seen, "erp POST /customers") === 1, "the create was not sent once");
const isNotSentAgain: Judge = (seen) =>
  want(sent(seen, "erp POST /customers") === 0, "a create that had landed was sent again");

const all =
  (...judges: readonly Judge[]): Judge =>
  (seen) =>
    judges.flatMap((judge) => judge(seen));

const fenceGrew: Judge = ({ fence }) =>
  want(fence.after > fence.before + 1, "the successor has no larger token");

const step = (row: number, title: string, rest: Omit<MatrixCase, "row" | "title">): MatrixCase => ({
  row,
  title,
  ...rest,
});

const reading: readonly MatrixCase[] = [
  ...both.map((when) =>
    step(1, `${when} a delivery is stored`, {
      people: movePhone,
      command: { kind: "delivery" },
      point: { name: "saveDeliveries", when },
      judge: ({ again }) => {
        const expected = JSON.stringify({ status: 200, reason: when === "before" ? "stored" : "known" });
        return want(JSON.stringify(again) === expected, `the sender was answered ${JSON.stringify(again)}`);
      },
    }),
  ),
  ...both.map((when) =>
    step(2, `${when} a page is read`, {
      people: winCustomers(1),
      command: run,
      point: { name: "read", when, where: "crm accounts" },
      judge: all(createStands("none"), isSentOnce),
    }),
  ),
  ...both.map((when) =>
    step(3, `${when} observations and cursor are stored`, {
      people: winCustomers(1),
      command: run,
      point: { name: "checkpoint", when, where: "crm accounts rows" },
      judge: all(createStands("none"), isSentOnce),
    }),
  ),
];

const deciding: readonly MatrixCase[] = [
  ...both.map((when) =>
    step(4, `${when} a plan with an intent is stored`, {
      people: winCustomers(1),
      command: run,
      point: { name: "commitDecisions", when, where: "create erp accounts" },
      judge: all(createStands(when === "before" ? "none" : "stored"), isSentOnce),
    }),
  ),
  ...both.map((when) =>
    step(4, `${when} a plan with a value that loses is stored`, {
      people: contradict,
      command: run,
      point: { name: "commitDecisions", when, where: "discard accounts phone" },
      judge: ({ commits, journal }) => [
        ...want(commits.killed === commits.given, "something was overwritten before the kill"),
        ...want(
          journal.includes("discarded") === (when === "after"),
          "the value that loses is not as stored",
        ),
      ],
    }),
  ),
  ...both.map((when) =>
    step(15, `${when} links are joined`, {
      before: { trouble: { kind: "throttle", retryAfter: 5 }, people: startTwoLinks },
      people: joinTwoLinks,
      command: run,
      point: { name: "replaceKeys", when },
      judge: ({ journal }) =>
        want(journal.includes("links_joined") === (when === "after"), "the links are not joined as stored"),
    }),
  ),
];

const sending: readonly MatrixCase[] = [
  ...both.map((when) =>
    step(5, `${when} calls are charged`, {
      people: winCustomers(1),
      command: run,
      point: { name: "saveQuota", when, where: "erp" },
      judge: all(createStands("none"), isSentOnce, ({ charged, commits }) => [
        ...want(commits.killed === commits.given, "something was written before it was charged"),
        ...want(
          charged.after > charged.before === (when === "after"),
          `${charged.before} calls were charged before, ${charged.after} after`,
        ),
      ]),
    }),
  ),
  ...both.map((when) =>
    step(6, `${when} the intent is claimed`, {
      people: winCustomers(1),
      command: run,
      point: { name: "claimIntents", when, where: "erp accounts" },
      judge: all(createStands(when === "before" ? "stored" : "sending"), isSentOnce),
    }),
  ),
  step(7, "before the request is sent", {
    people: winCustomers(1),
    command: run,
    point: { name: "write", when: "before", where: "create erp accounts" },
    judge: all(createStands("sending"), isSentOnce),
  }),
  step(7, "after the request is sent, which is lost on its way", {
    people: winCustomers(1),
    command: run,
    point: { side: "erp", method: "POST", path: "/customers", how: "is lost" },
    judge: all(createStands("sending"), isSentOnce),
  }),
  step(7, "after the request is sent, which lands late", {
    people: winCustomers(1),
    command: run,
    point: { side: "erp", method: "POST", path: "/customers", how: "lands late" },
    judge: all(createStands("sending"), isNotSentAgain),
  }),
  step(8, "after the system has committed, its answer under way", {
    people: winCustomers(1),
    command: run,
    point: { side: "erp", method: "POST", path: "/customers", how: "answers" },
    judge: all(createStands("sending"), isNotSentAgain),
  }),
  step(8, "after the system has committed an update, its answer under way", {
    people: movePhone,
    command: run,
    point: { side: "erp", method: "PUT", path: "/customers", how: "answers" },
    judge: (seen) => want(sent(seen, "erp PUT /customers") === 0, "an update that had landed was sent again"),
  }),
];

const settling: readonly MatrixCase[] = [
  step(9, "before the answer is stored", {
    people: winCustomers(1),
    command: run,
    point: { name: "commitOutcomes", when: "before", where: "create erp accounts settled" },
    judge: all(createStands("sending"), isNotSentAgain, (seen) =>
      want(sent(seen, "erp GET /customers") > 1, "nobody asked whether the create had landed"),
    ),
  }),
  step(9, "after the answer is stored", {
    people: winCustomers(1),
    command: run,
    point: { name: "commitOutcomes", when: "after", where: "create erp accounts settled" },
    judge: all(createStands("settled"), isNotSentAgain, (seen) =>
      want(sent(seen, "erp GET /customers") <= 1, "a create whose id was known was asked about"),
    ),
  }),
  ...both.map((when) =>
    step(10, `${when} the record is read back`, {
      people: winCustomers(1),
      manner: { isTerse: true },
      command: run,
      point: { name: "readByIds", when, where: "erp accounts" },
      judge: all(createStands("sending"), isNotSentAgain),
    }),
  ),
  ...both.map((when) =>
    step(10, `${when} a base moves of which the read-back told nothing`, {
      people: winCustomers(1),
      manner: { isTerse: true, isMute: true },
      command: run,
      point: { name: "commitOutcomes", when, where: "create erp accounts settled" },
      // Answered well and shown by nothing: it is in doubt until a probe finds it.
      judge: all(createStands(when === "before" ? "in_doubt" : "settled"), isNotSentAgain),
    }),
  ),
  ...both.map((when) =>
    step(11, `${when} the back-reference is claimed`, {
      people: winCustomers(1),
      command: run,
      point: { name: "claimIntents", when, where: "crm accounts" },
      judge: all(createStands("settled"), isNotSentAgain),
    }),
  ),
  ...both.map((when) =>
    step(11, `${when} the answer to the back-reference is stored`, {
      people: winCustomers(1),
      command: run,
      point: { name: "commitOutcomes", when, where: "update crm accounts settled" },
      judge: all(createStands("settled"), isNotSentAgain, (seen) =>
        want(
          sent(seen, "crm PATCH /accounts") + sent(seen, "crm POST /accounts/batch") === 0,
          "it was sent again",
        ),
      ),
    }),
  ),
  ...both.map((when) =>
    step(12, `${when} the answers of the first batch of several are stored`, {
      people: winCustomers(9),
      command: run,
      point: { name: "commitOutcomes", when, where: "create erp accounts settled" },
      judge: (seen) => {
        const settled = count(seen, "create erp accounts settled") - 1;
        const rest = count(seen, "create erp accounts sending");
        return [
          ...want(settled + rest === 9, `${settled} settled and ${rest} in doubt of 9`),
          ...want(settled > 0 === (when === "after"), `${settled} settled at the kill`),
          ...isNotSentAgain(seen),
        ];
      },
    }),
  ),
];

const ordering: readonly MatrixCase[] = [
  ...both.map((when) =>
    step(13, `${when} a caller is answered`, {
      people: acceptQuote,
      command: { kind: "sync", entity: "quotes", id: (stage) => `crm:${String(openQuote(stage).id)}` },
      point: { name: "answer", when },
      judge: ({ again }) =>
        want(
          (again as { readonly orders: number }).orders === 2,
          "the caller that asked again got another order",
        ),
    }),
  ),
  ...both.map((when) =>
    step(13, `${when} the step that makes the order is answered`, {
      people: acceptQuote,
      command: { kind: "sync", entity: "quotes", id: (stage) => `crm:${String(openQuote(stage).id)}` },
      point: { name: "commitOutcomes", when, where: "transition erp quotes settled", nth: 2 },
      judge: ({ again }) =>
        want(
          (again as { readonly orders: number }).orders === 2,
          "the caller that asked again got another order",
        ),
    }),
  ),
  ...both.map((when) =>
    step(14, `${when} an archiving is claimed`, {
      people: deleteContact,
      command: sweep,
      point: { name: "claimIntents", when, where: "erp contacts" },
      judge: (seen) => want(sent(seen, "erp PUT /contacts") === 1, "the archiving was not sent once"),
    }),
  ),
  step(14, "after an archiving took effect, its answer under way", {
    people: deleteContact,
    command: sweep,
    point: { side: "erp", method: "PUT", path: "/contacts", how: "answers" },
    judge: (seen) =>
      want(sent(seen, "erp PUT /contacts") === 0, "an archiving that had landed was sent again"),
  }),
  ...both.map((when) =>
    step(16, `${when} the mark of a write of an apply is stored`, {
      people: winCustomers(2),
      command: { kind: "apply" },
      point: { name: "commitOutcomes", when, where: "create erp accounts settled" },
      judge: isNotSentAgain,
    }),
  ),
  ...both.map((when) =>
    step(16, `${when} an apply is marked as done`, {
      people: winCustomers(2),
      command: { kind: "apply" },
      point: { name: "setPlanState", when, where: "applied" },
      judge: isNotSentAgain,
    }),
  ),
];

/** Steps of a worker's life, and whether it holds a shard by then. */
const leaseSteps = [
  { name: "beat", words: "a sign of life is given", holds: { before: false, after: false } },
  { name: "takeShards", words: "shards are taken", holds: { before: false, after: true } },
  { name: "acquireLease", words: "a lease is taken", holds: { before: true, after: true } },
  { name: "releaseLease", words: "a lease is released", holds: { before: true, after: true } },
  { name: "leave", words: "all is given back", holds: { before: true, after: true } },
] as const;

const keeping: readonly MatrixCase[] = [
  ...leaseSteps.flatMap(({ name, words, holds }) =>
    both.map((when) =>
      step(18, `${when} ${words}`, {
        people: winCustomers(1),
        command: run,
        point: { name, when },
        judge: (seen) =>
          holds[when]
            ? fenceGrew(seen)
            : want(seen.fence.after === seen.fence.before + 1, "a shard was taken that nobody took"),
      }),
    ),
  ),
  ...both.map((when) =>
    step(19, `${when} the journal of a plan is written, in its transaction`, {
      people: contradict,
      command: run,
      point: { name: "journal", when, where: "discarded" },
      judge: ({ journal, writes, commits }) => [
        ...want(!journal.includes("discarded"), "the journal has what its transaction never committed"),
        ...want(!writes.some(({ state }) => state !== "settled"), "an intent is there without its entry"),
        ...want(commits.killed === commits.given, "something was sent before it was in the journal"),
      ],
    }),
  ),
  ...both.map((when) =>
    step(19, `${when} the journal of an answer is written, in its transaction`, {
      people: winCustomers(1),
      command: run,
      point: { name: "journal", when, where: "intent_settled" },
      judge: all(createStands("sending"), isNotSentAgain),
    }),
  ),
];

/** Every case that a row of the matrix has here. */
export const matrixCases: readonly MatrixCase[] = [
  ...reading,
  ...deciding,
  ...sending,
  ...settling,
  ...ordering,
  ...keeping,
];
