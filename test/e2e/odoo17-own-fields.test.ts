import { ownFieldScenario } from "../live/odoo/own-field-scenario.ts";
import { odoo17, openOdoo17System } from "./odoo17/system.ts";

ownFieldScenario({ ...odoo17, openWithDesk: openOdoo17System });
