import { describe, expect, it } from "vitest";
import {
  answerOf,
  failureOf,
  id,
  ids,
  openWith,
  queryOf,
  readAll,
  recordingAt,
  wordOf,
  writeOf,
  yamlAt,
} from "./session.ts";
import type { Opened, Recording } from "./session.ts";

const espocrm = yamlAt("../descriptions/espocrm.sketch.yaml");
const dolibarr = yamlAt("../descriptions/dolibarr.sketch.yaml");

/** Opens a sketch over one recorded answer, whatever is asked. */
async function replayed(
  description: typeof espocrm,
  name: string,
): Promise<Opened & { readonly recording: Recording }> {
  const recording = recordingAt(name);
  return { ...(await openWith(description, () => answerOf(recording), { tenant: "t" })), recording };
}

const words = async (call: Promise<unknown>): Promise<string> => {
  const { failure, code } = await failureOf(call);
  return `${failure} ${code}`;
};
/** Path and query of what was recorded. */
const asked = ({ request }: Recording): URL => new URL(request.path, "http://recorded.test");

describe("EspoCRM, as recorded", () => {
  it("a page of changes is read, and says that there is another", async () => {
    const { connection, requests, recording } = await replayed(espocrm, "espocrm/42-read-incremental-keyset");
    const since = "2026-01-01T00:00:00.000Z";
    const read = await connection.read({
      entity: "accounts",
      roots: ["name", "cErpId"],
      since,
      cursor: null,
      pageSize: 2,
    });
    expect(
      read.records.map(({ id, native, version, versionOrder, modifiedAt }) => [
        id,
        native,
        version,
        versionOrder,
        modifiedAt,
      ]),
    ).toEqual([
      [
        "6b04452f08c4a2bac",
        { name: "Nordwind Pumpen GmbH", cErpId: "C-1002" },
        "1",
        1,
        "2026-11-23T13:52:47.000Z",
      ],
      ["6b04452f3bc3c3044", { name: "Silent Fields Ltd", cErpId: null }, "1", 1, "2026-11-23T13:52:47.000Z"],
    ]);
    expect(read.unreadable).toEqual([]);
    // The next page is asked for as the recording did: later, or at the same second with a greater id.
    await connection.read({ entity: "accounts", roots: [], since, cursor: read.next, pageSize: 2 });
    const sent = JSON.parse(queryOf(requests[1])["searchParams"] ?? "{}") as { where: readonly unknown[] };
    const known = JSON.parse(asked(recording).searchParams.get("searchParams") ?? "{}") as {
      where: readonly unknown[];
    };
    const atLast = JSON.stringify(known.where[0])
      .replaceAll("2026-01-01 00:00:00", "2026-11-23 13:52:47")
      .replace('"0"', '"6b04452f3bc3c3044"');
    expect(JSON.stringify(sent.where[1])).toBe(atLast);
    expect(requests[1]).toMatchObject({
      path: "/api/v1/Account",
      headers: { "x-api-key": "api-1", "x-no-total": "true" },
    });
    expect(JSON.parse(queryOf(requests[0])["searchParams"] ?? "{}")).toMatchObject({
      where: [{ type: "greaterThanOrEquals", attribute: "modifiedAt", value: "2026-01-01 00:00:00" }],
      maxSize: 2,
    });
  });

  it("a record that is not there is deleted; an entity that is not there is not", async () => {
    const { connection } = await replayed(espocrm, "espocrm/19-account-read");
    const [record] = await connection.readByIds({
      entity: "accounts",
      roots: ["cCreditLimit"],
      ids: ids("6b04452edcb6f7746"),
    });
    expect(record).toMatchObject({ kind: "present", native: { cCreditLimit: "25000.5000" }, version: "1" });
    const gone = await replayed(espocrm, "espocrm/20-account-read-missing");
    const [missing] = await gone.connection.readByIds({
      entity: "accounts",
      roots: [],
      ids: ids("000000000000000aa"),
    });
    expect(missing).toMatchObject({ id: "000000000000000aa", kind: "deleted" });
    const wrong = await replayed(espocrm, "espocrm/21-entity-not-there");
    expect(await words(wrong.connection.readByIds({ entity: "accounts", roots: [], ids: ids("x") }))).toBe(
      "unsupported entity_missing",
    );
  });

  it("the search by our reference is the recorded one", async () => {
    const { connection, requests, recording } = await replayed(espocrm, "espocrm/43-read-by-erp-id");
    const write = writeOf({ entity: "accounts", kind: "create" });
    await connection.probe({ entity: "accounts", roots: ["name"], reference: "C-1001", write });
    const { select: _select, ...known } = Object.fromEntries(asked(recording).searchParams);
    expect(queryOf(requests[0])).toEqual({ ...known, "where[0][attribute]": "cCrossfootRef" });
  });

  it.each([
    ["espocrm/12-account-create", "done 6b04452edcb6f7746"],
    ["espocrm/13-account-create-duplicate", "invalid duplicate"],
    ["espocrm/15-account-create-without-name", "invalid validation"],
    ["espocrm/32-opportunity-create-dangling-account", "invalid reference_unknown"],
    ["espocrm/60-auth-locked-out", "transient locked_out"],
    ["espocrm/03-auth-wrong-key", "unauthorised http_401"],
  ])("a create answered as in %s is %s", async (name, word) => {
    const { connection } = await replayed(espocrm, name);
    const [outcome] = await connection.write([
      writeOf({ entity: "accounts", kind: "create", patch: { name: "X" } }),
    ]);
    expect(wordOf(outcome)).toBe(word);
  });

  it("a missing field is named", async () => {
    const { connection } = await replayed(espocrm, "espocrm/15-account-create-without-name");
    const [outcome] = await connection.write([writeOf({ entity: "accounts", kind: "create" })]);
    expect(outcome).toMatchObject({ failure: { field: "name", status: 400 } });
  });

  it.each([
    ["espocrm/22-account-update", "done 6b04452edcb6f7746"],
    ["espocrm/24-account-update-version-stale", "stale stale"],
  ])("an update answered as in %s is %s, sent with the version as recorded", async (name, word) => {
    const { connection, requests } = await replayed(espocrm, name);
    const write = {
      entity: "accounts",
      kind: "update" as const,
      id: id("6b04452edcb6f7746"),
      precondition: "1",
      patch: { website: "https://stale.example" },
    };
    expect(wordOf((await connection.write([writeOf(write)]))[0])).toBe(word);
    expect(requests[0]).toMatchObject({
      method: "PUT",
      path: "/api/v1/Account/6b04452edcb6f7746",
      headers: { "x-version-number": "1" },
    });
  });

  it("a page that is too large is no fault of a record", async () => {
    const { connection } = await replayed(espocrm, "espocrm/44-read-page-too-large");
    expect(await words(readAll(connection, { entity: "accounts" }))).toBe("unsupported page_too_large");
  });
});

describe("Dolibarr, as recorded", () => {
  it("a page of changes is read with the filter as recorded", async () => {
    const { connection, requests, recording } = await replayed(
      dolibarr,
      "dolibarr/57-orders-changed-since-by-tms",
    );
    const since = "2026-11-23T13:18:34.000Z";
    const read = await connection.read({
      entity: "orders",
      roots: ["ref"],
      since,
      cursor: null,
      pageSize: 3,
    });
    expect(read.records.map(({ id, native, modifiedAt }) => [id, native["ref"], modifiedAt])).toEqual([
      ["17", "SO2611-0009", "2026-11-23T13:18:36.000Z"],
      ["18", "(PROV18)", "2026-11-23T13:18:38.000Z"],
      ["30", "(PROV30)", "2026-11-23T13:18:39.000Z"],
    ]);
    expect(queryOf(requests[0])["sqlfilters"]).toBe(asked(recording).searchParams.get("sqlfilters"));
    expect(requests[0]).toMatchObject({ path: "/api/index.php/orders", query: { page: "0", limit: "3" } });
  });

  it("an empty list answers 404", async () => {
    const { connection } = await replayed(dolibarr, "dolibarr/05-empty-list-answers-404");
    expect(await readAll(connection, { entity: "accounts" })).toEqual({ ids: [], unreadable: [], pages: 1 });
  });

  it("two records may carry one reference: the probe shows both", async () => {
    const { connection, requests, recording } = await replayed(
      dolibarr,
      "dolibarr/13-thirdparty-search-by-ref-ext",
    );
    const write = writeOf({ entity: "accounts", kind: "create" });
    const answer = await connection.probe({
      entity: "accounts",
      roots: ["name"],
      reference: "CF-A-1001",
      write,
    });
    expect(answer.records.map(({ id, modifiedAt }) => [id, modifiedAt])).toEqual([
      ["1", null],
      ["2", null],
    ]);
    expect(queryOf(requests[0])).toEqual(Object.fromEntries(asked(recording).searchParams));
  });

  it("a record that is not there is deleted", async () => {
    const { connection } = await replayed(dolibarr, "dolibarr/12-thirdparty-read-missing-404");
    expect(await connection.readByIds({ entity: "accounts", roots: [], ids: ids("99999") })).toMatchObject([
      { kind: "deleted" },
    ]);
  });

  it.each([
    ["accounts", "dolibarr/08-thirdparty-create", "done 1"],
    ["accounts", "dolibarr/10-thirdparty-create-duplicate-customer-code", "invalid duplicate"],
    ["contacts", "dolibarr/18-contact-create-dangling-account", "invalid refused"],
    ["accounts", "dolibarr/03-wrong-api-key", "unauthorised http_401"],
    ["accounts", "dolibarr/06-unknown-endpoint", "unsupported http_501"],
  ])("a create in %s answered as in %s is %s", async (entity, name, word) => {
    const { connection } = await replayed(dolibarr, name);
    expect(wordOf((await connection.write([writeOf({ entity, kind: "create" })]))[0])).toBe(word);
  });

  it.each([
    ["dolibarr/35-order-validate", "done 3"],
    ["dolibarr/36-order-validate-twice", "done 3"],
    ["dolibarr/38-order-validate-loses-a-race-for-the-number", "transient number_raced"],
  ])("a validation answered as in %s is %s", async (name, word) => {
    const { connection, requests, recording } = await replayed(dolibarr, name);
    const transition = { from: "draft", to: "open", via: "validate" };
    const [outcome] = await connection.write([
      writeOf({ entity: "orders", kind: "transition", id: id("3"), transition }),
    ]);
    expect(wordOf(outcome)).toBe(word);
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual(recording.request.body);
  });

  it("a filter on a column that is not there is no passing trouble, though answered 503", async () => {
    const { connection } = await replayed(dolibarr, "dolibarr/14-sqlfilters-unknown-field");
    expect(await words(readAll(connection, { entity: "accounts" }))).toBe("unsupported filter_unknown");
  });
});
