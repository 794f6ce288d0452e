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

/** The fields that tests look at in answers of either system; which of them are there depends on the call. */
interface TestFields {
  readonly name: string;
  readonly number: string;
  readonly state: string;
  readonly status: string;
  readonly code: string;
  readonly text: string;
  readonly field: string;
  readonly price: string;
  readonly promise_date: string | undefined;
  readonly ok: boolean;
  readonly count: number;
  readonly version: number;
  readonly row_version: string;
  readonly updatedAt: string;
  readonly changed_at: string;
  readonly credit_exposure: string;
  readonly credit_limit: string;
  readonly company_id: string;
  readonly accountId: string;
  readonly city: string;
  readonly on_hand: string;
  readonly reserved: string;
  readonly customer_id: number;
  readonly order_id: number;
  readonly totals: unknown;
  readonly subtotal: { readonly amount: string } | null;
  readonly atp: unknown;
  readonly missing: unknown;
  readonly paging: { readonly next?: { readonly after: string } };
  readonly error: { readonly code: string; readonly field: string; readonly existingId: string };
}

/** An answer's body, or a row or a record in it. Ids are text at the CRM and numbers at the ERP. */
export interface TestBody<Id> extends TestFields {
  readonly id: Id;
  readonly results: readonly [TestBody<Id>, ...TestBody<Id>[]];
  readonly rows: readonly [TestBody<Id>, ...TestBody<Id>[]];
  readonly lines: readonly [TestBody<Id>, ...TestBody<Id>[]];
  readonly phones: readonly [TestBody<Id>, ...TestBody<Id>[]];
  readonly addresses: readonly [TestBody<Id>, ...TestBody<Id>[]];
  readonly billingAddress: TestBody<Id>;
  readonly body: TestBody<Id>;
}

/** An answer with its parsed body. */
interface TestAnswer<Id> {
  readonly status: number;
  readonly body: TestBody<Id>;
  readonly headers: Headers;
}

/** Calls a system as the integration user. */
type TestCall<Id> = (
  method: string,
  path: string,
  body?: Json,
  headers?: Record<string, string>,
) => Promise<TestAnswer<Id>>;

function caller<Id>(
  answer: (request: Request) => Promise<Response>,
  base: string,
  own: Record<string, string>,
): TestCall<Id> {
  return async (method, path, body, headers = {}) => {
    const init: RequestInit = { method, headers: { ...own, ...headers } };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await answer(new Request(`http://twin.test${base}${path}`, init));
    const raw = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    const parsed: unknown = isJson ? JSON.parse(raw) : {};
    return { status: response.status, body: parsed as TestBody<Id>, headers: response.headers };
  };
}

/** A CRM with its clock and a caller. */
export interface CrmBench {
  readonly crm: Crm;
  readonly clock: TestClock;
  readonly call: TestCall<string>;
}

/** An ERP with its clock and a caller. */
export interface ErpBench {
  readonly erp: Erp;
  readonly clock: TestClock;
  readonly call: TestCall<number>;
}

/** Makes a CRM for a test. */
export function crmBench(options: Partial<CrmOptions> = {}): CrmBench {
  const clock = testClock();
  const crm = createCrm({ clock, ...options });
  return { crm, clock, call: caller(crm.fetch, "/api/v2", { authorization: `Bearer ${crm.token}` }) };
}

/** Makes an ERP for a test. */
export function erpBench(options: Partial<ErpOptions> = {}): ErpBench {
  const clock = testClock();
  const erp = createErp({ clock, ...options });
  return { erp, clock, call: caller(erp.fetch, "/rest/v1", { "x-api-key": erp.apiKey }) };
}
