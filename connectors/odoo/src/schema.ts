import type { Description, NativeField } from "@crossfoot/connector-sdk";
import { ConnectorError, rights } from "@crossfoot/connector-sdk";
import { loadFacts } from "./facts.ts";
import { inventoryRoots } from "./inventory.ts";
import type { Odoo } from "./odoo.ts";
import { describeFields, nameRoot } from "./own-field.ts";
import type { OwnField } from "./own-field.ts";
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
  const native = await describeFields(odoo, shape.model);
  const own = Object.entries(shape.roots).flatMap(([root, { field, isWritten }]): readonly NativeField[] => {
    const known = field === null ? undefined : native.get(field);
    if (field !== null && known === undefined) return [];
    return [
      {
        root,
        type: known?.type ?? "map",
        isRequired: required[entity]?.includes(root) ?? false,
        isReadOnly: !isWritten,
        lengthMax: known?.lengthMax ?? null,
      },
    ];
  });
  const isWritable = writable.includes(entity);
  const others = [...native.values()].flatMap((field) =>
    shape.roots[field.name] === undefined ? otherFields(field, isWritable) : [],
  );
  return [...own, ...others];
}

/** Entities of which anything is written. */
const writable: readonly string[] = ["accounts", "contacts", "quotes"];

const closedTypes: readonly string[] = [
  ...["one2many", "many2many", "binary", "reference", "many2one_reference"],
  ...["properties", "properties_definition", "json"],
];

/** A field that no root of ours stands for, as it is; a many2one also by the name of its record. */
function otherFields(field: OwnField, isWritable: boolean): readonly NativeField[] {
  const { name, type, lengthMax, label, options, relation, isAdded } = field;
  const one = {
    root: name,
    type,
    isRequired: false,
    isReadOnly: !isWritable || field.isReadOnly || closedTypes.includes(type),
    lengthMax,
    label,
    ...(options === null ? {} : { options }),
    ...(relation === null ? {} : { refersTo: relation }),
    ...(isAdded ? { isOwn: true } : {}),
  };
  return type === "many2one" ? [one, { ...one, root: nameRoot(name), type: "char" }] : [one];
}
