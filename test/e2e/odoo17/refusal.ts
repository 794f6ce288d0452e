/** An exception of Odoo by its Python name: whoever raises one rolls the call back. */
export class Refusal extends Error {
  readonly kind: string;

  constructor(kind: string, message: string) {
    super(message);
    this.kind = kind;
  }
}

const odoo =
  (kind: string) =>
  (message: string): Refusal =>
    new Refusal(`odoo.exceptions.${kind}`, message);

export const userError = odoo("UserError");
export const validationError = odoo("ValidationError");
export const accessError = odoo("AccessError");
export const accessDenied = (): Refusal => odoo("AccessDenied")("Access Denied");
export const valueError = (message: string): Refusal => new Refusal("builtins.ValueError", message);

export const invalidField = (model: string, field: string): Refusal =>
  valueError(`Invalid field '${field}' on model '${model}'`);
export const missingError = (at: { readonly model: string; readonly id: number; readonly user: number }) =>
  odoo("MissingError")(
    `Record does not exist or has been deleted.\n(Record: ${at.model}(${at.id},), User: ${at.user})`,
  );
