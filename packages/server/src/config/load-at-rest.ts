import type { ServerSource } from "./load-server.ts";
import type { AtRest } from "./project.ts";
import { keyForm, readKey } from "./sealed-key.ts";
import type { SealingKey } from "./sealed-key.ts";

/** Reads the master keys of the store's values; null where values are stored as they are. */
export function loadAtRest(source: ServerSource): AtRest | null {
  const { settings, note, needsSecrets, folder } = source;
  const keys = (["key", "nextKey"] as const).flatMap((name): readonly SealingKey[] => {
    const reference = keyForm(settings.get(`atRest.${name}`)?.value);
    if (reference === undefined || !needsSecrets) return [];
    const read = readKey(reference, folder, "the store's values");
    if (read.ok) return [read.key];
    note(["atRest", name], read.problem);
    return [];
  });
  const isNamed = (name: string): boolean => settings.get(`atRest.${name}`) !== undefined;
  if (isNamed("nextKey") && !isNamed("key"))
    note(["atRest", "nextKey"], "needs `atRest.key` beside it: the key that is used until then");
  const [key, next] = keys;
  if (key === undefined) return null;
  return { masters: () => [key, ...(next === undefined ? [] : [next])], next: next?.id ?? null };
}
