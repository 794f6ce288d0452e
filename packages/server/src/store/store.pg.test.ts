import { openEphemeral } from "../testing.ts";
import { storeSuite } from "./testing/suite.ts";

storeSuite("embedded", () => openEphemeral());
