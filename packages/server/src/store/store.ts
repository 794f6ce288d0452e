import type { Clock, Database, Entropy } from "../ports.ts";
import { keyStore } from "./keys.ts";
import { answerStore, auditStore } from "./kept-answers.ts";
import { adoptStore } from "./adopt.ts";
import { contractStore } from "./contracts.ts";
import { bundleStore } from "./bundles.ts";
import { connectionStore } from "./connections.ts";
import { deliveryStore } from "./deliveries.ts";
import { decisionStore } from "./decisions.ts";
import { duplicateStore } from "./duplicates.ts";
import { epochStore } from "./epochs.ts";
import { eventStore } from "./events.ts";
import { historyStore } from "./history.ts";
import { identityStore } from "./identity.ts";
import { reuseStore } from "./reuse.ts";
import { dueStore } from "./due.ts";
import { intentStore } from "./intents.ts";
import { journalReader, journalWriter } from "./journal.ts";
import { leaseStore } from "./leases.ts";
import { linkStore } from "./links.ts";
import { lostStore } from "./lost.ts";
import { madeStore } from "./made-writes.ts";
import { migrate } from "./migrate.ts";
import { observationStore } from "./observations.ts";
import { peopleStore } from "./people.ts";
import { personStore } from "./persons.ts";
import { withKeys, withoutKeys } from "./sealed/guard.ts";
import { keyTable } from "./sealed/key-table.ts";
import { sealedStore } from "./sealed/sealed-store.ts";
import { enterSealing } from "./sealed/sealing.ts";
import { createVault } from "./sealed/vault.ts";
import type { SealingDeps } from "./sealed/vault.ts";
import { sessionStore, tryStore } from "./sessions.ts";
import { patient } from "./patient.ts";
import { pauseStore } from "./pauses.ts";
import { oldPlanStore } from "./old-plans.ts";
import { planStore } from "./plans.ts";
import { privacyStore } from "./privacy.ts";
import { proofStore } from "./proofs.ts";
import { sharedStore } from "./shared-documents.ts";
import { statementStore } from "./statements.ts";
import { subscriptionStore } from "./subscriptions.ts";
import { tellingStore } from "./tellings.ts";
import { termsStore } from "./terms.ts";
import { keepHistoryMsUsual } from "./port.ts";
import type { Store } from "./port.ts";

/** The store over a database of either home. */
export function createStore(deps: {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly clock: Clock;
  /** How long former states of orders and invoices are kept, ms; 400 days when missing. */
  readonly keepHistoryMs?: number;
  /** With what values are encrypted at rest; they are stored as they are when missing. */
  readonly sealing?: SealingDeps;
}): Store {
  const { entropy, clock } = deps;
  const { sealing: given } = deps;
  const database = patient(given === undefined ? withoutKeys(deps.database) : withKeys(deps.database));
  const journal = journalWriter(entropy, clock);
  const { keepHistoryMs = keepHistoryMsUsual } = deps;
  const sealing =
    given === undefined ? null : { cipher: given.cipher, vault: createVault(given, keyTable(database)) };
  const vault = sealing?.vault ?? null;
  const parts = { database, entropy, journal, keepHistoryMs, vault, sealing };
  const store: Store = {
    async migrate() {
      const made = await migrate(database);
      await enterSealing(database, sealing);
      return made;
    },
    close: () => database.close(),
    ...leaseStore(database),
    ...connectionStore(database),
    ...dueStore(database),
    ...observationStore(parts),
    ...deliveryStore(parts),
    ...linkStore(parts),
    ...identityStore(parts),
    ...reuseStore(parts),
    ...adoptStore(parts),
    ...bundleStore(database),
    ...decisionStore(parts),
    ...intentStore(parts),
    ...peopleStore(parts),
    ...planStore(parts),
    ...oldPlanStore(database),
    ...sharedStore(database),
    ...privacyStore(parts),
    ...proofStore(parts),
    ...historyStore(database),
    ...statementStore(parts),
    ...pauseStore(parts),
    ...contractStore(parts),
    ...termsStore(parts),
    ...duplicateStore(parts),
    ...epochStore(parts),
    ...eventStore(database),
    ...subscriptionStore(database),
    ...tellingStore(parts),
    ...journalReader(database, entropy, vault),
    ...lostStore(parts),
    ...madeStore(database),
    ...keyStore(parts),
    ...answerStore(database),
    ...auditStore(parts),
    ...personStore(parts),
    ...sessionStore(database),
    ...tryStore(database),
  };
  return vault === null ? store : sealedStore(store, vault);
}
