const segments = new Intl.Segmenter("en", { granularity: "grapheme" });
const controls = /[\p{Cc}\p{Bidi_Control}]/gu;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;

/**
 * Text that is safe to print: what comes from a connected system must not move the cursor, change colours
 * or turn the direction of a line around.
 */
export function safeText(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(controls, (one) => {
    const code = one.codePointAt(0) ?? 0;
    return one === "\n" || one === "\r" ? "⏎" : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Columns that a text takes on a terminal: wide scripts and emoji take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segments.segment(text)) {
    width += wide.test(segment) || /\p{Extended_Pictographic}/u.test(segment) ? 2 : 1;
  }
  return width;
}

/** The text in at most `width` columns; what is cut off is marked with an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of segments.segment(text)) {
    const next = widthOf(segment);
    if (used + next > width - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…`;
}

/** The text filled up with spaces to `width` columns. */
export function pad(text: string, width: number, side: "left" | "right"): string {
  const room = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "left" ? `${text}${room}` : `${room}${text}`;
}

/** Words in lines of at most `width` columns. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

const plainNumber = new Intl.NumberFormat("en-US");

/** A number as people read it: `12,300`. */
export const number = (value: number): string => plainNumber.format(value);

/** `1 record`, `2 records`. */
export function many(count: number, one: string, several: string = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : several}`;
}

/** A span of time as people say it: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 7 min`, `3 days 4 h`. */
export function span(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2_880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} days ${Math.floor((minutes % 1_440) / 60)} h`;
}

/** When something will be, seen at `now`; both ms since 1970: `14:20 UTC`, on another day with its date. */
export function timeAt(at: number, now: number): string {
  const [day, time] = new Date(at).toISOString().slice(0, 16).split("T");
  const isToday = new Date(now).toISOString().startsWith(day ?? "");
  return isToday ? `${time ?? ""} UTC` : `${day ?? ""} ${time ?? ""} UTC`;
}

/** An ISO instant without its fraction: `2026-01-31 10:15:30 UTC`; `never` for null. */
export function moment(iso: string | null): string {
  if (iso === null) return "never";
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
