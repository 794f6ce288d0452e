import { afterAll, beforeAll, describe } from "vitest";
import { accountCases } from "./account-cases.ts";
import { whyNot } from "./erp.ts";
import { quoteCases } from "./quote-cases.ts";
import { changeCases, readingCases } from "./reading-cases.ts";
import { recordingCases } from "./recording-cases.ts";
import { Stage } from "./stage.ts";

const reason = whyNot();
if (reason !== null) console.log(`skipped, 1 file: Tryton live, ${reason}`);

describe.skipIf(reason !== null)("the Tryton connector against a real Tryton", () => {
  let stage: Stage | undefined;
  const opened = (): Stage => {
    if (stage === undefined) throw new Error("Tryton is not up");
    return stage;
  };
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(async () => {
    await stage?.erp.stop();
  });
  readingCases(opened);
  accountCases(opened);
  changeCases(opened);
  quoteCases(opened);
  recordingCases(opened);
});
