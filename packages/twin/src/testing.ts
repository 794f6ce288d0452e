import { createCrm, createErp, type Crm, type CrmOptions, type Erp, type ErpOptions } from "./index.ts";
import type { Json } from "./index.ts";

/** A clock that a test moves. */
export interface TestClock {
  (): number;
  advance(ms: number): void;
}

/** A clock that stands at 2 March 2026, 8:00 UTC. */
export function testClock(): TestClock {
  let now = Date.parse("2026-03-02T08:00:00.000Z");
  return Object.assign(() => now, {
    advance: (ms: number) => {
      now += ms;
    },
  });
}

/** An answer with its parsed body; loosely typed, as tests look into it freely. */
export interface TestAnswer {
  readonly status: number;
  // oxlint-disable-next-line no-explicit-any
  readonly body: any;
  readonly headers: Headers;
}

/** Calls a system as the integration user. */
export type TestCall = (
  method: string,
  path: string,
  body?: Json,
  headers?: Record<string, string>,
) => Promise<TestAnswer>;

function caller(
  fetchIt: (request: Request) => Promise<Response>,
  base: string,
  own: Record<string, string>,
): TestCall {
  return async (method, path, body, headers = {}) => {
    const init: RequestInit = { method, headers: { ...own, ...headers } };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await fetchIt(new Request(`http://twin.test${base}${path}`, init));
    const raw = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    return {
      status: response.status,
      body: isJson ? (JSON.parse(raw) as unknown) : raw,
      headers: response.headers,
    };
  };
}

/** A CRM with its clock and a caller. */
export function crmBench(options: Partial<CrmOptions> = {}): { crm: Crm; clock: TestClock; call: TestCall } {
  const clock = testClock();
  const crm = createCrm({ clock, ...options });
  return { crm, clock, call: caller(crm.fetch, "/api/v2", { authorization: `Bearer ${crm.token}` }) };
}

/** An ERP with its clock and a caller. */
export function erpBench(options: Partial<ErpOptions> = {}): { erp: Erp; clock: TestClock; call: TestCall } {
  const clock = testClock();
  const erp = createErp({ clock, ...options });
  return { erp, clock, call: caller(erp.fetch, "/rest/v1", { "x-api-key": erp.apiKey }) };
}
