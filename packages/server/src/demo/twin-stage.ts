import { ERP_API_KEY, createCrm, createErp, randomStream, seedDemo } from "@crossfoot/twin";
import type { Crm, DemoContents } from "@crossfoot/twin";
import { holdsOverLimit } from "./back-office.ts";
import type { Ground, Pair } from "./back-office.ts";
import { textIn } from "./record.ts";
import { openProject } from "./stage.ts";
import type { ErpConnection, Stage, StageOptions } from "./stage.ts";
import { twinOffice } from "./twin-office.ts";

/** How much business the two twins do: enough to look at, and a first load of a few seconds. */
const amount = { accounts: 60, products: 40, history: 12, quotes: 12 };

/** The ERP's business from before is of another week: rates of exchange changed since. */
const historyAgeMs = 8 * 86_400_000;

function connectionTo(address: string): ErpConnection {
  return {
    yaml: [
      "connector: http",
      "role: erp",
      `address: ${address}`,
      "options: { description: descriptions/twin-erp.yaml }",
      'secrets: { apiKey: "file:secrets/erp-key", webhook: "file:secrets/webhook" }',
    ],
    descriptions: ["twin-erp.yaml"],
    secrets: { "erp-key": ERP_API_KEY },
  };
}

/** The first three shared companies are kept for the troubles. */
function groundOf(crm: Crm, contents: DemoContents, pairs: readonly Pair[]): Ground {
  const [doubled, contested, limited] = pairs;
  const productId = contents.sharedProducts[0]?.productId ?? "";
  if (doubled === undefined || contested === undefined || limited === undefined) {
    throw new Error("the demo needs three shared customers");
  }
  return {
    doubled,
    contested,
    limited,
    article: { productId, unit: textIn(crm.state.records["products"]?.[productId], "unit") },
    quoteHead: () => ({ warehouse: "MAIN", company: "NG01" }),
    overLimit: holdsOverLimit,
    bad: {
      fields: {
        name: `The Extraordinarily Long-Winded and ${"Very ".repeat(24)}Fictional Company`,
        taxId: "DE999999999",
      },
      why: "whose name is longer than the ERP takes",
      isBlamed: ({ field }) => field === "name",
    },
  };
}

/** Starts both twins on loopback, seeds them, and opens the engine over them. */
export async function openTwinStage({ seed, keeps }: StageOptions): Promise<Stage> {
  const clock = (): number => Date.now();
  let behindMs = historyAgeMs;
  const crm = createCrm({ clock, seed, reckonsInHome: true });
  const erp = createErp({ clock: () => clock() - behindMs, seed });
  const contents = seedDemo({ crm, erp, seed, ...amount, calm: true });
  behindMs = 0;
  const pairs = contents.shared.map(({ accountId, customerId }): Pair => ({
    accountId,
    customer: String(customerId),
  }));
  const crmUp = await crm.listen();
  const erpUp = await erp.listen();
  const random = randomStream(seed, "people");
  const closeTwins = async (): Promise<void> => {
    await crmUp.close();
    await erpUp.close();
  };
  const project = await openProject(crmUp.url, connectionTo(erpUp.url)).catch(async (error: unknown) => {
    await closeTwins();
    throw error;
  });
  return {
    office: {
      crm,
      erp: twinOffice(erp, random),
      pairs: pairs.slice(3),
      ground: groundOf(crm, contents, pairs),
      random,
    },
    sides: {
      crm: { title: "Brightdesk CRM (fictional)", address: crmUp.url },
      erp: { title: "Northgate ERP (fictional)", address: erpUp.url },
    },
    folder: project.folder,
    engine: project.engine,
    hint: [
      `curl -X PATCH ${crmUp.url}/api/v2/accounts/${pairs[3]?.accountId ?? ""} \\`,
      `  -H 'authorization: Bearer ${crm.token}' -H 'content-type: application/json' \\`,
      `  -d '{"phone":"+49 30 12345"}'`,
    ],
    close: async () => {
      await project.close(keeps);
      await closeTwins();
    },
  };
}
