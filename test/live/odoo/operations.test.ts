import { odooPlace, whyNot } from "crossfoot/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { operationCases } from "./operation-cases.ts";
import { OdooStage } from "./operation-stage.ts";

const reason = whyNot(odooPlace(process.env));
if (reason !== null) console.log(`skipped, 1 file: operations of Odoo live, ${reason}`);

describe.skipIf(reason !== null)("what a real Odoo answers in the moment", () => {
  let stage: OdooStage | undefined;
  beforeAll(async () => {
    stage = await OdooStage.open();
  });
  afterAll(async () => {
    await stage?.erp.stop();
  });
  operationCases(() => {
    if (stage === undefined) throw new Error("Odoo is not up");
    return stage;
  });
});
