import { readFileSync } from "node:fs";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const linesMax = 30;

function nameOf({ callFrame }: ProfileNode): string {
  const file = callFrame.url.split("/").slice(-2).join("/");
  const name = callFrame.functionName === "" ? "(nameless)" : callFrame.functionName;
  return file === "" ? name : `${name} ${file}:${callFrame.lineNumber + 1}`;
}

/**
 * Prints where the time of a profile went: by function, itself alone, with its share of what was not idle.
 */
export function printProfile(file: string): void {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as Profile;
  const byId = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  const spent = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = byId.get(id) ?? "?";
    spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  }
  const idle = (spent.get("(idle)") ?? 0) + (spent.get("(program)") ?? 0);
  const busy = [...spent.values()].reduce((sum, each) => sum + each, 0) - idle;
  console.log(`busy ${Math.round(busy / 1000)} ms, idle ${Math.round(idle / 1000)} ms`);
  const most = [...spent].toSorted((a, b) => b[1] - a[1]).slice(0, linesMax);
  for (const [name, each] of most) {
    const share = ((100 * each) / busy).toFixed(1).padStart(5);
    console.log(`${String(Math.round(each / 1000)).padStart(7)} ms ${share} %  ${name}`);
  }
}
