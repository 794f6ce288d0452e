import { expect } from "vitest";
import { canonicalBytes, connectionId, externalId } from "@crossfoot/kernel";
import type { Json, LinkId } from "@crossfoot/kernel";
import type { Dump } from "../../store/dump.ts";
import { memoryErasedList } from "./erased-list.ts";
import { customer, miniWorld } from "./world.ts";
import type { MiniWorld, MiniWorldOptions } from "./world.ts";

/** Values of the person of the scene; nobody else has any of them. */
export const personValues: readonly string[] = [
  ...["Wilhelmina", "Quartermain", "w.quartermain@canary.example", "mina@old-canary.example"],
];

/** A contact in both systems, and a list of erased persons. */
export interface PersonScene extends MiniWorld {
  readonly list: ReturnType<typeof memoryErasedList>;
  readonly crmId: string;
  readonly erpId: string;
  readonly link: LinkId;
}

/** A contact in both systems that has had two addresses, lost a value, and stands in a plan. */
export async function personScene(options: MiniWorldOptions): Promise<PersonScene> {
  const list = memoryErasedList();
  const mini = await miniWorld({ ...options, change: { erased: list, ...options.change } });
  const account = mini.crm.add("accounts", customer);
  const [given, family, mail, old] = personValues;
  const person = { given, family, email: old, account } as { [field: string]: Json };
  const crmId = mini.crm.add("contacts", person);
  mini.crm.add("contacts", { given: "Other", family: "Person", email: "other@person.example", account });
  await mini.engine.run();
  mini.pass(10);
  mini.crm.edit("contacts", crmId, { email: mail ?? "" });
  await mini.engine.run();
  mini.pass(10);
  const erpId = mini.erp.rows("contacts").find(({ fields }) => fields["given"] === given)?.id ?? "";
  mini.erp.edit("contacts", erpId, { family: "Quartermain-Lost" });
  mini.crm.edit("contacts", crmId, { family: "Quartermain " });
  await mini.engine.run();
  mini.pass(10);
  mini.crm.edit("contacts", crmId, { family: family ?? "" });
  await mini.engine.plan();
  await mini.engine.run();
  mini.pass(10);
  const key = { connection: connectionId("crm"), entity: "contacts", id: externalId(crmId) };
  const [link] = (await mini.store.linksOf([key])).values();
  if (link === undefined) throw new Error("the contact has no link");
  return { ...mini, list, crmId, erpId, link };
}

/** Both systems lose the values: the plan, its apply, and the run that carries it over. */
export async function anonymise(mini: PersonScene): Promise<void> {
  const { plan } = await mini.engine.privacy.planErasure(`crm:${mini.crmId}`, "ada");
  if (plan === null) throw new Error("nothing was to be written");
  expect((await mini.engine.apply(plan)).unmade).toEqual([]);
  await mini.engine.run();
  mini.pass(10);
}

/** Where a text stands in a store, table by table. */
export const placesOf = (dump: Dump, texts: readonly string[]): readonly string[] =>
  Object.entries(dump).flatMap(([table, rows]) =>
    rows.flatMap((row) =>
      texts
        .filter((text) => canonicalBytes(row).toLowerCase().includes(text.toLowerCase()))
        .map((text) => `${table}: ${text}`),
    ),
  );
