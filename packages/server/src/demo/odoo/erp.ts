import { fileURLToPath } from "node:url";
import { placeIn, startErp } from "../erp-script.ts";
import type { ErpKind, ErpPlace, ErpStart, RunningErp } from "../erp-script.ts";

/** Who may log in: over JSON-2 with a key, over JSON-RPC with a key or a password. */
interface Login {
  readonly user: string;
  readonly key: string;
  readonly password: string;
  readonly adminUser: string;
  readonly adminKey: string;
  readonly adminPassword: string;
  /** One who may read little and write nothing. */
  readonly readerUser: string;
  readonly readerKey: string;
}

/** An Odoo that runs, with a seeded database of its own. */
export type RunningOdoo = RunningErp<Login>;

const kind: ErpKind<Login> = {
  name: "odoo",
  script: fileURLToPath(new URL("erp.sh", import.meta.url)),
  loginOf: (fact) => ({
    user: fact("ERP_USER"),
    key: fact("ERP_KEY"),
    password: fact("ERP_PASSWORD"),
    adminUser: fact("ERP_ADMIN_USER"),
    adminKey: fact("ERP_ADMIN_KEY"),
    adminPassword: fact("ERP_ADMIN_PASSWORD"),
    readerUser: fact("ERP_READER_USER"),
    readerKey: fact("ERP_READER_KEY"),
  }),
};

/** The place that the environment names; `CROSSFOOT_ODOO_DIR` is the folder of a running one. */
export function odooPlace(environment: { readonly [name: string]: string | undefined }): ErpPlace {
  return placeIn(environment, "CROSSFOOT_ODOO_DIR");
}

/** Brings Odoo up, with a fresh database for the caller. */
export async function startOdoo(start: ErpStart): Promise<RunningOdoo> {
  return startErp(kind, start);
}
