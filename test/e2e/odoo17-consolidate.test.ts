import { consolidateScenario } from "../live/scenarios/consolidate.ts";
import { odoo17 } from "./odoo17/system.ts";

consolidateScenario(odoo17, {
  losses: ["merge crm", "archive erp"],
  comeBack: ["orders", "invoices"],
  keepsContacts: true,
});
