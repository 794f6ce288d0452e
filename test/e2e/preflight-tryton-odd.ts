/** Customers and products of Tryton's seed that somebody makes odd, each in a way of its own. */
import { dec } from "crossfoot/testing";
import type { Admin } from "crossfoot/testing";

/** A product that only the CRM knows. */
export const SALES_ONLY = "SALES-ONLY";

/** Numbers of customers that are odd; those before the first of them are usual. */
export const oddCustomer = { first: 17, homeless: "C00019", inactive: "C00020" } as const;

const codes = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `P${String(from + at).padStart(3, "0")}`);

/** Codes of products by what is odd about them. */
export const oddProduct = {
  usual: codes(1, 24),
  service: "P025",
  inactive: "P030",
  notSold: "P031",
  noTax: "P032",
  duty: "P033",
  free: "P034",
} as const;

/** Makes them so. Rejects when Tryton has not what its seed has. */
export async function makeTrytonOdd(admin: Admin): Promise<void> {
  const templateOf = async (code: string): Promise<number> => {
    const [row] = await admin.find("product.product", [["code", "=", code]], ["template"]);
    if (row === undefined) throw new Error(`no product ${code}`);
    return Number(row["template"]);
  };
  const partyOf = async (code: string): Promise<number> => {
    const [row] = await admin.find("party.party", [["code", "=", code]], ["id"]);
    if (row === undefined) throw new Error(`no customer ${code}`);
    return Number(row["id"]);
  };
  const write = (model: string, id: number, values: Parameters<typeof dec>[0] | object): Promise<unknown> =>
    admin.call(`${model}.write`, [id], values as never);
  await write("party.party", await partyOf(oddCustomer.inactive), { active: false });
  const homeless = await partyOf(oddCustomer.homeless);
  for (const { id } of await admin.find("party.address", [["party", "=", homeless]], ["id"]))
    await write("party.address", Number(id), { active: false });
  const [variant] = await admin.find("product.product", [["code", "=", oddProduct.inactive]], ["id"]);
  await write("product.product", Number(variant?.["id"]), { active: false });
  await write("product.template", await templateOf(oddProduct.notSold), { salable: false });
  await write("product.template", await templateOf(oddProduct.noTax), { account_category: null });
  await write("product.template", await templateOf(oddProduct.free), { list_price: dec("0") });
  await write("product.template", await templateOf(oddProduct.duty), { account_category: await duty(admin) });
}

/** A category of goods with a tax of so much a piece beside the usual one. */
async function duty(admin: Admin): Promise<number> {
  const [usual] = await admin.find(
    "account.tax",
    [["type", "=", "percentage"]],
    ["company", "invoice_account", "credit_note_account"],
  );
  if (usual === undefined) throw new Error("no tax");
  const { company = null, invoice_account = null, credit_note_account = null } = usual;
  const [tax] = (await admin.call("account.tax.create", [
    {
      ...{ name: "Duty", description: "Duty", type: "fixed", amount: dec("0.35") },
      ...{ company, invoice_account, credit_note_account },
    },
  ])) as readonly number[];
  const [category] = await admin.find("product.category", [["accounting", "=", true]], ["customer_taxes"]);
  const [made] = (await admin.call("product.category.copy", [Number(category?.["id"])], {
    name: "Goods under a duty",
  })) as readonly number[];
  if (made === undefined || tax === undefined) throw new Error("no category was made");
  await admin.call("product.category.write", [made], { customer_taxes: [["add", [tax]]] });
  return made;
}
