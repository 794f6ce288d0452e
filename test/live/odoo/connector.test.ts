import { odooPlace, whyNot } from "crossfoot/testing";
import { afterAll, beforeAll, describe } from "vitest";
import {
  bookCases,
  quoteCases as sharedQuoteCases,
  readingCases,
  writingCases,
} from "../scenarios/connector-cases.ts";
import { questionCases } from "../scenarios/question-cases.ts";
import { familyCases } from "./family-cases.ts";
import { fieldCases, productFieldCases } from "./field-cases.ts";
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
  let before19: Ground | undefined;
  const isUp = <On extends Ground | OdooStage>(one: On | undefined): On => {
    if (one === undefined) throw new Error("Odoo is not up");
    return one;
  };
  beforeAll(async () => {
    untouched = await openGround();
    worked = await groundOn(await untouched.erp.fresh());
    asked = new OdooStage(await untouched.erp.fresh());
    before19 = await groundOn(await untouched.erp.fresh(), "jsonrpc");
  });
  afterAll(async () => {
    await before19?.erp.stop();
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
  fieldCases(() => isUp(worked));
  productFieldCases(() => isUp(worked));
  prepareCases(() => isUp(worked));
  questionCases(() => isUp(worked).live);
  bookCases(() => isUp(worked).live);
  operationCases(() => isUp(asked));

  describe("as it speaks to 17 and 18, over JSON-RPC", () => {
    readingCases(() => isUp(before19).live);
    writingCases(() => isUp(before19).live);
    sharedQuoteCases(() => isUp(before19).live);
    questionCases(() => isUp(before19).live);
    bookCases(() => isUp(before19).live);
    quoteCases(() => isUp(before19));
  });
});
