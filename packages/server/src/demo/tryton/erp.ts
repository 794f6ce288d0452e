import { fileURLToPath } from "node:url";
import { placeIn, startErp } from "../erp-script.ts";
import type { ErpKind, ErpPlace, ErpStart, RunningErp } from "../erp-script.ts";

/** Who may log in. */
interface Login {
  readonly user: string;
  readonly password: string;
  readonly adminUser: string;
  readonly adminPassword: string;
}

/** A Tryton that runs, with a seeded database of its own. */
export type RunningTryton = RunningErp<Login>;

const kind: ErpKind<Login> = {
  name: "tryton",
  script: fileURLToPath(new URL("erp.sh", import.meta.url)),
  loginOf: (fact) => ({
    user: fact("ERP_USER"),
    password: fact("ERP_PASSWORD"),
    adminUser: fact("ERP_ADMIN_USER"),
    adminPassword: fact("ERP_ADMIN_PASSWORD"),
  }),
};

/** The place that the environment names; `CROSSFOOT_TRYTON_DIR` is the folder of a running one. */
export function trytonPlace(environment: { readonly [name: string]: string | undefined }): ErpPlace {
  return placeIn(environment, "CROSSFOOT_TRYTON_DIR");
}

/** Brings Tryton up, with a fresh database for the caller. */
export async function startTryton(start: ErpStart): Promise<RunningTryton> {
  return startErp(kind, start);
}
