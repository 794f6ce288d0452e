import { readFileSync } from "node:fs";

/** What is known about a process id. */
export interface Running {
  readonly isRunning: boolean;
  /**
   * Mark of this very process, never given to a later one with the same id: boot and start time on Linux.
   * Null where the system does not tell.
   */
  readonly mark: string | null;
}

const gone: Running = { isRunning: false, mark: null };

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function isSignalled(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Looks at a process id. On Linux from /proc/PID/stat (proc(5): field 3 is the state, field 22 the start in
 * clock ticks after boot); a process that ended and was not yet collected by its parent counts as gone.
 * Never throws.
 */
export function lookAt(pid: number): Running {
  if (!Number.isSafeInteger(pid) || pid <= 0) return gone;
  if (process.platform !== "linux") return { isRunning: isSignalled(pid), mark: null };
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === null) return isSignalled(pid) ? { isRunning: true, mark: null } : gone;
  // The command name, field 2, is in brackets and may hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const start = fields[19];
  if (state === "Z" || state === "X" || start === undefined) return gone;
  const boot = readText("/proc/sys/kernel/random/boot_id")?.trim() ?? "boot";
  return { isRunning: true, mark: `${boot}/${start}` };
}
