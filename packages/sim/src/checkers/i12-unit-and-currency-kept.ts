import type { NativeWrite } from "@crossfoot/connector-sdk";
import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { Checker, Sight, Violation } from "../checker.ts";
import type { Measure } from "../auditor/money.ts";
import { measuresIn, measureText } from "../auditor/money.ts";
import { keptBy } from "../auditor/terms.ts";
import type { Role } from "../auditor/things.ts";
import { otherOf, plainAfter, roles } from "../auditor/things.ts";
import { isMap } from "../system/dialect.ts";
import { standing } from "../system/model-system.ts";
import { kindOf, shapesOn } from "../system/vocabulary.ts";

/** The root of the CRM in which the currency of all amounts of a record stands. */
const currencyRoot = "Currency";

/**
 * I12: every amount and quantity that we send has its currency or unit, and is one that a system showed with
 * just that; nothing, an empty text and zero are sent only where one of them was shown as that.
 */
export function unitAndCurrencyKept(sight: Sight): Checker {
  let looked = 0;
  return {
    invariant: "I12",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind !== "call" || entry.call !== "write") return [];
      const role = roles.find((each) => each === entry.system);
      if (role === undefined) return [];
      return entry.writes.flatMap((write) => {
        const sent = sentBy(sight, role, write);
        const shown = shownOf(sight, role, { write, sent });
        if (shown.length === 0) return [];
        const measures = measuresIn(shapesOn(role, write.entity), sent);
        const known = new Set(
          shown.flatMap(({ side, plain }) =>
            measuresIn(shapesOn(side, write.entity), plain).map(measureText),
          ),
        );
        looked += measures.length;
        const wrong = measures.flatMap((one) => problemOf(one, known));
        const turned = Object.entries(sent).flatMap(([field, value]): readonly string[] => {
          const blank = blankOf(value);
          if (blank === null) return [];
          looked += 1;
          return shown.some((each) => blanksShown(sight, role, { ...each, write, field }).includes(blank))
            ? []
            : [`${field} is sent as ${blank}, which no system showed`];
        });
        return [...wrong, ...turned].map((what) => ({
          invariant: "I12",
          message: `call ${entry.id} to ${role}, ${write.kind} ${write.entity} ${write.id ?? ""}: ${what}`,
          at: entry.at,
          about: { system: role, entity: write.entity, call: entry.id },
        }));
      });
    },
  };
}

function problemOf(one: Measure, known: ReadonlySet<string>): readonly string[] {
  const { field, number, of } = one;
  if (number === null) return [];
  if (of === null || of === "") return [`${field} is sent without its currency or unit`];
  if (known.has(measureText(one))) return [];
  return [`${field} ${JSON.stringify(number)} ${JSON.stringify(of)} is sent, which no system showed`];
}

/** The fields that a write sets, in plain form. */
function sentBy({ systems }: Sight, role: Role, write: NativeWrite): JsonMap {
  const row = write.id === null ? undefined : systems[role].row(write.entity as EntityName, write.id);
  const currency = row === undefined ? undefined : standing(row).native[currencyRoot];
  const isNamed = role !== "crm" || currency === undefined || currencyRoot in write.patch;
  const whole = systems[role].decode(
    write.entity as EntityName,
    isNamed ? write.patch : { ...write.patch, [currencyRoot]: currency },
  );
  if (isNamed) return whole;
  const { currency: _own, ...sent } = whole;
  return sent;
}

/** A record as a system showed it after one commit. */
interface Shown {
  readonly side: Role;
  readonly plain: JsonMap;
}

/** All that both systems ever showed of the record. */
function shownOf(
  { systems }: Sight,
  role: Role,
  { write, sent }: { readonly write: NativeWrite; readonly sent: JsonMap },
): readonly Shown[] {
  const entity = write.entity as EntityName;
  const row = write.id === null ? undefined : systems[role].row(entity, write.id);
  const tag = row?.tag ?? sent[kindOf(entity).tag];
  const isMerged = systems[otherOf(role)].log.some(({ op }) => op === "merge");
  const named = (side: Role): readonly Shown[] =>
    systems[side].log
      .filter((commit) => commit.entity === entity && (isMerged || commit.tag === tag))
      .map((commit) => ({ side, plain: plainAfter(systems[side], commit) }));
  return [...named(role), ...named(otherOf(role))];
}

type Blank = "nothing" | "an empty text" | "zero" | "false";

function blankOf(value: Json | undefined): Blank | null {
  if (value === null) return "nothing";
  if (value === "") return "an empty text";
  if (value === false) return "false";
  return isMap(value) && value["amount"] === "0" ? "zero" : null;
}

/** What a value that was shown may be sent as: as it is, and as a lossy system keeps it. */
function blanksShown(
  sight: Sight,
  role: Role,
  at: Shown & { readonly write: NativeWrite; readonly field: string },
): readonly (Blank | null)[] {
  const value = at.plain[at.field];
  // A field that a system does not have is shown as nothing.
  if (value === undefined) return ["nothing"];
  const kept = keptBy(sight, { role, entity: at.write.entity as EntityName, field: at.field }, value);
  return [blankOf(value), blankOf(kept)];
}
