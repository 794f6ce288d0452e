import type { Desk } from "./desk.ts";

/** The field that holds our reference, on a partner and on an order. */
export const referenceField = "x_crossfoot_reference";
const models = ["res.partner", "sale.order"];

/**
 * Adds what the connector rests on, as an administrator does once. A field that is there stays as it is. A
 * copy of a record has no reference: it is another record.
 */
export async function prepareOdoo(desk: Desk): Promise<void> {
  for (const model of models) {
    const named = [
      ["model", "=", model],
      ["name", "=", referenceField],
    ];
    if ((await desk.find("ir.model.fields", named, ["name"])).length > 0) continue;
    const [row] = await desk.find("ir.model", [["model", "=", model]], ["model"]);
    const field = {
      model_id: row?.["id"] ?? null,
      name: referenceField,
      field_description: "Crossfoot reference",
      ttype: "char",
      state: "manual",
      index: true,
      copied: false,
    };
    await desk.call("ir.model.fields", "create", { vals_list: [field] });
  }
}
