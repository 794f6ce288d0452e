import { webhookForms } from "@crossfoot/connector-sdk";
import {
  any,
  choice,
  count,
  each,
  either,
  flag,
  list,
  map,
  named,
  path,
  scalar,
  template,
  tree,
  word,
} from "./shape.ts";
import type { MapShape, Shape } from "./shape.ts";
import { operationsShape } from "./operation-keys.ts";
import { always, condition, empty, request } from "./request-keys.ts";
import { stampForms } from "./stamps.ts";

/** Every key of a description, once: the checker and the JSON Schema are made from this table. */

const ofEntity = [...always, "object"];
const ofList = [...ofEntity, "limit", "cursor", "offset", "page", "last.id", "last.stamp"];
const ofWrite = [
  ...ofEntity,
  "id",
  "part.*",
  "patch",
  "patch.*",
  "merged",
  "merged.*",
  "version",
  "reference",
  "key",
];
const ofProbe = [...ofEntity, "reference", "key", "patch", "patch.*", "limit"];
const secrets = [...always, "secret.*"];

const failures = ["transient", "throttled", "stale", "unauthorised", "invalid", "unsupported", "in_doubt"];
const writeKinds = "create update archive unarchive delete transition merge unmerge note".split(" ");

const stampKeys = {
  form: choice("how the stamp is written", ...stampForms),
  zone: word("zone of local time, such as Europe/Berlin; UTC without it"),
};

const paging = named(
  "paging",
  map("how pages follow each other", {
    "kind!": choice("kind of paging", "cursor", "link", "offset", "page", "keyset", "none"),
    next: path("where the next cursor or link stands"),
    header: word("header of the next link, such as link"),
    first: count("number of the first page (1)", 0),
    total: path("where the number of all rows stands"),
    more: condition("holds when there is another page"),
    endsOn: choice("what ends the list: a short page or an empty one", "short", "empty"),
    walk: choice("each page starts at the stamp of the last row", "stamp"),
  }),
);

const pageKeys = {
  rows: path("where the rows stand"),
  paging,
  pageSizeMax: count("most rows a page may ask for"),
  pagesMax: count("most pages of one reading (10,000)"),
  empty,
};
const since = map("how a reading since a stamp is asked for", {
  ...stampKeys,
  start: word("sent when everything is read"),
  exclusive: flag("the filter means later than: one step is subtracted"),
});

const writeKeys = {
  answers: choice("what the answer holds", "record", "id", "nothing"),
  at: path("where the record or the id stands in the answer"),
  precondition: choice("false: no precondition with this request", false),
  omit: list(path("path"), "roots, or keys of child rows (lines.net), that are never sent"),
  once: flag("of a note: the system keeps one under its key, however often it is sent"),
  nullWhole: each(word("key"), "maps that are sent as null when this key in them is null"),
};
const write = (doc: string): Shape => named("write", request(doc, ofWrite, writeKeys));

const kinds = ["deleted", "merged", "converted", "not_permitted"];
const gone = (doc: string): Shape =>
  named(
    "gone",
    map(doc, {
      status: count("status", 200),
      when: condition("the answer fits only if this holds"),
      "kind!": choice("what became of the record", ...kinds),
      into: path("where the id of the survivor stands"),
    }),
  );
const moved = (doc: string): Shape =>
  named("moved", map(doc, { "into!": path("id of the survivor"), when: condition("only if this holds") }));

const record = map("where the parts of a record stand in a row", {
  id: either(
    path("native id"),
    map("native id", {
      path: path("path"),
      as: choice("JSON form in bodies", "number"),
      join: list(path("path"), "paths whose values make the id together"),
      with: word("what stands between them (|)"),
    }),
  ),
  version: either(
    path("version, compared for equality"),
    map("version", {
      path: path("path"),
      header: word("header such as etag"),
      as: choice("JSON form in bodies", "number"),
      ordered: flag("a number that grows with each change"),
    }),
  ),
  modifiedAt: map("the system's own stamp", { "path!": path("path"), ...stampKeys }),
  actor: path("who changed it"),
  archived: condition("holds for an archived record"),
  deleted: condition("holds for a deleted record"),
  merged: moved("loser of a merge"),
  converted: moved("record that became another"),
  absentIsNull: either(
    flag("roots left out have no value"),
    list(word("root"), "roots that are null when left out"),
  ),
  absentIsNullIn: each(list(word("key")), "keys of a child map or of child rows that are null when left out"),
});

const transition = request("a change of state", [...ofWrite, "from", "to"], {
  ...writeKeys,
  "from!": word("canonical status before"),
  "to!": word("canonical status after"),
  "via!": word("name of the action"),
  expect: condition("must hold for the answer, or the write failed"),
});

const batch = request("many writes in one call", [...ofEntity, "rows"], {
  "max!": count("most rows in one call"),
  create: tree("what a create looks like among the rows", ofWrite),
  update: tree("what an update looks like among the rows", ofWrite),
  "results!": path("where the outcomes stand"),
  ok: condition("holds for a row that went well"),
  status: path("status of a row"),
  record: path("the record as stored, in a row"),
  id: path("the id, in a row"),
  code: path("error code of a row"),
  field: path("field an error of a row is about"),
  match: map("how rows are matched, when not by order", {
    "path!": path("value in the row"),
    "to!": choice("what it is equal to", "id", "key", "reference", "index"),
  }),
});

const listKeys = { ...pageKeys, since };
const probe = (doc: string): Shape =>
  named("probe", request(doc, ofProbe, { "rows!": path("where the rows stand"), empty }));

/** One entity; every key may also stand in `defaults`. */
export const entityShape: MapShape = map("one entity", {
  "object!": word("the system's own name"),
  "record!": record,
  "list!": request("the records", [...ofList, "since"], { ...listKeys, "rows!": pageKeys.rows }),
  changes: map(
    "what is different when reading since a stamp",
    request("", [...ofList, "since"], listKeys).keys,
  ),
  ids: request("ids only, for sweeps", ofList, {
    ...pageKeys,
    "rows!": pageKeys.rows,
    "id!": path("id in a row"),
    complete: flag("false: the listing may leave rows out"),
  }),
  get: request("one record", [...ofEntity, "id", "part.*"], {
    at: path("where the record stands"),
    gone: list(gone("gone")),
  }),
  getMany: request("records by ids", [...ofEntity, "ids", "limit"], {
    "rows!": pageKeys.rows,
    "idsMax!": count("most ids in one call"),
    missing: map("rows about ids that are not there", {
      "rows!": path("where they stand"),
      "id!": path("id in such a row"),
      "kinds!": list(gone("what became of it")),
    }),
    absent: choice("ids the answer says nothing about: ask singly, or leave", "get", "leave"),
    empty,
  }),
  with: each(
    request("child rows by root", [...ofEntity, "id", "part.*", "ids", "limit"], {
      "rows!": pageKeys.rows,
      "max!": count("as many rows or more count as cut off"),
      parent: path("id of the record, in a child row that was read by ids"),
      empty,
    }),
  ),
  reference: map("where our reference is stored on a create", {
    field: word("root"),
    unique: flag("the system itself refuses a second record with it"),
  }),
  precondition: map("how the system is told the version a record must have", {
    header: word("header"),
    value: template("its value", ofWrite),
    body: word("key of the body"),
    query: word("query parameter"),
  }),
  create: write("create"),
  update: write("update"),
  archive: write("archive"),
  unarchive: write("bring an archived record back"),
  delete: write("delete"),
  merge: write("join a record with `patch.into`, which survives it"),
  unmerge: write("take a merge back"),
  note: write("note"),
  transitions: list(transition),
  initialStatus: word("canonical status after a create"),
  batch: batch,
  probe: probe("search by our reference"),
  fingerprint: probe("search by business values"),
  recordUrl: template("address in the system's own screens", [...ofEntity, "id", "part.*"]),
});

const auth = map("how the system knows us", {
  "kind!": choice("kind", "none", "bearer", "basic", "header", "oauth2"),
  token: template("bearer token", secrets),
  user: template("user of basic", secrets),
  password: template("password of basic", secrets),
  headers: each(template("header", secrets)),
  tokenPath: template("where a token is asked for, not below `base`", always),
  client: template("client id", secrets),
  secret: template("client secret", secrets),
  sends: choice("client and secret in the form, or in the Authorization header", "body", "basic"),
  scope: template("scope", always),
  fields: each(template("more fields of the form", secrets)),
});

const errors = map("how the system says no", {
  code: either(
    path("where the error code stands"),
    map("header", { "header!": word("header with the code") }),
  ),
  field: path("where the field stands"),
  requestId: map("id of the request", { "header!": word("header") }),
  jsonTail: flag("errors are JSON after some HTML"),
  bodies: list(condition("holds for an error that comes with a success status")),
  table: list(
    map("an error", {
      status: either(
        count("status", 200),
        choice("class", "3xx", "4xx", "5xx"),
        list(scalar("status or class")),
      ),
      code: either(scalar("the system's code"), list(scalar("code"))),
      when: list(condition("all must hold")),
      on: list(choice("kind of call", "read", "write", ...writeKinds)),
      "failure!": choice("recovery", ...failures),
      as: word("our stable code; the system's own in lower case when nothing is said"),
    }),
  ),
});

const secretTexts = either(template("secret", secrets), list(template("secret", secrets)));
const partKeys = {
  after: word("what is meant begins after the last of these"),
  before: word("and ends before the next of these"),
  end: word("the text has to end with this, which is left out"),
};

const webhook = map("how deliveries are proved and read", {
  form: choice("a vendor's form, under the rest", ...webhookForms),
  secret: secretTexts,
  signature: map("HMAC", {
    header: word("header of the signature"),
    prefix: word("before the signature"),
    algorithm: choice("hash", "sha1", "sha256", "sha512"),
    encoding: choice("form", "hex", "base64"),
    secret: secretTexts,
    signs: template("what is signed", ["method", "url", "timestamp", "body"]),
    unwrap: choice("the header is wrapped", "base64"),
    after: word("the signature begins after the last of these"),
    decodes: word("characters whose escapes are decoded in the address before it is signed"),
  }),
  token: map("a fixed secret", {
    header: word("header"),
    query: word("parameter of the address"),
    path: path("path in every row"),
    secret: secretTexts,
  }),
  certificate: flag("the sender shows the client certificate that the connection names"),
  expects: each(template("value", always), "values that have to stand in the body, by path"),
  timestamp: map("time of the delivery", {
    header: word("header"),
    form: choice("form", "epoch", "epochMs", "iso"),
    toleranceMs: count("how old or early it may be (300,000)"),
  }),
  deliveryId: map("id of the delivery", {
    path: path("path"),
    header: word("header"),
    digest: flag("equal bytes are one delivery"),
  }),
  body: choice("form of the body", "json", "outbound-message"),
  handshake: map("a call that asks whether the address is ours", {
    "query!": word("the parameter that is answered"),
  }),
  busyStatus: choice("status when there is no room", 429, 503),
  rows: path("where the rows stand; the whole body when nothing is said"),
  entity: map("which entity", {
    path: path("path in a row"),
    query: word("parameter of the address"),
    ...partKeys,
    values: each(word("entity"), "entity by native value"),
    is: word("always this entity"),
  }),
  id: either(path("native id in a row"), map("a part of it", { "path!": path("path"), ...partKeys })),
});

const limitHeaders = named(
  "limitHeaders",
  map("headers that tell it", {
    limit: word("header"),
    remaining: word("header"),
    reset: map("end of the window", {
      "header!": word("header"),
      "form!": choice("form", "epoch", "epochMs", "seconds", "iso"),
    }),
  }),
);

const limits = map("what the system allows", {
  requests: count("requests in a window"),
  windowMs: count("length of the window"),
  concurrency: count("requests at once"),
  headers: limitHeaders,
  windows: list(
    map("a limit, when there are several", {
      "name!": word("its name, such as day"),
      "requests!": count("requests in a window"),
      windowMs: count("length of the window"),
      zone: word("instead: it counts by days, which start at midnight of this zone"),
      headers: limitHeaders,
    }),
  ),
});

/** The whole description. */
export const descriptionShape: MapShape = map("A JSON REST system as a Crossfoot connector", {
  "language!": choice("version of this language", 1),
  "title!": word("what people call the system"),
  base: template("before every path", always),
  headers: each(template("header of every request", always)),
  variables: each(word("default; empty text: none"), "names the options may set"),
  "auth!": auth,
  tenant: request("where the tenant is told", always, {
    "at!": path("id of the tenant"),
    title: path("title"),
    version: path("version of the system"),
    closedThrough: path("last day whose books are closed"),
  }),
  fields: request("where the fields of an entity are told", ofEntity, {
    "rows!": pageKeys.rows,
    "name!": path("name in a row"),
    type: path("type"),
    required: path("needed on create"),
    readOnly: path("read-only"),
    lengthMax: path("longest text"),
  }),
  clock: map("times of the system", {
    horizonMs: count("after it a probe that finds nothing proves absence"),
    commitLagMs: count("longest time between a stamp and its row being readable", 0),
    readLagMs: count("how long readings may show what was there before an answered write", 0),
    granularityMs: count("size of the steps of its stamps"),
  }),
  limits,
  errors,
  webhook,
  operations: operationsShape,
  defaults: entityShape,
  "entities!": each(entityShape, "entities by canonical name"),
  mapping: any("default mapping, see docs/connect/mapping.md"),
});
