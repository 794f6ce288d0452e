/** What `npm run sim` is asked for. */
export interface Wish {
  readonly seeds: number;
  readonly from: number;
  readonly minutes: number | null;
  readonly faults: readonly string[] | null;
  /** Whether records are consolidated in the runs. */
  readonly consolidates?: boolean;
  /** Whether values are put right in the runs, as an audit asks for. */
  readonly repairs?: boolean;
  /** Whether decisions about who is who are taken back in the runs. */
  readonly recants?: boolean;
  readonly jobs: number;
  readonly commit: string;
  /** Whether a violation is made shorter and saved under `regressions/`. */
  readonly isExplained: boolean;
  readonly say: (line: string) => void;
}
