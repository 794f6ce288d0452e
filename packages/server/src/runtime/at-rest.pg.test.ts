import * as vitest from "vitest";
import { forEachHome } from "../testing.ts";
import { atRestRules } from "./testing/at-rest-suite.ts";

forEachHome(vitest, ["embedded"], (home) => {
  for (const [rule, prove] of atRestRules) vitest.test(rule, () => prove(home));
});
