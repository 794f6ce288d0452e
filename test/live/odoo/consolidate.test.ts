import { consolidateScenario } from "../scenarios/consolidate.ts";
import { liveOdoo } from "./live-erp.ts";

// Odoo's own merge deletes the loser for good; what is put away can be brought back under its id.
consolidateScenario(liveOdoo, {
  losses: ["merge crm", "archive erp"],
  comeBack: ["orders", "invoices"],
  keepsContacts: true,
});
