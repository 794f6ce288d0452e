import { cpSync } from "node:fs";
import { prepareCluster } from "../embedded-folder.ts";
import { tempFolder, type TempFolder } from "./temp-folder.ts";

/** An empty embedded database, made once and copied for each test: making it takes longer than most tests. */
export interface PreparedStore {
  /** Where the template is. */
  readonly path: string;
  /** A store folder of its own, ready for `openEmbedded`; in memory where the machine has room. */
  copy(): TempFolder;
  remove(): void;
}

/** Makes the template. */
export async function prepareStore(): Promise<PreparedStore> {
  const template = tempFolder("memory");
  await prepareCluster(template.path);
  return {
    path: template.path,
    copy() {
      const folder = tempFolder("memory");
      cpSync(template.path, folder.path, { recursive: true });
      return folder;
    },
    remove: () => template.remove(),
  };
}
