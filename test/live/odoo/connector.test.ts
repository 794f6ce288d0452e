import { odooPlace, whyNot } from "crossfoot/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { quoteCases as sharedQuoteCases, readingCases, writingCases } from "../scenarios/connector-cases.ts";
import { questionCases } from "../scenarios/question-cases.ts";
import { familyCases } from "./family-cases.ts";
import { groundOn, openGround } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { operationCases } from "./operation-cases.ts";
import { OdooStage } from "./operation-stage.ts";
import { prepareCases } from "./prepare-cases.ts";
import { documentTraps } from "./document-traps.ts";
import { priceCases } from "./price-cases.ts";
import { quoteCases } from "./quote-cases.ts";
import { readingTraps } from "./reading-traps.ts";
import { rightsCases } from "./rights-cases.ts";
import { startCases } from "./start-cases.ts";
import { taxCases } from "./tax-cases.ts";

const reason = whyNot(odooPlace(process.env));

describe.skipIf(reason !== null)(`the Odoo connector against a real Odoo (${reason ?? "live"})`, () => {
  let untouched: Ground | undefined;
  let worked: Ground | undefined;
  let asked: OdooStage | undefined;
  const isUp = <On extends Ground | OdooStage>(one: On | undefined): On => {
    if (one === undefined) throw new Error("Odoo is not up");
    return one;
  };
  beforeAll(async () => {
    untouched = await openGround();
    worked = await groundOn(await untouched.erp.fresh());
    asked = new OdooStage(await untouched.erp.fresh());
  });
  afterAll(async () => {
    await asked?.erp.stop();
    await worked?.erp.stop();
    await untouched?.erp.stop();
  });
  startCases(() => isUp(untouched).erp);
  readingCases(() => isUp(untouched).live);
  writingCases(() => isUp(worked).live);
  taxCases(() => isUp(worked));
  sharedQuoteCases(() => isUp(worked).live);
  readingTraps(() => isUp(worked));
  documentTraps(() => isUp(worked));
  priceCases(() => isUp(worked));
  quoteCases(() => isUp(worked));
  familyCases(() => isUp(worked));
  rightsCases(() => isUp(worked));
  prepareCases(() => isUp(worked));
  questionCases(() => isUp(worked).live);
  operationCases(() => isUp(asked));
});

describe.skipIf(reason !== null)(`the Odoo connector as it speaks to 17 and 18 (${reason ?? "live"})`, () => {
  let ground: Ground | undefined;
  const isUp = (): Ground => {
    if (ground === undefined) throw new Error("Odoo is not up");
    return ground;
  };
  beforeAll(async () => {
    const { erp } = await openGround();
    ground = await groundOn(erp, "jsonrpc");
  });
  afterAll(() => ground?.erp.stop());
  readingCases(() => isUp().live);
  writingCases(() => isUp().live);
  questionCases(() => isUp().live);
  quoteCases(isUp);
});
