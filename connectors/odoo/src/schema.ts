import type { Description, NativeField } from "@crossfoot/connector-sdk";
import { ConnectorError, rights } from "@crossfoot/connector-sdk";
import { loadFacts } from "./facts.ts";
import { inventoryRoots } from "./inventory.ts";
import { isMap, text } from "./native.ts";
import type { JsonMap } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { missingFields } from "./prepare.ts";
import type { Shape } from "./shape.ts";
import { shapes } from "./shapes.ts";

const { reading, writing } = rights;

/** Models that an entity stands on, with the rights it needs there. */
const needed: rights.NeededRights = {
  accounts: [
    [["res.partner"], writing],
    [["res.country", "res.country.state", "account.payment.term"], reading],
  ],
  contacts: [[["res.partner"], writing]],
  products: [[["product.product", "product.template", "product.category", "account.tax"], reading]],
  pricebooks: [[["product.pricelist", "product.pricelist.item"], reading]],
  quotes: [
    [["sale.order", "sale.order.line"], writing],
    [["product.pricelist", "stock.warehouse", "res.currency"], reading],
  ],
  orders: [[["sale.order", "sale.order.line", "account.move"], reading]],
  invoices: [[["account.move", "account.move.line"], reading]],
  inventory: [[["product.product", "stock.quant", "stock.move", "stock.location"], reading]],
  shipments: [[["stock.picking", "stock.move"], reading]],
};

/** Roots that a create needs. */
const required: { readonly [entity: string]: readonly string[] } = {
  accounts: ["name"],
  contacts: ["account"],
  quotes: ["partner", "currency", "lines"],
};

/** What the connection is: database and company, version, fields by entity, and rights that are missing. */
export async function describe(odoo: Odoo): Promise<Description> {
  const facts = await loadFacts(odoo);
  const { versionText } = await odoo.open();
  const missingRights = await findMissingRights(odoo);
  const fields: Record<string, readonly NativeField[]> = {};
  for (const [entity, shape] of Object.entries(shapes)) {
    const isReadable = !missingRights.some((each) => each.entity === entity && each.right === "read");
    fields[entity] = isReadable ? await fieldsOf(odoo, entity, shape) : [];
  }
  fields["inventory"] = inventoryRoots.map((root) => rights.shownField(root, "text"));
  return {
    tenant: `${odoo.options.database}/${facts.company}`,
    title: `${facts.companyName} (${odoo.options.database})`,
    version: versionText,
    fields,
    missing: [...missingRights.map(rights.rightRequirement), ...(await missingFields(odoo))],
  };
}

async function findMissingRights(odoo: Odoo): Promise<readonly rights.MissingRight[]> {
  const pairs = Object.values(needed).flatMap((rows) =>
    rows.flatMap(([models, wanted]) => models.flatMap((model) => wanted.map((right) => `${model}/${right}`))),
  );
  const allowed = new Map<string, boolean>();
  for (const pair of new Set(pairs)) {
    const [model = "", right = ""] = pair.split("/");
    allowed.set(pair, await isAllowed(odoo, model, right));
  }
  return rights.missingRights(needed, (model, right) => allowed.get(`${model}/${right}`) === true);
}

/** A model that does not exist is not installed: the right to it is missing likewise. */
async function isAllowed(odoo: Odoo, model: string, right: string): Promise<boolean> {
  try {
    const args = { operation: right, raise_exception: false };
    return (await odoo.call({ model, method: "check_access_rights", args })) === true;
  } catch (error) {
    if (error instanceof ConnectorError && error.failure === "unsupported") return false;
    throw error;
  }
}

async function fieldsOf(odoo: Odoo, entity: string, shape: Shape): Promise<readonly NativeField[]> {
  const args = { allfields: [], attributes: ["type", "readonly", "size"] };
  const answer = await odoo.call({ model: shape.model, method: "fields_get", args });
  const native = isMap(answer) ? answer : {};
  const own = Object.entries(shape.roots).flatMap(([root, { field, isWritten }]): readonly NativeField[] => {
    const known = field === null ? undefined : native[field];
    if (field !== null && known === undefined) return [];
    return [
      {
        root,
        type: isMap(known) ? (text(known, "type") ?? "text") : "map",
        isRequired: required[entity]?.includes(root) ?? false,
        isReadOnly: !isWritten,
        lengthMax: isMap(known) && typeof known["size"] === "number" ? known["size"] : null,
      },
    ];
  });
  const others = Object.entries(native).flatMap(([name, field]) =>
    isMap(field) && shape.roots[name] === undefined ? [otherField(name, field)] : [],
  );
  return [...own, ...others];
}

const closedTypes: readonly string[] = ["one2many", "many2many", "binary", "reference", "many2one_reference"];

function otherField(root: string, field: JsonMap): NativeField {
  const type = text(field, "type") ?? "text";
  return {
    root,
    type,
    isRequired: false,
    isReadOnly: closedTypes.includes(type) || field["readonly"] === true,
    lengthMax: typeof field["size"] === "number" ? field["size"] : null,
  };
}
