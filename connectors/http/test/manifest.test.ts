import { expect, it } from "vitest";
import { openWith, reply, yamlAt } from "./session.ts";

const manifestIn = async (path: string) =>
  (await openWith(yamlAt(path), () => reply(200, {}))).connection.manifest;

it("a manifest claims what the description says, and no more", async () => {
  const { entities, ...system } = await manifestIn("descriptions/birch.yaml");
  expect(system).toEqual({
    system: "http",
    title: "Birch",
    horizonMs: 9000,
    commitLagMs: 3000,
    readLagMs: 0,
    stampGranularityMs: 1000,
    webhooks: true,
  });
  expect(entities["accounts"]).toEqual({
    object: "customers",
    incremental: "since",
    listsIds: true,
    create: true,
    update: true,
    archive: false,
    unarchive: false,
    merge: false,
    unmerge: false,
    notes: false,
    writeBatchMax: 4,
    readBatchMax: 10,
    precondition: "conditional",
    createProof: "reference",
    referenceField: "ext",
    answersRecord: false,
    transitions: [],
    initialStatus: null,
  });
  expect(entities["quotes"]).toMatchObject({
    initialStatus: "draft",
    transitions: [{ from: "draft", to: "accepted", via: "release" }],
  });
  expect(entities["orders"]).toMatchObject({
    create: false,
    update: false,
    precondition: "compare",
    createProof: "none",
    referenceField: null,
    answersRecord: false,
    readBatchMax: 1,
  });
  expect(entities["inventory"]).toMatchObject({ incremental: "all", listsIds: false });
});

it("records with child rows of their own are never answered whole", async () => {
  const { entities } = await manifestIn("descriptions/alder.yaml");
  expect(entities["accounts"]).toMatchObject({
    answersRecord: true,
    archive: true,
    writeBatchMax: 3,
    readBatchMax: 3,
  });
  expect(entities["contacts"]).toMatchObject({ answersRecord: false, listsIds: false, writeBatchMax: 1 });
});

it.each(["../descriptions/twin-crm.yaml", "../descriptions/twin-erp.yaml"])(
  "%s covers all nine entities",
  async (path) => {
    const { entities } = await manifestIn(path);
    const names = [
      "accounts",
      "contacts",
      "inventory",
      "invoices",
      "orders",
      "pricebooks",
      "products",
      "quotes",
      "shipments",
    ];
    expect(Object.keys(entities).toSorted()).toEqual(names);
    const mapped = yamlAt(path)["mapping"] as { entities: object };
    expect(Object.keys(mapped.entities).toSorted()).toEqual(names);
  },
);

it.each([
  [{ reference: { field: "ref", unique: true } }, "unique_key"],
  [{ probe: null }, "none"],
  [{ probe: null, fingerprint: { path: "/x", rows: "r" } }, "fingerprint"],
])("%j proves a create by %s", async (laid, proof) => {
  const alder = yamlAt("descriptions/alder.yaml");
  const { accounts, contacts } = alder["entities"] as { [name: string]: object };
  const description = {
    ...alder,
    entities: { accounts: { ...accounts, ...laid }, contacts },
  } as typeof alder;
  const { connection } = await openWith(description, () => reply(200, {}));
  expect(connection.manifest.entities["accounts"]?.createProof).toBe(proof);
});

it("notes are claimed only where the description says that one is kept per key", async () => {
  const [crm, erp] = [
    await manifestIn("../descriptions/twin-crm.yaml"),
    await manifestIn("../descriptions/twin-erp.yaml"),
  ];
  expect([crm.entities["accounts"]?.notes, erp.entities["accounts"]?.notes]).toEqual([true, false]);
});

it("of an order that stands in the twin's ERP nothing is written but what it lets people change", () => {
  const { entities } = yamlAt("../descriptions/twin-erp.yaml")["mapping"] as {
    readonly entities: { readonly orders: { readonly fields: Readonly<Record<string, object | string>> } };
  };
  const isWritten = (told: object | string): boolean =>
    typeof told === "string" || !("write" in told) || told.write !== false;
  const written = Object.entries(entities.orders.fields).filter(([, told]) => isWritten(told));
  expect(written.map(([field]) => field).toSorted()).toEqual([
    "customerOrderNumber",
    "lines",
    "requestedDate",
  ]);
});
