import { ConnectorError, wrongOption } from "@crossfoot/connector-sdk";
import { odooId, refId, refIds, text } from "./native.ts";
import type { Row } from "./native.ts";
import type { Options } from "./options.ts";
import type { Call } from "./wire.ts";

/** The company of a connection, and all that its user may work in. */
interface Companies {
  readonly company: number;
  readonly companies: readonly number[];
}

interface Wanted {
  readonly options: Options;
  readonly user: number;
  /** `own`: the user's own company will do, as for an administrator who adds a field to all of them. */
  readonly company: "one" | "own";
}

/**
 * Which company a connection works in: the one that the options name, or the only one of the user. Of several
 * none is taken by itself, not even the one that the user sees first: a click of a person would move it.
 */
export async function companyOf(
  ask: (call: Call) => Promise<readonly Row[]>,
  { options, user, company }: Wanted,
): Promise<Companies> {
  const fields = ["login", "company_id", "company_ids"];
  const [row] = await ask({ model: "res.users", method: "read", ids: [user], args: { fields } });
  if (text(row, "login") !== options.user) {
    const message = "the API key belongs to another user than the option user names";
    throw new ConnectorError({ failure: "unauthorised", code: "user_mismatch", message });
  }
  const own = refId(row, "company_id");
  const companies = [...new Set([...(own === undefined ? [] : [own]), ...refIds(row, "company_ids")])];
  const isFree = options.company === null && (company === "own" || companies.length === 1);
  if (own !== undefined && (isFree || company === "own")) return { company: own, companies };
  // Companies are shown to whoever calls in them: without the context only the user's own one is.
  const rows = await ask({
    ...{ model: "res.company", method: "search_read" },
    args: { domain: [["id", "in", companies]], fields: ["name"], order: "id asc" },
    context: { allowed_company_ids: companies },
  });
  const [found, ...more] = rows.filter((each) => text(each, "name") === options.company);
  const id = odooId(found?.["id"]);
  if (id !== undefined && more.length === 0) return { company: id, companies };
  const names = rows.flatMap((each) => text(each, "name") ?? []).join(", ");
  throw wrongOption("company", options.company === null ? severalCompanies(names) : noSuchCompany(names));
}

const severalCompanies = (names: string): string =>
  `this Odoo user works in several companies: ${names}; name one of them in the option company`;

const noSuchCompany = (names: string): string =>
  `the option company names none of the companies that this Odoo user may work in: ${names}. ` +
  "If there is one of that name, an administrator has to allow it to the user";
