import type { Facts } from "./facts.ts";
import { isList, isMap } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Rpc } from "./rpc.ts";

/** The sale's own facts that price and taxes of a line depend on. */
export interface SaleHead {
  readonly party: number;
  readonly invoiceParty: number | null;
  readonly priceList: number | null;
  readonly currency: number;
  readonly saleDate: Json;
}

/** A line as far as its price depends on it. */
interface LineGoods {
  readonly product: number;
  readonly unit: number;
  readonly quantity: number;
}

/**
 * What Tryton fills into a line of this product on a sale with this head, which nobody saves: price, amount,
 * taxes (the customer's tax rule may exempt it).
 */
export async function lineChanges(
  { rpc, facts }: { readonly rpc: Rpc; readonly facts: Facts },
  head: SaleHead,
  line: LineGoods,
): Promise<JsonMap> {
  const values: JsonMap = {
    id: -1,
    type: "line",
    ...line,
    taxes: [],
    "_parent_sale.party": head.party,
    "_parent_sale.invoice_party": head.invoiceParty,
    "_parent_sale.price_list": head.priceList,
    "_parent_sale.currency": head.currency,
    "_parent_sale.company": facts.company,
    "_parent_sale.sale_date": head.saleDate,
  };
  const answer = await rpc.call("sale.line.on_change", [values, ["product"]]);
  const [changes] = isList(answer) ? answer : [];
  return isMap(changes) ? changes : {};
}

/** Ids of the taxes among what was filled in. */
export function taxIds({ taxes }: JsonMap): readonly Json[] {
  if (isList(taxes)) return taxes;
  const added = isMap(taxes) && isList(taxes["add"]) ? taxes["add"] : [];
  return added
    .map((each) => (isList(each) && isMap(each[1]) ? (each[1]["id"] ?? null) : null))
    .filter((id) => id !== null);
}
