import { listOf, mapOf, serveSystem, textOf } from "./unknown-wire.ts";
import type { Asked, Json, JsonMap, Told, Wire } from "./unknown-wire.ts";

/**
 * Quarry ERP, written for one test: a key in a header, Hungarian snake case, search by POST with a filter in
 * the body and a link to go on, dates as DD.MM.YYYY, stamps in epoch seconds, decimals as text with the
 * currency in a column of its own, versions in the body, one upsert for everything whose outcomes come in
 * another order, and 200 for every no.
 */
export interface Quarry extends Wire {
  readonly key: string;
  all(table: Table): readonly JsonMap[];
  add(table: Table, row: JsonMap): number;
  edit(table: Table, id: number, row: JsonMap): void;
  remove(table: Table, id: number): void;
  find(table: Table, field: string, value: Json): JsonMap;
  writes(): readonly Asked[];
}

type Table = "cust" | "pers" | "art" | "off" | "ord";
const tables: readonly Table[] = ["cust", "pers", "art", "off", "ord"];
/** Columns that text of more characters does not fit in. */
const widths: { readonly [column: string]: number } = { s_name: 40, s_family: 30, s_phone: 30 };

interface Books {
  readonly rows: { readonly [table in Table]: Map<number, JsonMap> };
  readonly searches: Map<string, { readonly body: string; readonly from: number }>;
  counter: number;
}

const yes = (body: JsonMap): Told => ({
  status: 200,
  headers: { "x-quarry-budget": "500", "x-quarry-left": "499", "x-quarry-reset": "60" },
  body: { ok: true, ...body },
});
const no = (code: string, column?: string): Told => ({
  status: 200,
  body: {
    ok: false,
    err: { code, text: `Fehler ${code}`, ...(column === undefined ? {} : { fld: column }) },
  },
});

const cents = (value: number): string => (Math.round(value * 100) / 100).toFixed(2);

/** Position ids, amounts in the system's own number of decimals, and totals. */
function worked(books: Books, row: JsonMap): JsonMap {
  if (!Array.isArray(row["p_pos"])) return row;
  const positions = listOf(row["p_pos"]).map((one): JsonMap => {
    const position = mapOf(one);
    const share = 1 - Number(position["n_disc"] ?? 0) / 100;
    const net = Number(position["n_qty"]) * Number(position["c_price"]) * share;
    const id = position["i_pos"] ?? (books.counter += 1);
    const price = Number(position["c_price"]).toFixed(4);
    const amounts = { c_price: price, c_net: cents(net), c_tax: cents(net * 0.19) };
    return { ...position, i_pos: id, n_qty: Number(position["n_qty"]).toFixed(3), ...amounts };
  });
  const net = positions.reduce((sum, position) => sum + Number(position["c_net"]), 0);
  const tax = net * 0.19;
  return {
    ...row,
    p_pos: positions,
    c_net: cents(net),
    c_tax: cents(tax),
    c_gross: cents(net + Number(cents(tax))),
  };
}

function store(books: Books, at: { table: Table; id: number | null; by: string }, row: JsonMap): JsonMap {
  const id = at.id ?? (books.counter += 1);
  const before = books.rows[at.table].get(id);
  const version = Number(before?.["n_ver"] ?? 0) + 1;
  const stamps = { i_id: id, n_ver: version, t_chg: Math.floor(Date.now() / 1000), s_chg_by: at.by };
  const stored = { ...worked(books, { b_arch: false, ...before, ...row }), ...stamps };
  books.rows[at.table].set(id, stored);
  return stored;
}

/** One condition of a search: column, operator, value. */
function fits(row: JsonMap, condition: Json): boolean | undefined {
  const [column, operator, value = null] = listOf(condition);
  const there = row[textOf(column)] ?? null;
  if (operator === "=") return there === value;
  if (operator === "in") return listOf(value).includes(there);
  // No text is compared with a number here, whatever it looks like.
  if (operator === ">=" && typeof value === "number") return Number(there) >= value;
  return undefined;
}

const pageSize = 4;

function query(books: Books, asked: Asked): Told {
  const body = JSON.stringify(asked.body);
  const mark = asked.query.get("cont");
  const going = mark === null ? { body, from: 0 } : books.searches.get(mark);
  if (going === undefined || going.body !== body) return no("E-CONT");
  const { tab, where, take } = mapOf(asked.body);
  if (!tables.includes(tab as Table)) return no("E-TAB");
  if (!Number.isInteger(take)) return no("E-TYPE", "take");
  const conditions = listOf(where);
  const rows = [...books.rows[tab as Table].values()];
  if (rows.some((row) => conditions.some((one) => fits(row, one) === undefined)))
    return no("E-TYPE", "where");
  const found = rows.filter((row) => conditions.every((one) => fits(row, one)));
  const size = Math.min(Number(take), pageSize);
  const to = going.from + size;
  if (found.length <= to) return yes({ rows: found.slice(going.from, to), next: null });
  books.counter += 1;
  const next = `c${books.counter}`;
  books.searches.set(next, { body, from: to });
  return yes({ rows: found.slice(going.from, to), next: `/q1/query?cont=${next}` });
}

/** What is wrong with a row that somebody sends: the code and the column. */
function faultOf(row: JsonMap): readonly [string, string] | undefined {
  for (const [column, value] of Object.entries(row)) {
    const isDecimal = column.startsWith("c_") || column === "n_qty" || column === "n_disc";
    if (isDecimal && value !== null && !/^-?\d+(\.\d+)?$/.test(typeof value === "string" ? value : "x"))
      return ["E-TYPE", column];
    if (column.startsWith("i_") && value !== null && !Number.isInteger(value)) return ["E-TYPE", column];
    if (column.startsWith("d_") && value !== null && !/^\d{2}\.\d{2}\.\d{4}$/.test(textOf(value))) {
      return ["E-TYPE", column];
    }
    const width = widths[column];
    if (width !== undefined && typeof value === "string" && value.length > width) return ["E-LEN", column];
  }
  const inner = listOf(row["p_pos"]).map((one) => faultOf(mapOf(one)));
  const computed = ["c_net", "c_tax", "c_gross"].find((column) => row[column] !== undefined);
  return (
    inner.find((one) => one !== undefined) ?? (computed === undefined ? undefined : ["E-CALC", computed])
  );
}

/** What the system gives a row by itself when it is made. */
function numbered(books: Books, table: Table): JsonMap {
  if (table === "cust") return { s_no: `K${10_000 + books.rows.cust.size}` };
  return table === "off" ? { s_no: `AN-${books.rows.off.size + 1}`, s_state: "E" } : {};
}

function upsertOne(books: Books, table: Table, given: JsonMap): JsonMap {
  const key = given["k"] ?? null;
  const { i_id: id = null, n_ver: version = null, ...row } = mapOf(given["row"]);
  const bad = (code: string, fld: string): JsonMap => ({ k: key, code, fld });
  const before = id === null ? undefined : books.rows[table].get(Number(id));
  if (id !== null && before === undefined) return bad("E-404", "i_id");
  if (before !== undefined && before["n_ver"] !== version) return bad("E-VER", "n_ver");
  const fault = faultOf(row);
  if (fault !== undefined) return bad(...fault);
  const at = { table, id: id === null ? null : Number(id), by: "api" };
  const stored = store(books, at, id === null ? { ...numbered(books, table), ...row } : row);
  return { k: key, code: "OK", row: stored };
}

/** Confirms an offer: it becomes an order at once. */
function confirm(books: Books, offer: JsonMap): Told {
  if (offer["s_state"] !== "E") return no("E-STATE", "s_state");
  const positions = listOf(offer["p_pos"]).map((one): JsonMap => {
    const { i_pos: _pos, s_xref: _ref, ...position } = mapOf(one);
    return position;
  });
  const { i_cust = null, s_curr = null, s_terms = null, s_theirs = null, d_off = null } = offer;
  const head = {
    i_cust,
    s_curr,
    s_terms,
    s_theirs,
    d_ord: d_off,
    s_state: "O",
    i_off: offer["i_id"] ?? null,
  };
  const number = `AB-${books.rows.ord.size + 1}`;
  store(books, { table: "ord", id: null, by: "quarry" }, { ...head, s_no: number, p_pos: positions });
  const id = Number(offer["i_id"]);
  return yes({ row: store(books, { table: "off", id, by: "api" }, { s_state: "A" }) });
}

function act(books: Books, body: JsonMap): Told {
  const table = body["tab"] as Table;
  const row = books.rows[table]?.get(Number(body["i_id"]));
  if (row === undefined) return no("E-404", "i_id");
  if (row["n_ver"] !== body["n_ver"]) return no("E-VER", "n_ver");
  if (body["act"] === "confirm" && table === "off") return confirm(books, row);
  if (body["act"] !== "close") return no("E-ACT", "act");
  return yes({ row: store(books, { table, id: Number(body["i_id"]), by: "api" }, { b_arch: true }) });
}

function answer(books: Books, asked: Asked): Told {
  const [, root, call, table = "", id = ""] = asked.path.split("/");
  if (root !== "q1") return no("E-PATH");
  if (call === "whoami") return yes({ s_mandant: "0042", s_title: "Quarry", s_release: "8.1" });
  if (call === "rec") {
    const row = books.rows[table as Table]?.get(Number(id));
    return row === undefined ? no("E-404") : yes({ row });
  }
  const body = mapOf(asked.body);
  if (call === "query") return query(books, asked);
  if (call === "do") return act(books, body);
  if (call !== "upsert" || !tables.includes(body["tab"] as Table)) return no("E-PATH");
  const results = listOf(body["rows"]).map((one) => upsertOne(books, body["tab"] as Table, mapOf(one)));
  return yes({ res: results.toReversed() });
}

/** Starts an empty Quarry ERP on a free port. */
export async function startQuarry(): Promise<Quarry> {
  const key = "quarry-key-1";
  const books: Books = {
    rows: { cust: new Map(), pers: new Map(), art: new Map(), off: new Map(), ord: new Map() },
    searches: new Map(),
    counter: 100,
  };
  const wire = await serveSystem((asked) =>
    asked.headers["x-quarry-key"] === key ? answer(books, asked) : no("E-AUTH"),
  );
  const all = (table: Table): readonly JsonMap[] => [...books.rows[table].values()];
  return {
    ...wire,
    key,
    all,
    add: (table, row) => Number(store(books, { table, id: null, by: "bob" }, row)["i_id"]),
    edit: (table, id, row) => void store(books, { table, id, by: "bob" }, row),
    remove: (table, id) => void books.rows[table].delete(id),
    find: (table, field, value) => {
      const found = all(table).filter((row) => row[field] === value);
      if (found.length !== 1) throw new Error(`${found.length} of ${table} have ${field} ${textOf(value)}`);
      return found[0] as JsonMap;
    },
    writes: () => wire.asked.filter(({ path }) => path === "/q1/upsert" || path === "/q1/do"),
  };
}
