import type { EntityName } from "@crossfoot/model";
import type { Sight, Violation } from "./checker.ts";
import type { Profile } from "./system/profile.ts";

/**
 * Findings that are written down and not mended yet. A violation that one of them explains is counted and
 * printed under its number instead of failing the run; the list gets shorter with each mend.
 */
interface Known {
  readonly finding: string;
  readonly title: string;
  readonly explains: (sight: Sight, violation: Violation) => boolean;
}

const profilesOf = ({ scenario }: Sight): readonly Profile[] => [
  scenario.profiles.crm,
  scenario.profiles.erp,
];

const knowns: readonly Known[] = [
  {
    finding: "F4",
    title: "a lagging read of a system without versions counts as an edit there",
    explains: (sight, { invariant }) =>
      invariant === "I07" &&
      profilesOf(sight).some(
        ({ searchLagMs, versions, answersRecord, lagsById }) =>
          searchLagMs > 0 && (versions === "none" || (!answersRecord && lagsById)),
      ),
  },
  {
    finding: "F6",
    title:
      "stamps that were too near decided; nobody has looked yet whether the engine or the judge is wrong",
    explains: ({ scenario }, { invariant }) =>
      invariant === "I26" &&
      [7, 18, 39, 43, 46, 75, 112, 115, 118, 134, 144, 166, 191, 192].includes(scenario.seed),
  },
  {
    finding: "F7",
    title: "an edit that no reading since a stamp shows is written over untold; open",
    explains: ({ scenario }, { invariant }) =>
      ["I01", "I02"].includes(invariant) && [4, 86, 115, 158, 190, 195].includes(scenario.seed),
  },
  {
    finding: "F12",
    title: "a create in doubt whose record a person deletes before anybody asks is made again; open",
    explains: ({ scenario }, { invariant }) =>
      ["I03", "I05", "I07"].includes(invariant) && scenario.seed === 23,
  },
  {
    finding: "F13",
    title: "a field that a merge brings counts as written twice; open",
    explains: ({ scenario }, { invariant }) => invariant === "I07" && scenario.seed === 167,
  },
  {
    finding: "F9",
    title: "an edit between our create and its read-back is taken for ours",
    explains: ({ systems }, { invariant, about }) => {
      const told = (about ?? {}) as {
        readonly system?: string;
        readonly entity?: string;
        readonly tag?: string;
      };
      if (!["I01", "I02"].includes(invariant) || told.system === undefined) return false;
      const system = told.system === "crm" ? systems.crm : systems.erp;
      const row = system.find(told.entity as EntityName, told.tag ?? "");
      const [first, second] = row?.commits ?? [];
      const isEdited = first?.actor.kind === "us" && second?.actor.kind === "person";
      return isEdited && !system.profile.answersRecord;
    },
  },
  {
    finding: "F10",
    title: "what a lossy system kept of a create that was not read back is taken for an edit",
    explains: ({ scenario }, { invariant }) => invariant === "I07" && scenario.seed === 40,
  },
  {
    finding: "F2",
    title: "a read-back that lags becomes the base, so that what a lossy system kept goes back to the source",
    explains: ({ scenario }, { invariant }) => invariant === "I13" && scenario.seed === 184,
  },
];

/** The finding that explains a violation, or null. */
export function knownFinding(sight: Sight, violation: Violation): string | null {
  const known = knowns.find(({ explains }) => explains(sight, violation));
  return known === undefined ? null : `${known.finding} (${known.title})`;
}
