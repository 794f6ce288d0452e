import { MultiBar } from "cli-progress";
import type { Bar } from "cli-progress";
import type { Progress } from "../runtime/engine.ts";
import type { Screen } from "./deps.ts";
import { cut, number, pad, safeText } from "./text.ts";

/** Shows how far long work is. */
export interface ProgressView {
  readonly report: (progress: Progress) => void;
  /** Takes the bars away, so that what follows starts on a clean line. */
  readonly stop: () => void;
}

interface Payload {
  readonly entity: string;
  readonly doing: string;
  readonly hasTotal: boolean;
}

const doing: { readonly [phase in Progress["phase"]]: string } = {
  read: "reading",
  resolve: "matching",
  decide: "deciding",
  send: "writing",
  probe: "probing",
  wait: "waiting",
  guard: "guard",
  trouble: "trouble",
};
const barWidth = 20;

function draw(
  _options: object,
  { value, total, progress }: { readonly value: number; readonly total: number; readonly progress: number },
  payload: Payload,
): string {
  const head = `${pad(payload.entity, 12, "left")}${pad(payload.doing, 16, "left")}`;
  if (!payload.hasTotal) return `${head}${number(value)}`;
  const done = Math.round(Math.min(1, progress) * barWidth);
  return `${head}${"█".repeat(done)}${"░".repeat(barWidth - done)}  ${number(value)} of ${number(total)}`;
}

/**
 * A view on the screen for messages: bars on a terminal, one per entity; elsewhere only troubles and what
 * the guard says, one line each. Never writes to the screen of results.
 */
export function viewProgress(screen: Screen): ProgressView {
  const told = new Set<string>();
  const tell = (progress: Progress, write: (text: string) => void): void => {
    const text = safeText(progress.message);
    if (told.has(text)) return;
    told.add(text);
    write(`! ${text}\n`);
  };
  const isSpoken = ({ phase }: Progress): boolean => phase === "trouble" || phase === "guard";
  if (screen.isTTY !== true) {
    return {
      report: (progress) => {
        if (isSpoken(progress)) tell(progress, (text) => screen.write(text));
      },
      stop: () => undefined,
    };
  }
  const bars = new MultiBar<Payload>({
    format: draw,
    stream: screen as unknown as NodeJS.WritableStream,
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
    emptyOnZero: true,
    gracefulExit: false,
  });
  const byEntity = new Map<string, Bar<Payload>>();
  return {
    report: (progress) => {
      if (isSpoken(progress)) {
        tell(progress, (text) => bars.log(cut(text, screen.columns ?? 100)));
        return;
      }
      const entity = progress.entity ?? "all";
      const where = progress.connection === null ? "" : ` ${progress.connection}`;
      const payload = {
        entity,
        doing: `${doing[progress.phase]}${where}`,
        hasTotal: progress.total !== null,
      };
      const total = progress.total ?? progress.done;
      const bar = byEntity.get(entity) ?? bars.create(total, 0, payload);
      byEntity.set(entity, bar);
      bar.setTotal(total);
      bar.update(progress.done, payload);
    },
    stop: () => bars.stop(),
  };
}
