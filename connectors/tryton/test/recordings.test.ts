import { failureRecord } from "@crossfoot/connector-sdk";
import { openTryton } from "@crossfoot/connector-tryton";
import { describe, expect, it } from "vitest";
import { playerOf, recorded } from "./player.ts";
import type { Recording } from "./player.ts";

const names = [
  "reads-masters",
  "reads-documents",
  "reads-projections",
  "operations",
  "reads-changes",
  "writes-parties",
  "writes-quotes",
  "writes-orders",
  "ends-session",
  "wrong-password",
  "wrong-database",
];

/** Plays a recording and answers what each call came to, in the form in which it was recorded. */
async function play(
  name: string,
): Promise<{ readonly seen: readonly unknown[]; readonly kept: readonly unknown[] }> {
  const recording = recorded(name) as Recording;
  const player = playerOf(recording);
  const connection = openTryton(player);
  const seen: unknown[] = [];
  for (const step of recording.steps) {
    player.load(step);
    const calls = { ...connection, ...connection.operations };
    const call = calls[step.call] as (argument: unknown) => Promise<unknown>;
    try {
      seen.push({ answer: JSON.parse(JSON.stringify(await call(step.argument))) as unknown });
    } catch (error) {
      const { failure, code } = failureRecord(error);
      seen.push({ rejects: { failure, code } });
    }
    expect([step.call, player.left(), player.surprises]).toEqual([step.call, 0, []]);
  }
  const kept = recording.steps.map(({ answer, rejects }) =>
    rejects === undefined ? { answer } : { rejects },
  );
  return { seen, kept };
}

describe("recordings of a real Tryton", () => {
  for (const name of names) {
    it(`${name}: the same requests go out, and the same records come of the answers`, async () => {
      const { seen, kept } = await play(name);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen).toEqual(kept);
    });
  }

  it("an account is one record with its parts, and a version over all of them", async () => {
    const { seen } = await play("reads-masters");
    const [page] = seen as readonly {
      readonly answer: { readonly records: readonly unknown[]; readonly next: string };
    }[];
    expect(page?.answer.next).toBe("5");
    expect(page?.answer.records[0]).toMatchObject({
      id: "4",
      kind: "present",
      actor: "admin",
      native: {
        code: "C00001",
        invoice_address: { city: "City 1", country: "DE" },
        delivery_address: { city: "Port 1" },
        addresses: [],
        email: { value: "info@c01.example.com" },
        tax_identifier: { type: "eu_vat" },
        credit_limit: { amount: "50000", currency: "EUR" },
        customer_payment_term: "30 days net",
      },
      version: expect.stringMatching(
        /^party\.address,4=\d+\.\d{6};party\.address,5=.*;party\.party,4=\d+\.\d{6}$/,
      ) as string,
    });
  });

  it("one refused create does not keep the others out, and each gets its own reason", async () => {
    const { seen } = await play("writes-parties");
    const [writes] = seen as readonly {
      readonly answer: readonly { readonly kind: string; readonly failure?: { readonly code: string } }[];
    }[];
    expect(writes?.answer.map(({ kind, failure }) => failure?.code ?? kind)).toEqual([
      "done",
      "tax_id_invalid",
      "payment_term_unknown",
      "region_unknown",
      "duplicate_number",
      "not_permitted",
      "control_character",
      "field_unknown",
    ]);
  });
});
