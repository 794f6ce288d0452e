import { writeDuration } from "./duration.ts";
import { variableOfSetting } from "./settings.ts";
import type { Setting } from "./settings.ts";

/** A setting as it may be shown to anybody. */
export interface ShownSetting {
  readonly path: string;
  readonly value: string;
  readonly origin: Setting["origin"];
  /** The variable that would override it, or null. */
  readonly variable: string | null;
}

/**
 * The settings in force, fit for a screen or a bug report: of a secret only where it is kept; of the
 * options of a connector only their names, as a connector may be given anything.
 */
export function dumpSettings(settings: readonly Setting[]): readonly ShownSetting[] {
  return settings.map((setting) => ({
    path: setting.path,
    value: show(setting),
    origin: setting.origin,
    variable: variableOfSetting(setting),
  }));
}

function show({ option, value }: Setting): string {
  switch (option.kind.is) {
    case "duration":
      return writeDuration(Number(value));
    case "switch":
      return value === true ? "on" : "off";
    case "map":
      return `(${Object.keys(value).join(", ")})`;
    default:
      return typeof value === "object" ? "(map)" : String(value);
  }
}
