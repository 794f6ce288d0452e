import { ConnectorError } from "@crossfoot/connector-sdk";
import { connectionId } from "@crossfoot/kernel";
import { expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { customer, miniWorld } from "./testing/world.ts";

const away = new ConnectorError({ failure: "transient", code: "unreachable", message: "nobody answers" });

test("a system that is away ends no following of hints: its trouble is told, others are read", async () => {
  let isAway = false;
  const mini = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    wrapConnection: (id, connection) => ({
      ...connection,
      readByIds: (request) => (isAway && id === "crm" ? Promise.reject(away) : connection.readByIds(request)),
    }),
  });
  const crmId = mini.crm.add("accounts", customer);
  await mini.engine.run();
  const [erpRow] = mini.erp.rows("accounts");
  const erpId = erpRow?.id ?? "";
  isAway = true;
  mini.erp.edit("accounts", erpId, { email: "hinted@acme.example" });
  const hint = (connection: string, id: string) => ({
    connection: connectionId(connection),
    entity: "accounts" as const,
    id: id as never,
  });
  await mini.store.saveDeliveries([
    { connection: connectionId("crm"), id: "1", hints: [hint("crm", crmId)] },
  ]);
  await mini.store.saveDeliveries([
    { connection: connectionId("erp"), id: "1", hints: [hint("erp", erpId)] },
  ]);
  const followed = await mini.engine.followHints();
  expect(followed?.troubles.map(({ connection, failure }) => [connection, failure.code])).toEqual([
    ["crm", "unreachable"],
  ]);
  isAway = false;
  await mini.engine.run();
  expect(mini.crm.get("accounts", crmId).fields["email"]).toBe("hinted@acme.example");
});
