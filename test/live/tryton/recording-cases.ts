import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { natives } from "@crossfoot/connector-sdk";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import { checkOperations, watch } from "@crossfoot/connector-sdk/testing";
import { expect, it } from "vitest";
import { allCases } from "./operation-cases.ts";
import { Recorder } from "./recorder.ts";
import type { Recording, RecordedStep } from "./recorder.ts";
import { errorTexts } from "./recorded-errors.ts";
import { asId, mappingOf, moment } from "./stage.ts";
import type { Stage } from "./stage.ts";

const folder = fileURLToPath(new URL("../../../connectors/tryton/recordings/", import.meta.url));
const isRecording = process.env["CROSSFOOT_RECORD"] !== undefined;

/** What stays the same from one server to the next: the calls made, and how each ended. */
function gistOf(step: RecordedStep): unknown {
  const answer = step.answer as { readonly records?: readonly { readonly kind: string }[] } | undefined;
  const ends = Array.isArray(step.answer)
    ? step.answer.map(
        (each: {
          readonly kind?: string;
          readonly ok?: boolean;
          readonly failure?: { readonly code: string };
        }) => [each.kind ?? each.ok, each.failure?.code ?? null].join(" "),
      )
    : (answer?.records?.map(({ kind }) => kind) ?? null);
  return {
    call: step.call,
    ends,
    rejects: step.rejects ?? null,
    methods: step.exchanges.map((each) => each.method),
  };
}

function keepOrCompare(name: string, fresh: unknown, gist: (kept: unknown) => unknown): void {
  const file = join(folder, `${name}.json`);
  if (isRecording) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(fresh)}\n`);
  }
  expect(existsSync(file)).toBe(true);
  const kept: unknown = JSON.parse(readFileSync(file, "utf8"));
  expect(gist(fresh)).toEqual(gist(kept));
}

const stepsOf = (recording: unknown): unknown => (recording as Recording).steps.map(gistOf);
const firstPage = { since: null, cursor: null, pageSize: 2 };
const all = (entity: string): { entity: string; roots: readonly string[] } => ({
  entity,
  roots: mappingOf(entity).roots,
});

/** A database like any other Crossfoot test's, so that ids are those of the recordings. */
const scenes: { readonly [name: string]: (recorder: Recorder, stage: Stage) => Promise<void> } = {
  "reads-masters": async (recorder) => {
    await recorder.call("read", { ...all("accounts"), ...firstPage });
    await recorder.call("read", { ...all("accounts"), ...firstPage, cursor: "5" });
    const ids = [asId(4), asId(999_999), asId("no-id")];
    await recorder.call("readByIds", {
      entity: "accounts",
      roots: ["code", "categories", "no_such_field"],
      ids,
    });
    await recorder.call("readIds", { entity: "contacts", cursor: "40" });
    for (const entity of ["contacts", "products"])
      await recorder.call("read", { ...all(entity), ...firstPage });
  },
  "reads-documents": async (recorder) => {
    for (const entity of ["quotes", "orders", "invoices", "shipments"]) {
      await recorder.call("read", { ...all(entity), ...firstPage });
    }
  },
  "reads-projections": async (recorder) => {
    await recorder.call("read", { ...all("inventory"), ...firstPage, pageSize: 16 });
    await recorder.call("readByIds", { ...all("inventory"), ids: [asId("6:5"), asId("999:5")] });
    await recorder.call("read", { ...all("pricebooks"), ...firstPage });
  },
  operations: async (recorder, stage) => {
    const nothing = watch(
      async () => ({ status: 200, headers: {}, body: "" }),
      () => true,
    );
    const cases = await allCases(stage);
    const report = await checkOperations(recorder.asking(), { watch: nothing, cases });
    expect(report.findings).toEqual([]);
  },
  "reads-changes": async (recorder, stage) => {
    const since = moment();
    await stage.admin.call("party.address.write", [4], { city: "Moved" });
    await stage.admin.call("party.party.write", [5], { active: false });
    await recorder.call("read", { ...all("accounts"), ...firstPage, since });
    await recorder.call("read", { ...all("products"), ...firstPage, since });
    await recorder.call("read", { ...all("accounts"), ...firstPage, since: "yesterday" });
  },
  "writes-parties": async (recorder, stage) => {
    const address = {
      street: "1 rue X",
      street2: "Bat. B",
      city: "Lille",
      postal_code: "59000",
      country: "FR",
    };
    const creates = [
      {
        name: "Zoë & Söhne",
        invoice_address: address,
        delivery_address: address,
        email: { value: "z@example.com" },
      },
      { name: "Bad", tax_identifier: { code: "DE123456789" } },
      { name: "Bad", customer_payment_term: "never" },
      { name: "Bad", invoice_address: { ...address, subdivision: "Atlantis" } },
      { name: "Bad", code: "C00001" },
      { name: "Bad", credit_limit: { amount: "5", currency: "EUR" } },
      { name: "Bad \u0000 byte" },
      { name: "Bad", no_such_field: "x" },
    ];
    const writes = creates.map((patch) => ({ ...stage.create("accounts", patch), reference: "recorded-1" }));
    const outcomes = await recorder.call("write", writes);
    const [first] = outcomes ?? [];
    const id = first?.kind === "done" ? first.id : asId(0);
    const [read] = (await recorder.call("readByIds", { ...all("accounts"), ids: [id] })) ?? [];
    if (read === undefined) throw new Error("nothing was created");
    const moved = { ...(read.native["invoice_address"] as object), city: "Paris" };
    const update = stage.update("accounts", read, { invoice_address: moved, email: null });
    await recorder.call("write", [update]);
    await recorder.call("write", [update]);
    await recorder.call("write", [stage.write({ entity: "accounts", kind: "archive", id })]);
    const person = { person: { given: "Ann", family: "Lee" }, account: { id: "6" } };
    const contact = { ...stage.create("contacts", person), reference: "recorded-2" };
    await recorder.call("write", [contact]);
    const probe = { entity: "contacts", roots: ["name", "account"], reference: "recorded-2", write: contact };
    await recorder.call("probe", probe);
  },
  "writes-quotes": async (recorder, stage) => {
    const quote = await stage.quote("C00001", {
      shipment_address: { street: "9 Quai", city: "Brest", postal_code: "29200", country: "FR" },
      freight: { amount: "15.5", currency: "EUR" },
    });
    const dear = await stage.quote("C00005", {
      lines: [await stage.line({ quantity: "500", unit_price: "10" })],
    });
    const unpriced = await stage.quote("C00001", { lines: [await stage.line({ unit_price: null })] });
    const outcomes = await recorder.call(
      "write",
      [quote, dear, unpriced].map((each) => ({ ...each, reference: "recorded-3" })),
    );
    const [first = asId(0), second = asId(0)] = (outcomes ?? []).map((each) =>
      each.kind === "done" ? each.id : asId(0),
    );
    await recorder.call("write", [
      stage.press(first, "confirm"),
      stage.press(first, "quote"),
      stage.press(first, "confirm"),
    ]);
    await recorder.call("write", [stage.press(second, "quote"), stage.press(second, "confirm")]);
    const roots = ["state", "approval", "approval_reason", "untaxed_amount"];
    await recorder.call("readByIds", { entity: "quotes", roots, ids: [first, second] });
    await recorder.call("readByIds", { ...all("orders"), ids: [first] });
  },
  "writes-orders": async (recorder, stage) => {
    const quote = { ...(await stage.quote("C00001", {})), reference: "recorded-4" };
    const [made] = (await recorder.call("write", [quote])) ?? [];
    const id = made?.kind === "done" ? made.id : asId(0);
    await recorder.call("write", [stage.press(id, "quote"), stage.press(id, "confirm")]);
    const shown = async (): Promise<Pick<NativeWrite, "precondition" | "current">> => {
      const read = await recorder.call("readByIds", { ...all("orders"), ids: [id] });
      return { precondition: read?.[0]?.version ?? null, current: read?.[0]?.native ?? {} };
    };
    const standing = { entity: "orders", id, reference: "recorded-4" };
    const before = await shown();
    const lines = natives.mapsOf(before.current["lines"]).map((row) => ({ ...row, quantity: "7" }));
    const patch = { lines };
    const change = { ...standing, ...before, key: "recorded-5", kind: "update", patch, transition: null };
    // Again as after a lost answer, and once more by who has not seen it.
    for (const key of ["recorded-5", "recorded-5", "recorded-6"])
      await recorder.call("write", [{ ...change, kind: "update", key }]);
    const transition = { from: "open", to: "cancelled", via: "amend" };
    const cancel = { ...standing, ...(await shown()), key: "recorded-7", patch: {}, transition };
    for (let times = 0; times < 2; times += 1)
      await recorder.call("write", [{ ...cancel, kind: "transition" }]);
    await shown();
  },
  "ends-session": async (recorder) => {
    const asked = { entity: "products", roots: ["code"], ...firstPage };
    await recorder.call("read", asked);
    recorder.endSession();
    await recorder.call("read", asked);
    await recorder.call("read", asked);
  },
};

/** Recordings of the connector are made here, and compared with a real server on every live run. */
export function recordingCases(stage: () => Stage): void {
  for (const [name, scene] of Object.entries(scenes)) {
    it(`the recording ${name} is what a real server still says`, async () => {
      const recorder = new Recorder(stage().sessionWith({}));
      await scene(recorder, stage());
      keepOrCompare(name, recorder.recording(name), stepsOf);
    });
  }

  it("the recording wrong-logins is what a real server still says", async () => {
    const wrong = new Recorder(stage().sessionWith({}, "wrong"));
    await wrong.call("read", { entity: "products", roots: ["code"], ...firstPage });
    keepOrCompare("wrong-password", wrong.recording("wrong-password"), stepsOf);
    const nowhere = new Recorder(stage().sessionWith({ database: "nowhere" }));
    await nowhere.call("read", { entity: "products", roots: ["code"], ...firstPage });
    keepOrCompare("wrong-database", nowhere.recording("wrong-database"), stepsOf);
  });

  it("the recorded texts of errors are what a real server still says", async () => {
    const texts = await errorTexts(stage());
    // A lock needs two at the same instant: kept when it happened, not owed on every run.
    const gist = (kept: unknown): unknown =>
      Object.entries(kept as object)
        .filter(([about]) => about !== "a table that is locked")
        .map(([about, error]: [string, unknown]) => [about, JSON.stringify(error).replaceAll(/\d+/g, "…")]);
    keepOrCompare("error-texts", texts, gist);
  });
}
