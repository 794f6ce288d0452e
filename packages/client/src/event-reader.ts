/** What a block of a stream of server-sent events says. */
export interface ReadEvent {
  /** Last id so far; null where the stream gave none. */
  readonly id: string | null;
  /** Its data; null for a block that only moves the id. */
  readonly text: string | null;
  /** How long to wait before coming back, ms, where the block says so. */
  readonly comeBackMs: number | null;
}

/**
 * Reads a stream of server-sent events as its text comes in, in whatever pieces. After the HTML standard,
 * 9.2.6 "Interpreting an event stream" (read 2026-11); the name of an event is not needed, its data holds it.
 */
export function eventReader(): (piece: string) => readonly ReadEvent[] {
  let rest = "";
  let lines: string[] = [];
  let id: string | null = null;
  let comeBackMs: number | null = null;

  const readLine = (line: string): ReadEvent | null => {
    if (line === "") {
      const said = { id, text: lines.length === 0 ? null : lines.join("\n"), comeBackMs };
      lines = [];
      comeBackMs = null;
      return said;
    }
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === "data") lines.push(value);
    if (name === "id" && !value.includes("\u0000")) id = value;
    if (name === "retry" && /^\d{1,9}$/.test(value)) comeBackMs = Number(value);
    return null;
  };

  return (piece) => {
    const text = rest + piece;
    // A CR at the end may be the first half of a CR LF.
    const ended = text.split(/\r\n|\n|\r(?!$)/);
    rest = ended.pop() ?? "";
    return ended.flatMap((line) => readLine(line) ?? []);
  };
}
