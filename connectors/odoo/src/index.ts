export { createOdoo } from "./odoo.ts";
export type { Login, Odoo, Rows, Search } from "./odoo.ts";
export { checkOptions, ownReferenceField, readOptions } from "./options.ts";
export type { Options as OdooOptions } from "./options.ts";
export type { Call } from "./wire.ts";
