import { rights } from "@crossfoot/connector-sdk";
import type { Description, NativeField } from "@crossfoot/connector-sdk";
import { loadFacts } from "./facts.ts";
import { inventoryRoots } from "./inventory.ts";
import { invoices } from "./invoice.ts";
import { isList, isMap, scalar, text } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import { accounts, contacts } from "./party.ts";
import { pricebooks } from "./price-list.ts";
import { products } from "./product.ts";
import type { Rpc } from "./rpc.ts";
import { orders, quotes } from "./sale.ts";
import type { Shape } from "./shape.ts";
import { shipments } from "./shipment.ts";

/** Entities by the shape they are read in; stock has a reader of its own. */
export const shapes: { readonly [entity: string]: Shape } = {
  accounts,
  contacts,
  products,
  pricebooks,
  quotes,
  orders,
  invoices,
  shipments,
};

type MissingRight = rights.MissingRight;

/** What `describe` answers beyond the port: rights that are missing, for `check` to name. */
export interface TrytonDescription extends Description {
  readonly missingRights: readonly MissingRight[];
}

const { reading, writing } = rights;

const partyModels = [
  "party.party",
  "party.address",
  "party.contact_mechanism",
  "party.identifier",
  "party.relation.all",
];

/** Models that an entity stands on, with the rights it needs there. */
const needed: rights.NeededRights = {
  accounts: [
    [partyModels, writing],
    [["account.invoice.payment_term", "country.country", "company.employee"], reading],
  ],
  contacts: [[partyModels, writing]],
  products: [[["product.product", "product.template", "product.uom", "product.category"], reading]],
  pricebooks: [[["product.price_list", "product.price_list.line"], reading]],
  quotes: [
    [["sale.sale", "sale.line"], writing],
    [["account.tax", "currency.currency", "stock.location"], reading],
  ],
  orders: [[["sale.sale", "sale.line", "stock.shipment.out", "account.invoice"], reading]],
  invoices: [[["account.invoice", "account.invoice.line", "account.move", "account.move.line"], reading]],
  inventory: [[["product.product", "stock.location", "stock.move"], reading]],
  shipments: [[["stock.shipment.out", "stock.move"], reading]],
};

/** Roots that a create needs. */
const required: { readonly [entity: string]: readonly string[] } = {
  accounts: ["name"],
  contacts: ["account"],
  quotes: ["party", "currency", "lines"],
};

/**
 * What the connection is: database and company, the server's version, fields by entity, and rights that are
 * missing.
 */
export async function describe(rpc: Rpc): Promise<TrytonDescription> {
  const facts = await loadFacts(rpc);
  const version = await rpc.common("common.server.version");
  const missingRights = await findMissingRights(rpc);
  const fields: Record<string, readonly NativeField[]> = {};
  for (const [entity, shape] of Object.entries(shapes)) {
    const isReadable = !missingRights.some((each) => each.entity === entity && each.right === "read");
    fields[entity] = isReadable ? await fieldsOf(rpc, entity, shape) : [];
  }
  fields["inventory"] = inventoryRoots.map((root) => rights.shownField(root, "text"));
  const company = facts.companyCode === "" ? facts.companyName : facts.companyCode;
  return {
    tenant: `${rpc.options.database}/${facts.company}/${company}`,
    title: `${facts.companyName} (${rpc.options.database})`,
    version: typeof version === "string" ? version : null,
    fields,
    missingRights,
    missing: missingRights.map(rights.rightRequirement),
  };
}

async function findMissingRights(rpc: Rpc): Promise<readonly MissingRight[]> {
  const models = [...new Set(Object.values(needed).flatMap((rows) => rows.flatMap(([names]) => names)))];
  const answer = await rpc.call("ir.model.access.get_access", [models]);
  const access = isMap(answer) ? answer : {};
  return rights.missingRights(needed, (model, right) => isAllowed(access[model], right));
}

/** SQLite and some rules answer 1 and 0. A model that is not answered is not installed. */
const isAllowed = (access: Json | undefined, right: rights.Right): boolean =>
  isMap(access) && (access[right] === true || access[right] === 1);

async function fieldsOf(rpc: Rpc, entity: string, shape: Shape): Promise<readonly NativeField[]> {
  const answer = await rpc.call(`${shape.model}.fields_get`, [[]]);
  const native = isMap(answer) ? answer : {};
  const own = Object.entries(shape.roots).map(([root, { field, isWritten }]): NativeField => {
    const known = field === null ? undefined : native[field];
    return {
      root,
      type: isMap(known) ? (text(known, "type") ?? "text") : "map",
      isRequired: required[entity]?.includes(root) ?? false,
      isReadOnly: !isWritten || (isMap(known) && isReadOnly(known) && root !== "code"),
      lengthMax: isMap(known) && typeof known["size"] === "number" ? known["size"] : null,
    };
  });
  const others = Object.entries(native).flatMap(([name, field]) =>
    isMap(field) && shape.roots[name] === undefined ? [otherField(name, field)] : [],
  );
  return [...own, ...others];
}

const isReadOnly = (field: JsonMap): boolean => field["readonly"] === true || field["readonly"] === 1;

function otherField(root: string, field: JsonMap): NativeField {
  const isTaken = ["one2many", "many2many", "binary", "reference"].includes(text(field, "type") ?? "");
  return {
    root,
    type: text(field, "type") ?? "text",
    isRequired: false,
    isReadOnly: isTaken || isReadOnly(field),
    lengthMax: typeof field["size"] === "number" ? field["size"] : null,
    label: text(field, "string") ?? root,
    ...optionsOf(field["selection"]),
    ...(text(field, "relation") === null ? {} : { refersTo: scalar(field["relation"]) }),
  };
}

/** Options that are the same for every record; others Tryton names by the method that tells them. */
function optionsOf(selection: Json | undefined): Pick<NativeField, "options"> {
  if (!isList(selection)) return {};
  return {
    options: selection.flatMap((pair) =>
      isList(pair) ? [{ code: scalar(pair[0]), label: scalar(pair[1]) }] : [],
    ),
  };
}
