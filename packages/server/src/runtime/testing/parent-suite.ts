import { describe, expect, test } from "vitest";
import { customer, miniWorld } from "./world.ts";
import type { StoreOpener } from "./world.ts";

/** What releases a child that waits for its parent to be on the other side (INVARIANTS.md I10). */
export function parentSuite(home: { open(): Promise<StoreOpener> }): void {
  describe("a child that waits for its parent", () => {
    test("it goes on when somebody makes the parent's counterpart", async () => {
      const mini = await miniWorld({ database: await home.open() });
      const account = mini.crm.add("accounts", { ...customer, status: "lead" });
      mini.crm.add("contacts", { given: "A", family: "B", email: "ab@x.example", account });
      await mini.engine.run();
      expect(mini.erp.rows("contacts")).toEqual([]);
      mini.pass(10);
      mini.erp.add("accounts", customer);
      await mini.engine.run();
      expect(mini.erp.rows("contacts").length).toBe(1);
    });

    test("it goes on when the parent turns out to be one with a record that was there", async () => {
      const mini = await miniWorld({ database: await home.open() });
      const account = mini.crm.add("accounts", {
        ...customer,
        status: "lead",
        taxId: "FR8",
        email: "8@x.example",
      });
      mini.crm.add("contacts", { given: "A", family: "B", email: "ab@x.example", account });
      mini.erp.add("accounts", { ...customer, status: "inactive", number: "C1" });
      await mini.engine.run();
      expect(mini.erp.rows("contacts")).toEqual([]);
      mini.pass(10);
      mini.crm.edit("accounts", account, { taxId: "FR1" });
      await mini.engine.run();
      expect(mini.erp.rows("contacts").length).toBe(1);
    });
  });
}
