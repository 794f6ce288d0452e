import { decimals } from "@crossfoot/connector-sdk";
import type { Fields, Line, LinkId, Value } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { ChangeWish } from "./change-port.ts";
import type { OrderLine } from "./change-rights.ts";
import { idOn, readName, Refused, sideOfRole } from "./moment-names.ts";
import { quoteNow } from "./moment-preflight.ts";
import { isZero, linesOf, part, text } from "./preflight-words.ts";
import { familiesOf } from "./revisions.ts";
import { readBundles } from "./assess.ts";
import type { World } from "./world.ts";

/** An order as the ERP shows it. */
export interface OrderShown {
  readonly fields: Fields;
  readonly lines: readonly OrderLine[];
}

/**
 * What a quote of the CRM wants changed of an order: the order of that quote, or of another revision of it.
 * Lines are paired by product and unit in their order; what the quote does not have goes away, what only it
 * has comes on top. Reads the quote as the CRM shows it now. Throws a Refused where the customer has not
 * accepted it, where it is another quote's order, and where a price differs: an order keeps its prices.
 */
export async function wishOfQuote(
  world: World,
  {
    quote,
    order,
    signal,
  }: { readonly quote: string; readonly order: OrderShown; readonly signal: AbortSignal },
): Promise<ChangeWish> {
  const crm = sideOfRole(world, "crm");
  const named = readName(world, quote);
  const isOwn = "id" in named && named.connection === crm.id;
  const id = isOwn ? named.id : await idOn(world, crm, { entity: "quotes", name: quote });
  const wanted = await quoteNow(world, crm, { id, signal });
  const status = text(wanted["status"]) ?? "in no known state";
  if (status !== "accepted" && status !== "converted")
    throw new Refused("not_accepted", `the quote ${quote} is ${status}; accept it first`);
  const key = { connection: crm.id, entity: "quotes", id } as const;
  const link = (await world.store.linksOf([key])).get(recordName(key));
  if (link === undefined) throw new Refused("held", `the quote ${quote} has no link yet; run first`);
  if (!(await isOrderOf(world, link, order.fields)))
    throw new Refused("invalid", `the order was made of no revision of the quote ${quote}`);
  return {
    ...linesWanted(linesOf(wanted), { lines: order.lines, freight: amountOf(order.fields["freight"]) }),
    ...headWanted(wanted, order.fields),
  };
}

/** Whether an order was made of a quote, or of another revision of it; false where it names no quote. */
async function isOrderOf(world: World, quote: LinkId, order: Fields): Promise<boolean> {
  const policy = world.policies.find(({ entity }) => entity === "quotes");
  const source = part(order["quote"], "link");
  if (source === null || policy === undefined) return false;
  if (source === quote) return true;
  const read = await readBundles({ world, policy }, await world.store.loadBundles([quote]));
  return ((await familiesOf(world, policy, read)).get(quote)?.siblings ?? []).some(
    ({ link }) => link === source,
  );
}

const heads = ["requestedDate", "customerOrderNumber"] as const;

/** Heads that the quote says, and says otherwise; one that it leaves blank stays. */
function headWanted(quote: Fields, order: Fields): Pick<ChangeWish, (typeof heads)[number]> {
  const differing = heads.flatMap((field): [string, string][] => {
    const value = text(quote[field]);
    return value === null || value === "" || value === text(order[field]) ? [] : [[field, value]];
  });
  return Object.fromEntries(differing);
}

const sortOf = ({ fields }: Pick<Line, "fields">): string =>
  `${part(fields["product"], "link")}\n${part(fields["quantity"], "unit")}`;

/**
 * The lines of a quote as a change of an order's. What only the order has goes away, but for its freight
 * where the ERP has that as a line. Throws a Refused where a price differs. Pure.
 */
export function linesWanted(
  quoted: readonly Line[],
  order: { readonly lines: readonly OrderLine[]; readonly freight: string | null },
): Pick<ChangeWish, "lines" | "add"> {
  const left = [...order.lines];
  const lines: { line: string; quantity: string }[] = [];
  const add: { name: string; product: string; quantity: string; unit: string | null }[] = [];
  for (const line of quoted) {
    const quantity = part(line.fields["quantity"], "value");
    const product = part(line.fields["product"], "link");
    if (quantity === null || product === null)
      throw new Refused("invalid", `line ${line.key} of the quote has no known product or no quantity`);
    const at = left.findIndex((each) => sortOf(each) === sortOf(line));
    const [own] = at === -1 ? [] : left.splice(at, 1);
    if (own === undefined)
      add.push({ name: line.key, product, quantity, unit: part(line.fields["quantity"], "unit") });
    else {
      refusePrice(line, own);
      lines.push({ line: own.key, quantity });
    }
  }
  const freight = freightAmong(left, order.freight);
  const gone = left.filter((line) => line !== freight);
  return { lines: [...lines, ...gone.map(({ key }) => ({ line: key, quantity: "0" }))], add };
}

const isSame = (a: string, b: string): boolean => decimals.compare(a, b) === 0;

/** The line that is the order's freight, of those that the quote does not have. Throws where two may be. */
function freightAmong(left: readonly OrderLine[], amount: string | null): OrderLine | undefined {
  if (amount === null || isZero(amount)) return undefined;
  const found = left.filter(({ fields }) => isSame(amountOf(fields["net"]) ?? "0", amount));
  if (found.length > 1)
    throw new Refused(
      "invalid",
      `more than one line of the order may be its freight (${found.map(({ key }) => key).join(", ")})`,
    );
  return found[0];
}

function refusePrice({ fields }: Line, own: OrderLine): void {
  const [quoted, stands] = [amountOf(fields["unitPrice"]), amountOf(own.fields["unitPrice"])];
  if (quoted === null || stands === null) return;
  const left = decimals.subtract("100", text(fields["discountPercent"]) ?? "0");
  // Some ERPs show the price of an order before the discount of its line, some after it.
  const said = [quoted, decimals.multiply(quoted, decimals.multiply(left, "0.01"))];
  if (!said.some((price) => isSame(price, stands)))
    throw new Refused(
      "line_bound",
      `line ${own.key} has another price in the quote, and an order keeps its prices: change it there`,
    );
}

const amountOf = (value: Value | undefined): string | null => part(value, "amount");
