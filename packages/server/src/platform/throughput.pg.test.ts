import { afterAll, beforeAll } from "vitest";
import { openEmbedded } from "./embedded.ts";
import { tempFolder, type TempFolder } from "./testing/temp-folder.ts";
import { throughputSuite } from "./testing/throughput-suite.ts";

/** On the real disk: the syncs are part of what is measured. */
let folder: TempFolder;
beforeAll(() => {
  folder = tempFolder();
});
afterAll(() => folder.remove());

throughputSuite("embedded, first start", () => openEmbedded(folder.path));
