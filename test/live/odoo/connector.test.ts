import { odooPlace, whyNot } from "crossfoot/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { readingCases, writingCases } from "../scenarios/connector-cases.ts";
import { groundOn, openGround } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { prepareCases } from "./prepare-cases.ts";
import { documentTraps } from "./document-traps.ts";
import { readingTraps } from "./reading-traps.ts";
import { startCases } from "./start-cases.ts";

const reason = whyNot(odooPlace(process.env));

describe.skipIf(reason !== null)(`the Odoo connector against a real Odoo (${reason ?? "live"})`, () => {
  let untouched: Ground | undefined;
  let worked: Ground | undefined;
  const isUp = (one: Ground | undefined): Ground => {
    if (one === undefined) throw new Error("Odoo is not up");
    return one;
  };
  beforeAll(async () => {
    untouched = await openGround();
    worked = await groundOn(await untouched.erp.fresh());
  });
  afterAll(async () => {
    await worked?.erp.stop();
    await untouched?.erp.stop();
  });
  startCases(() => isUp(untouched).erp);
  readingCases(() => isUp(untouched).live);
  readingTraps(() => isUp(worked));
  documentTraps(() => isUp(worked));
  prepareCases(() => isUp(worked));
  writingCases(() => isUp(worked).live);
});
