/**
 * A second writer, as a person at Tryton's own screens would be: plain JSON-RPC, nothing of the connector.
 */

/** A value as JSON-RPC carries it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A record, a form or a context. */
export type Row = { readonly [key: string]: Json };

/** The person's hands: methods, searches and wizards. */
export interface Admin {
  readonly call: (method: string, ...parameters: readonly Json[]) => Promise<Json>;
  readonly find: (
    model: string,
    domain: readonly Json[],
    fields: readonly string[],
  ) => Promise<readonly Row[]>;
  /** Runs a wizard: each step fills the form that is shown and presses a button. */
  readonly wizard: (
    name: string,
    steps: readonly (readonly [button: string, values: Row])[],
    on: On,
  ) => Promise<void>;
  /** A call with more in its context, such as the list and the customer that a price is asked for. */
  readonly callIn: (more: Row, method: string, ...parameters: readonly Json[]) => Promise<Json>;
}

interface On {
  readonly model: string;
  readonly id: number;
}

interface Login {
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

interface Shown {
  readonly view?: {
    readonly state: string;
    readonly defaults?: Row;
    readonly fields_view: { readonly fields: Row };
  };
}

/** A decimal as Tryton takes it. */
export const dec = (text: string): Row => ({ __class__: "Decimal", decimal: text });

/** Logs in as a person. */
export async function loginAs({ url, database, user, password }: Login): Promise<Admin> {
  const post = async (method: string, params: readonly Json[], authorization?: string): Promise<Json> => {
    const response = await fetch(`${url}/${database}/`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify({ id: 1, method, params }),
    });
    const body = (await response.json()) as { readonly result?: Json; readonly error?: Json };
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error).slice(0, 500)}`);
    return body.result ?? null;
  };
  const [id, key] = (await post("common.db.login", [user, { password }, "en"])) as readonly [number, string];
  const authorization = `Session ${Buffer.from(`${user}:${id}:${key}`).toString("base64")}`;
  const context = (await post("model.res.user.get_preferences", [true, {}], authorization)) as Row;
  const callIn: Admin["callIn"] = async (more, method, ...parameters) =>
    post(`model.${method}`, [...parameters, { ...context, ...more }], authorization);
  const call: Admin["call"] = async (method, ...parameters) => callIn({}, method, ...parameters);
  return {
    call,
    callIn,
    find: async (model, domain, fields) =>
      (await call(`${model}.search_read`, domain, 0, null, [["id", "ASC"]], fields)) as readonly Row[],
    wizard: async (name, steps, on) => {
      const here = { ...context, active_model: on.model, active_id: on.id, active_ids: [on.id] };
      const execute = async (values: Row, button: string): Promise<Shown> =>
        (await post(
          `wizard.${name}.execute`,
          [sid, values, button, here],
          authorization,
        )) as unknown as Shown;
      const [sid, start] = (await post(`wizard.${name}.create`, [here], authorization)) as readonly [
        number,
        string,
      ];
      const values: Record<string, Json> = {};
      let shown = await execute(values, start);
      for (const [button, given] of steps) {
        if (shown.view !== undefined) values[shown.view.state] = filled(shown.view, given);
        shown = await execute(values, button);
      }
      await post(`wizard.${name}.delete`, [sid, here], authorization);
    },
  };
}

/**
 * Every field of a form, its defaults, and what the person typed. Keys with a point are for the screen only.
 */
function filled(view: NonNullable<Shown["view"]>, given: Row): Row {
  const empty = Object.keys(view.fields_view.fields).map((field) => [field, null] as const);
  const defaults = Object.entries(view.defaults ?? {}).filter(([field]) => !field.endsWith("."));
  return { ...Object.fromEntries(empty), ...Object.fromEntries(defaults), ...given };
}
