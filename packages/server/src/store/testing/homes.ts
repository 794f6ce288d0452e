import type { Json, LinkId } from "@crossfoot/kernel";
import type { Clock, Entropy } from "../../ports.ts";
import type { TestHome } from "../../testing.ts";
import { createMemoryStore } from "../memory/memory-store.ts";
import type { Store } from "../port.ts";
import type { SealingDeps } from "../sealed/vault.ts";
import { createStore } from "../store.ts";
import { migrated } from "./migrated.ts";

/** A store, and the hands of somebody who changes it behind its back. */
export interface OpenedStore {
  readonly store: Store;
  /** Gives the journal's entries of a link another body, or removes them (null). */
  forge(link: LinkId, body: Json): Promise<void>;
}

/** A kind of store, as its suite sees it. */
export interface StoreHome {
  readonly name: string;
  /** A fresh, empty store. */
  open(deps: { readonly entropy: Entropy; readonly clock: Clock }): Promise<OpenedStore>;
}

/** The SQL store on one home of the database; its values are sealed when that is given. */
export function sqlHome(home: TestHome, sealing?: SealingDeps): StoreHome {
  return {
    name: home.name,
    async open(deps) {
      const database = await home.open(migrated);
      const store = createStore({ database, ...deps, ...(sealing === undefined ? {} : { sealing }) });
      if (sealing !== undefined) await store.migrate();
      return {
        store,
        async forge(link, body) {
          await database.query("alter table journal disable trigger journal_append_only");
          await database.transaction(async (tx) => {
            await tx.query("select set_config('crossfoot.has_keys', 'on', true)");
            if (body === null) await tx.query("delete from journal where link_id = $1", [link]);
            else {
              const change = "update journal set body = $2::jsonb where link_id = $1";
              await tx.query(change, [link, JSON.stringify(body)]);
            }
          });
        },
      };
    },
  };
}

/** The store in memory. */
export const memoryHome: StoreHome = {
  name: "memory",
  open(deps) {
    const store = createMemoryStore(deps);
    return Promise.resolve({
      store,
      forge(link, body) {
        const { journal, ...rest } = store.snapshot();
        const others = journal.filter(({ link_id }) => link_id !== link);
        const forged = journal.filter(({ link_id }) => link_id === link).map((row) => ({ ...row, body }));
        store.restore({ ...rest, journal: body === null ? others : [...others, ...forged] });
        return Promise.resolve();
      },
    });
  },
};
