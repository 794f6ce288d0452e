import { connectionId, externalId, linkId } from "@crossfoot/kernel";
import type { Fields } from "@crossfoot/kernel";
import { expect, test } from "vitest";
import { overviewOf } from "./customer-overview.ts";
import type { Customer, LinkedMember, LinkedRecord } from "./looking-port.ts";

const today = "2026-02-01";

function member(connection: string, fields: Fields, kind = "present"): LinkedMember {
  const at = { connection: connectionId(connection), id: externalId("1"), version: null, modifiedAt: null };
  return { ...at, kind, fields, problems: {} };
}

function record(
  entity: LinkedRecord["entity"],
  link: string,
  ...members: readonly LinkedMember[]
): LinkedRecord {
  return { link: linkId(link), entity, state: "live", verdict: null, members };
}

const invoice = (link: string, fields: Fields): LinkedRecord =>
  record("invoices", link, member("erp", fields));
const euros = (amount: string) => ({ amount, currency: "EUR" });

function customer(related: Customer["related"]): Customer {
  return {
    erp: connectionId("erp"),
    account: record("accounts", "l-a", member("crm", { name: "Acme" })),
    related,
  };
}

const of = (entity: LinkedRecord["entity"], records: readonly LinkedRecord[], count = records.length) => ({
  entity,
  count,
  records,
});

test("sums are by state and currency, exact, and overdue is what is open past its day", () => {
  const { documents } = overviewOf(
    customer([
      of("invoices", [
        invoice("l-1", {
          status: "open",
          gross: euros("0.1"),
          openBalance: euros("0.1"),
          dueDate: "2026-01-31",
        }),
        invoice("l-2", { status: "open", gross: euros("0.2"), openBalance: euros("0.2"), dueDate: today }),
        invoice("l-3", { status: "open", gross: { amount: "500", currency: "JPY" } }),
        invoice("l-4", {
          status: "cancelled",
          gross: euros("9"),
          openBalance: euros("9"),
          dueDate: "2020-01-01",
        }),
        invoice("l-5", {
          status: "open",
          gross: euros("-0.3"),
          openBalance: euros("-0.3"),
          dueDate: "2026-01-01",
        }),
      ]),
    ]),
    { today, limit: 9 },
  );
  expect(documents).toEqual([
    { entity: "invoices", status: "open", currency: "EUR", count: 3, gross: "0", open: "0", overdue: "-0.2" },
    {
      entity: "invoices",
      status: "open",
      currency: "JPY",
      count: 1,
      gross: "500",
      open: null,
      overdue: null,
    },
    {
      entity: "invoices",
      status: "cancelled",
      currency: "EUR",
      count: 1,
      gross: "9",
      open: "9",
      overdue: null,
    },
  ]);
});

test("an order is told as the ERP shows it, a quote as the CRM does; what is gone counts nowhere", () => {
  const both = (entity: "orders" | "quotes", link: string) =>
    record(entity, link, member("crm", { gross: euros("1") }), member("erp", { gross: euros("2") }));
  const gone = record(
    "orders",
    "l-g",
    member("crm", { gross: euros("7") }),
    member("erp", { gross: euros("7") }, "deleted"),
  );
  const { documents, related } = overviewOf(
    customer([of("orders", [both("orders", "l-1"), gone]), of("quotes", [both("quotes", "l-2")])]),
    { today, limit: 9 },
  );
  expect(documents.map(({ entity, gross, count }) => [entity, gross, count])).toEqual([
    ["quotes", "1", 1],
    ["orders", "2", 1],
  ]);
  expect(related.map(({ entity, count }) => [entity, count])).toEqual([
    ["quotes", 1],
    ["orders", 2],
  ]);
});

test("the newest come first, as many as are asked for, and a part is no whole", () => {
  const dated = ["2026-01-01", "2026-01-03", "2026-01-02"].map((date, at) => invoice(`l-${at}`, { date }));
  const { related } = overviewOf(customer([of("invoices", dated, 2_000)]), { today, limit: 2 });
  expect(related).toEqual([
    { entity: "invoices", count: 2_000, records: [dated[1], dated[2]], isWhole: false },
  ]);
});
