import { expect, test } from "vitest";
import type { Json } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import { factsOf } from "../store-facts.ts";
import { webhooksHarmless } from "./i21-webhooks-harmless.ts";

const deliveries = ["d1", "d2"].map((id) => ({ connection: "crm", id }));

function found(results: readonly string[]): readonly string[] {
  const { see } = webhooksHarmless({} as Sight);
  const facts: Json = factsOf("saveDeliveries", [deliveries], results);
  const entry = {
    kind: "store",
    at: 1,
    worker: "door",
    method: "saveDeliveries",
    step: "done",
    facts,
  } as const;
  return (see?.(entry) ?? []).map(({ message }) => message);
}

test("the store tells just one result for each delivery that it is given at once", () => {
  expect(found(["stored", "known"])).toEqual([]);
  expect(found(["stored"])).toEqual(["the store told 1 results of 2 deliveries"]);
  expect(found(["stored", "known", "known"])).toEqual(["the store told 3 results of 2 deliveries"]);
});
