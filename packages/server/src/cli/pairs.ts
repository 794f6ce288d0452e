import { badInput } from "./refusal.ts";

/** Names with what they stand for, from `crm=A,erp=B`. Throws a Refusal that shows the `form`. */
export function pairsOf(text: string | undefined, form: string): { readonly [name: string]: string } {
  if (text === undefined) return {};
  const pairs = text.split(",").map((part) => {
    const at = part.indexOf("=");
    if (at < 1 || at === part.length - 1) throw badInput(`--map is written ${form}, not \`${part}\``);
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
  });
  return Object.fromEntries(pairs);
}
