import { afterAll, beforeAll, describe } from "vitest";
import { bookCases, quoteCases, readingCases, writingCases } from "../live/scenarios/connector-cases.ts";
import type { LiveConnector } from "../live/scenarios/live-connector.ts";
import { questionCases } from "../live/scenarios/question-cases.ts";
import { fieldCases } from "../live/odoo/field-cases.ts";
import { connected } from "./odoo17/connected.ts";
import type { Connected } from "./odoo17/connected.ts";

describe("the Odoo connector against Odoo 17 as it was recorded", () => {
  let opened: Connected | undefined;
  const live = (): LiveConnector => {
    if (opened === undefined) throw new Error("the server is not up");
    return opened.live;
  };
  beforeAll(async () => {
    opened = await connected();
  });
  afterAll(async () => opened?.close());

  readingCases(live);
  writingCases(live);
  quoteCases(live);
  questionCases(live);
  bookCases(live);
  fieldCases(() => {
    if (opened === undefined) throw new Error("the server is not up");
    return opened;
  });
});
