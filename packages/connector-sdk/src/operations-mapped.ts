import { ConnectorError, failureRecord } from "./failure.ts";
import type { OperationAbilities } from "./manifest.ts";
import { readForm, writeForm } from "./mapping-form.ts";
import type { FieldMapping, Mapping, ValueForm } from "./mapping-types.ts";
import type {
  AvailabilityRequest,
  Operations,
  OrderStatus,
  PricedRow,
  PriceRequest,
  RefusedRow,
  StockedRow,
} from "./operations.ts";

/** What stands between a connection's operations and those who use our codes. */
export interface OperationsOf {
  readonly operations: Operations;
  readonly abilities: OperationAbilities;
  readonly mapping: Mapping;
}

/** Turns codes of one place of a mapping into ours and back. */
interface Codes {
  readonly toNative: (code: string) => string;
  readonly toOurs: (code: string) => string;
}

const code = { kind: "code" } as const;

function refusal(problem: "unit_unmapped" | "state_unmapped", what: string): ConnectorError {
  return new ConnectorError({
    failure: "invalid",
    code: problem,
    message: `${what} has a code that the mapping does not list under \`values\``,
  });
}

const same: Codes = { toNative: (each) => each, toOurs: (each) => each };

/** Codes by the value map of a field; without one they are the same on both sides. */
function codesOf(form: ValueForm | undefined, refused: () => ConnectorError): Codes {
  if (form === undefined || form.values === null) return same;
  return {
    toNative: (each) => {
      const written = writeForm(code, form, each);
      if (written.ok && typeof written.native === "string") return written.native;
      throw refused();
    },
    toOurs: (each) => {
      const read = readForm(code, form, { raw: each, isReckoned: false });
      if (read.ok && typeof read.value === "string") return read.value;
      throw refused();
    },
  };
}

const formOf = (field: FieldMapping | undefined): ValueForm | undefined =>
  field?.source.from === "path" ? field.source.form : undefined;

function fieldOf(mapping: Mapping, entity: string, name: string): FieldMapping | undefined {
  return mapping.entities[entity]?.fields[name];
}

/** The unit of the quantity on the lines of a document. */
function lineUnit(mapping: Mapping, entity: string): ValueForm | undefined {
  const lines = fieldOf(mapping, entity, "lines")?.source;
  const quantity = lines?.from === "list" ? lines.fields["quantity"]?.source : undefined;
  return quantity?.from === "quantity" ? formOf(quantity.unit) : undefined;
}

const refused = (error: unknown): RefusedRow => ({ ok: false, failure: failureRecord(error) });

/** Rejects when more is asked for than the manifest says that one request takes. */
function checkCount(count: number, max: number | undefined): void {
  if (max === undefined || count <= max) return;
  const message = `${count} rows were asked for at once, at most ${max} are answered`;
  throw new ConnectorError({ failure: "invalid", code: "too_many_rows", message });
}

/** Asks for the rows that can be asked for, and puts the others in their places as refused. */
async function askRows<Asked, Row extends { readonly ok: boolean }, Answer>(
  rows: readonly Asked[],
  translate: (row: Asked) => Asked,
  ask: (rows: readonly Asked[]) => Promise<{ readonly rows: readonly Row[]; readonly answer: Answer }>,
): Promise<{ readonly rows: readonly (Row | RefusedRow)[]; readonly answer: Answer }> {
  const places: (Asked | RefusedRow)[] = rows.map((row) => {
    try {
      return translate(row);
    } catch (error) {
      return refused(error);
    }
  });
  const isAsked = (place: Asked | RefusedRow): place is Asked => !isRefused(place);
  const { rows: told, answer } = await ask(places.filter(isAsked));
  const left = [...told];
  return { rows: places.map((place) => (isAsked(place) ? (left.shift() as Row) : place)), answer };
}

function isRefused(place: unknown): place is RefusedRow {
  return typeof place === "object" && place !== null && "ok" in place && place.ok === false;
}

/** A row in our codes; refused when it holds one that the mapping does not know. */
function ours<Row>(row: Row | RefusedRow, translate: (row: Row) => Row): Row | RefusedRow {
  if (isRefused(row)) return row;
  try {
    return translate(row);
  } catch (error) {
    return refused(error);
  }
}

/**
 * The operations of a connection with our codes of units and states in place of its own, by the value maps
 * of its mapping: units of prices as on lines of quotes, units of stock as in the inventory, units of orders
 * as on their lines. A row with a code that the mapping does not know is refused alone. Offers what the
 * connection offers; rejects a request that is longer than the manifest allows.
 */
export function mappedOperations({ operations, abilities, mapping }: OperationsOf): Operations {
  const { price, availability, orderStatus, credit, quoteToOrder } = operations;
  return {
    ...(price === undefined ? {} : { price: mappedPrice(price, { abilities, mapping }) }),
    ...(availability === undefined
      ? {}
      : { availability: mappedAvailability(availability, { abilities, mapping }) }),
    ...(orderStatus === undefined ? {} : { orderStatus: mappedStatus(orderStatus, { abilities, mapping }) }),
    ...(credit === undefined ? {} : { credit }),
    ...(quoteToOrder === undefined ? {} : { quoteToOrder }),
  };
}

type Under = Pick<OperationsOf, "abilities" | "mapping">;

function mappedPrice(price: NonNullable<Operations["price"]>, { abilities, mapping }: Under): typeof price {
  const units = codesOf(lineUnit(mapping, "quotes"), () => refusal("unit_unmapped", "a line"));
  return async (request: PriceRequest) => {
    checkCount(request.lines.length, abilities.price?.linesMax);
    const { rows, answer } = await askRows(
      request.lines,
      (line) => ({ ...line, unit: units.toNative(line.unit) }),
      async (lines) => {
        const told = await price({ ...request, lines });
        return { rows: told.rows, answer: told };
      },
    );
    const mapped = rows.map((row) =>
      ours<PricedRow>(row, (each) => ({ ...each, unit: units.toOurs(each.unit) })),
    );
    return { ...answer, rows: mapped, totals: mapped.every(({ ok }) => ok) ? answer.totals : null };
  };
}

function mappedAvailability(
  availability: NonNullable<Operations["availability"]>,
  { abilities, mapping }: Under,
): typeof availability {
  const refusedUnit = (): ConnectorError => refusal("unit_unmapped", "a quantity");
  const asked = codesOf(lineUnit(mapping, "quotes"), refusedUnit);
  const told = codesOf(formOf(fieldOf(mapping, "inventory", "unit")), refusedUnit);
  return async (request: AvailabilityRequest) => {
    checkCount(request.rows.length, abilities.availability?.rowsMax);
    const { rows } = await askRows<AvailabilityRequest["rows"][number], StockedRow | RefusedRow, null>(
      request.rows,
      (row) =>
        row.wanted === null
          ? row
          : { ...row, wanted: { ...row.wanted, unit: asked.toNative(row.wanted.unit) } },
      async (each) => ({ rows: (await availability({ ...request, rows: each })).rows, answer: null }),
    );
    return {
      rows: rows.map((row) => ours<StockedRow>(row, (each) => ({ ...each, unit: told.toOurs(each.unit) }))),
    };
  };
}

function mappedStatus(
  orderStatus: NonNullable<Operations["orderStatus"]>,
  { abilities, mapping }: Under,
): typeof orderStatus {
  const units = codesOf(lineUnit(mapping, "orders"), () => refusal("unit_unmapped", "a line"));
  const statesOf = (entity: string): Codes =>
    codesOf(formOf(fieldOf(mapping, entity, "status")), () =>
      refusal("state_unmapped", `a state of ${entity}`),
    );
  const [orders, shipments] = [statesOf("orders"), statesOf("shipments")];
  return async (request) => {
    checkCount(request.orders.length, abilities.orderStatus?.rowsMax);
    const rows = await orderStatus(request);
    return rows.map((row) =>
      ours<OrderStatus>(row, (each) => ({
        ...each,
        state: orders.toOurs(each.state),
        lines: each.lines.map((line) => ({ ...line, unit: units.toOurs(line.unit) })),
        shipments: each.shipments.map((sent) => ({ ...sent, state: shipments.toOurs(sent.state) })),
      })),
    );
  };
}
