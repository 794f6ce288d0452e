import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createHttpApp, fakeEngine, smallStatus } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const browser = "chromium";
const isThere = spawnSync(browser, ["--version"]).status === 0;
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let folder: string;
let url: string;
let close: () => void;

/** What the browser makes of the page: the document after it was laid out. */
async function shown(...more: readonly string[]): Promise<string> {
  const profile = mkdtempSync(join(folder, "profile-"));
  const { stdout } = await run(browser, [...flags, `--user-data-dir=${profile}`, ...more, url], {
    maxBuffer: 1 << 24,
  });
  return stdout;
}

/** Width and height of a PNG file, from its header. */
function sizeOf(file: string): readonly [number, number] {
  const bytes = readFileSync(file);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe.skipIf(!isThere)("the status page in a browser", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "crossfoot-browser-"));
    const [connection] = smallStatus.connections;
    const hostile = {
      reason: `the <script>document.title = "did run"</script> of somebody`,
      state: "refused",
    };
    const status = {
      ...smallStatus,
      connections: connection === undefined ? [] : [{ ...connection, ...hostile }],
    };
    const counts = {
      single: 1,
      live: 12,
      dormant: 0,
      ended: 0,
      work: 0,
      openIntents: 0,
      parks: 1,
      conflicts: 0,
      candidates: 0,
      waits: 0,
    };
    const engine = fakeEngine({
      status: () => Promise.resolve({ ...status, entities: [{ entity: "accounts", ...counts }] }),
    });
    const app = createHttpApp(engine, {
      connections: status.connections.map(({ id }) => ({ id })),
      contractHash: "c".repeat(64),
      now: () => Date.now(),
    });
    const server = createServer((request, response) => {
      Promise.resolve(app.request(request.url ?? "/"))
        .then(async (answer) => {
          response.writeHead(answer.status, Object.fromEntries(answer.headers));
          response.end(Buffer.from(await answer.arrayBuffer()));
        })
        .catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    close = () => void server.close();
  });
  afterAll(() => {
    close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("shows every connection and entity, and runs nothing that a record's value holds", async () => {
    const document = await shown("--dump-dom");
    expect(document).toContain("accounts");
    expect(document).toContain("the &lt;script&gt;");
    expect(document).not.toContain("<script");
    expect(document).toContain("<title>Crossfoot status</title>");
  }, 60_000);

  test.each([
    ["a phone", 360, 800],
    ["a desk", 1280, 900],
  ])(
    "is drawn on %s",
    async (_where, width, height) => {
      const file = join(folder, `${width}.png`);
      await shown(`--window-size=${width},${height}`, `--screenshot=${file}`);
      expect(sizeOf(file)).toEqual([width, height]);
      // An empty page of one colour compresses to almost nothing.
      expect(readFileSync(file).length).toBeGreaterThan(8_000);
    },
    60_000,
  );
});
