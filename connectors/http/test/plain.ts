import type { ConnectorError } from "@crossfoot/connector-sdk";
import { expect } from "vitest";

/** A failure names things and holds nothing that a customer or a secret could have said. */
export function checkPlain(failure: ConnectorError): void {
  const told = [failure.message, failure.code, failure.field ?? "", failure.requestId ?? ""].join(" ");
  expect(told).not.toMatch(/tok-1|key-1|hook-|pa:ss|sec&ret|Please log in|secret text/);
  expect(failure.message.length).toBeLessThan(200);
}
