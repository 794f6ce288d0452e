import { fieldKindsOf, whyOutOfRegion } from "@crossfoot/model";
import type { Contract, Role } from "@crossfoot/model";
import type { Settings } from "./settings.ts";

/** Whether the contract carries any field of a switched on entity out of the side of a role. */
function carriesFrom(contract: Contract, role: Role): boolean {
  const ways: readonly string[] = ["both", role === "crm" ? "crm-to-erp" : "erp-to-crm"];
  return Object.entries(contract.entities).some(
    ([name, terms]) =>
      terms.enabled &&
      Object.keys(fieldKindsOf(name as keyof Contract["entities"], terms)).some((field) =>
        ways.includes(terms.fields[field]?.direction ?? terms.direction),
      ),
  );
}

/** Routes that the contract carries records on and does not allow: nothing of the project is done then. */
export function routesOutOfRegion(
  settings: Settings,
  contract: Contract,
  sides: { readonly [role in Role]: string },
): readonly { readonly keys: readonly string[]; readonly message: string }[] {
  const endOf = (role: Role): { readonly id: string; readonly region: string | null } => {
    const region = settings.get(`connections.${sides[role]}.region`)?.value;
    return { id: sides[role], region: typeof region === "string" ? region : null };
  };
  const ways = [
    ["crm", "erp"],
    ["erp", "crm"],
  ] as const;
  return ways.flatMap(([from, to]) => {
    if (!carriesFrom(contract, from)) return [];
    const message = whyOutOfRegion(contract, { from: endOf(from), to: endOf(to) });
    return message === null ? [] : [{ keys: ["connections", sides[from], "region"], message }];
  });
}
