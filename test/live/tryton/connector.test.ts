import { trytonPlace, whyNot } from "crossfoot/testing";
import { afterAll, beforeAll, describe } from "vitest";
import { accountCases } from "./account-cases.ts";
import {
  bookCases,
  quoteCases as sharedQuoteCases,
  readingCases,
  writingCases,
} from "../scenarios/connector-cases.ts";
import { questionCases } from "../scenarios/question-cases.ts";
import { operationCases } from "./operation-cases.ts";
import { quoteCases } from "./quote-cases.ts";
import { changeCases, ownReadingCases } from "./reading-cases.ts";
import { recordingCases } from "./recording-cases.ts";
import { Stage } from "./stage.ts";

const reason = whyNot(trytonPlace(process.env));
if (reason !== null) console.log(`skipped, 1 file: Tryton live, ${reason}`);

describe.skipIf(reason !== null)("the Tryton connector against a real Tryton", () => {
  let stage: Stage | undefined;
  let untouched: Stage | undefined;
  const isUp = (one: Stage | undefined): Stage => {
    if (one === undefined) throw new Error("Tryton is not up");
    return one;
  };
  const opened = (): Stage => isUp(stage);
  beforeAll(async () => {
    stage = await Stage.open();
    // Recordings are made in a database of their own, so that each run sees the same records.
    untouched = await Stage.on(await stage.erp.fresh());
  });
  afterAll(async () => {
    await untouched?.erp.stop();
    await stage?.erp.stop();
  });
  readingCases(() => isUp(untouched).live);
  ownReadingCases(opened);
  writingCases(() => opened().live);
  sharedQuoteCases(() => opened().live);
  accountCases(opened);
  changeCases(opened);
  quoteCases(opened);
  operationCases(opened);
  questionCases(() => opened().live);
  bookCases(() => opened().live);
  recordingCases(() => isUp(untouched));
});
