import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import { kindOf } from "./call.ts";
import type { Target } from "./call.ts";
import { canonical } from "./json.ts";
import type { WriteSpec } from "./language.ts";
import { readByIds } from "./lookup.ts";
import { own } from "./wire.ts";

/**
 * A write with its precondition, where the version stands in a header that lists do not show: the record is
 * read again, alone. When it is not what the decision saw, the write is refused as stale before it is sent;
 * what changes after that is the system's own to refuse.
 */
export async function withVersion(target: Target, spec: WriteSpec, write: NativeWrite): Promise<NativeWrite> {
  const { precondition, record, get } = target.spec;
  const isOwed = precondition !== undefined && spec.precondition !== false && write.precondition === null;
  if (!isOwed || write.id === null || record.version?.header === undefined || get === undefined) return write;
  const roots = Object.keys(write.current).filter((root) => !root.startsWith("="));
  const [seen] = await readByIds(target, { roots, ids: [write.id] });
  const isThere = seen?.kind === "present" || seen?.kind === "archived";
  const isSame =
    isThere &&
    roots.every((root) => canonical(own(seen.native, root)) === canonical(own(write.current, root)));
  if (isSame) return { ...write, precondition: seen.version };
  const { what } = kindOf(target, write.kind);
  const message = `${what}: the record changed after it was decided on`;
  throw new ConnectorError({ failure: "stale", code: "target_moved", message });
}
