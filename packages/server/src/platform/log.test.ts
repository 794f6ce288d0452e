import { describe, expect, it } from "vitest";
import { createLog, type LogOptions } from "./log.ts";

function logged(options: LogOptions): {
  readonly log: ReturnType<typeof createLog>;
  readonly lines: string[];
} {
  const lines: string[] = [];
  return { log: createLog({ ...options, write: (line) => lines.push(line) }), lines };
}

describe("a line", () => {
  it("for machines is one JSON document with level, time, event and facts", () => {
    const { log, lines } = logged({});
    log.warn("connection_stopped", { connection: "crm", calls: 3n, at: new Date(0) });
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? "") as { [name: string]: unknown };
    expect(line).toMatchObject({ level: "warn", event: "connection_stopped", connection: "crm", calls: "3" });
    expect(String(line["time"])).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(line["at"]).toBe("1970-01-01T00:00:00.000Z");
  });

  it("for people is short", () => {
    const { log, lines } = logged({ format: "plain" });
    log.info("run_ended", { connection: "crm", reason: "all done", counts: { read: 2 } });
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d info {2}run_ended connection=crm reason="all done" counts=\{"read":2\}\n$/,
    );
  });

  it.each(["json", "plain"] as const)("is one line as %s, whatever a value holds", (format) => {
    const { log, lines } = logged({ format });
    const value = "a\r\n12:00:00 error forged\u2028b\u0085c\u001b[2J\u009b31m\u202ed\0";
    log.warn("call_failed", { reason: value, more: { path: value }, error: new Error(value) });
    expect(lines).toHaveLength(1);
    const [line = ""] = lines;
    const steering = line.slice(0, -1).replaceAll(/[ -~]/g, "");
    expect(steering).toBe("");
    expect(line.endsWith("\n")).toBe(true);
    if (format === "json") expect(JSON.parse(line)).toMatchObject({ reason: value, more: { path: value } });
  });

  it("below the level is not written", () => {
    const { log, lines } = logged({ level: "error" });
    log.info("a");
    log.warn("b");
    log.error("c");
    expect(lines).toHaveLength(1);
  });

  it("shows an error with its code, and survives a cycle", () => {
    const { log, lines } = logged({});
    const loop: { self?: unknown } = {};
    loop.self = loop;
    log.error("failed", { error: Object.assign(new Error("no"), { code: "ECONNRESET" }), loop });
    const line = JSON.parse(lines[0] ?? "") as { error: unknown };
    expect(line.error).toMatchObject({ name: "Error", code: "ECONNRESET", message: "no" });
  });
});

describe("secrets", () => {
  it("facts with a secret's name are hidden at any depth, their absence is not", () => {
    const { log, lines } = logged({});
    log.info("x", { headers: { Authorization: "Bearer 1" }, deep: [{ api_key: "k" }], password: null });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      headers: { Authorization: "[secret]" },
      deep: [{ api_key: "[secret]" }],
      password: null,
    });
  });

  it.each(["json", "plain"] as const)("known secrets never leave, in any usual encoding (%s)", (format) => {
    const secret = 'pä ss"w/rd+1=';
    const { log, lines } = logged({ format, secrets: () => [secret] });
    const encoded = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("base64url"),
      Buffer.from(`u:${secret}`).toString("base64"),
      Buffer.from(`me:${secret}`).toString("base64"),
      JSON.stringify({ secret }),
    ];
    log.error(`failed with ${secret}`, {
      url: `https://x/?k=${encoded[1]}`,
      encoded,
      error: new Error(secret),
    });
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), ...encoded.slice(0, 4)].map((form) =>
      form.replaceAll(/=+$/g, ""),
    )) {
      expect(lines.join("")).not.toContain(form);
    }
    // Behind other bytes the first and last character are shared with a neighbour; the rest is gone.
    for (const shared of encoded.slice(4, 6)) expect(lines.join("")).not.toContain(shared.slice(4, -4));
    expect(lines.join("")).toContain("[secret]");
    expect(lines.join("")).not.toContain("w/rd");
  });
});
