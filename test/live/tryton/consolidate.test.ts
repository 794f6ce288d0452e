import { consolidateScenario } from "../scenarios/consolidate.ts";
import { liveTryton } from "./live-erp.ts";

// Tryton's own merge moves the documents, and they stay with the survivor; relations stay with the loser.
consolidateScenario(liveTryton, { losses: ["merge crm", "merge erp"], comeBack: [], keepsContacts: false });
