import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { loadProject } from "./load-project.ts";
import {
  plainEnvironment,
  plainProject,
  problemsIn,
  projectIn,
  testConnectors,
  writeFiles,
} from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

/** Problems of the plain project with one text replaced by another. */
function changed(from: string, to: string): readonly string[] {
  if (!plainProject.includes(from)) throw new Error(`the plain project has no ${from}`);
  writeFiles(folder.path, { "crossfoot.yaml": plainProject.replace(from, to) });
  return problemsIn(folder.path);
}

describe("a project that is in order", () => {
  it("loads with every default filled in", () => {
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
    const project = projectIn(folder.path);
    expect(project.roles).toEqual({ crm: "crm", erp: "erp" });
    expect(project.server).toEqual({
      host: "127.0.0.1",
      port: 8787,
      publicUrl: null,
      trustedProxies: [],
      ratePerMinute: 600,
    });
    expect(project.connections[0]?.hooks).toEqual({
      perSecond: 200,
      burst: 20_000,
      backlogMax: 100_000,
      bytesMax: 1_048_576,
      certificates: [],
      certificateHeader: "x-client-cert",
    });
    expect(project.store).toEqual({ home: "embedded", folder: `${folder.path}/crossfoot-store` });
    expect(project.entities).toHaveLength(9);
    expect(project.cadenceMs.accounts).toBe(30_000);
    expect(project.retry).toEqual({ attemptsMax: 10, delayMsMin: 1_000, delayMsMax: 900_000 });
    expect(project.guard["archive"]).toEqual({ countMax: 20, shareMax: 0.05, countFree: 5 });
    expect(project.connections.map(({ id, timeoutMs, concurrency }) => [id, timeoutMs, concurrency])).toEqual(
      [
        ["crm", 30_000, 4],
        ["erp", 30_000, 4],
      ],
    );
  });

  it("gives a secret only when it is asked for, and shows none when printed", () => {
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
    const project = projectIn(folder.path);
    expect(project.connections[0]?.secret("token")).toBe("crm-secret-7");
    expect(() => project.connections[0]?.secret("other")).toThrow("connections.crm.secrets has no `other`");
    const printed = inspect(project, { depth: 10 }) + JSON.stringify(project);
    expect(printed).not.toContain("secret-7");
  });

  it("lays the file of a mapping over the connector's default", () => {
    writeFiles(folder.path, {
      "crossfoot.yaml": plainProject,
      "mappings/crm.yaml": "entities: { accounts: { fields: { email: mail } } }\n",
    });
    const [crm, erp] = projectIn(folder.path).connections;
    expect(crm?.mapping.entities["accounts"]?.roots).toEqual(["mail", "name"]);
    expect(erp?.mapping.entities["accounts"]?.roots).toEqual(["email", "name"]);
    expect(crm?.mappingHash).not.toBe(erp?.mappingHash);
  });

  it("says what roles of keys do not see: the usual, or for a role that is named what stands there", () => {
    writeFiles(folder.path, {
      "crossfoot.yaml":
        plainProject + 'visibility: { sales: { invoices: "*", orders: [gross] }, viewer: {} }\n',
    });
    expect(projectIn(folder.path).visibility).toEqual({
      viewer: {},
      sales: { invoices: ["*"], orders: ["gross"] },
      ...{ operator: {}, approver: {}, administrator: {} },
      agent: { accounts: ["creditLimit"] },
    });
  });

  it("takes an entity out by either switch, and hashes the contract in force", () => {
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
    const whole = projectIn(folder.path);
    writeFiles(folder.path, {
      "crossfoot.yaml": `${plainProject}entities: { quotes: off, orders: false }\n`,
      "contract.yaml": "version: 3\nentities:\n  invoices: { enabled: false }\n  accounts:\n",
    });
    const narrow = projectIn(folder.path);
    expect(whole.entities.filter((name) => !narrow.entities.includes(name))).toEqual([
      "quotes",
      "orders",
      "invoices",
    ]);
    expect(narrow.contractVersion).toBe("3");
    expect(narrow.contractHash).not.toBe(whole.contractHash);
    expect(narrow.contractHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("needs no secret for commands that reach no system", () => {
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
    const options = { environment: {}, connectors: testConnectors };
    expect(loadProject(folder.path, { ...options, needsSecrets: false }).problems).toBeUndefined();
    expect(loadProject(folder.path, options).problems).toHaveLength(2);
  });
});

describe("bad input in crossfoot.yaml gets file, line and the nearest known name", () => {
  it("a misspelt key", () => {
    expect(changed("address: https://crm", "adress: https://crm")).toEqual([
      "crossfoot.yaml:2: `address` is missing: Address of the system, no password in it.",
      "crossfoot.yaml:5: unknown key `adress` (did you mean `address`?)",
    ]);
  });

  it("an unknown entity", () => {
    expect(
      changed("connections:", "entities: { acounts: on }\ncadence: { order: 5s }\nconnections:"),
    ).toEqual([
      "crossfoot.yaml:1: unknown entity `acounts` (did you mean `accounts`?)",
      "crossfoot.yaml:2: unknown entity `order` (did you mean `orders`?)",
    ]);
  });

  it.each(["__proto__", "constructor", "toString"])("%s, which names the machinery of objects", (key) => {
    expect(changed("connections:", `${key}: { polluted: 1 }\nconnections:`)[0]).toContain(
      `crossfoot.yaml:1: unknown key \`${key}\``,
    );
    expect(changed("connections:", `connections:\n  ${key}: { role: crm, polluted: 1 }`)).not.toEqual([]);
    expect(changed("database: crm", `${key}: { polluted: 1 }, database: crm`)).not.toEqual([]);
    const bad = "{ polluted: 1 }";
    writeFiles(folder.path, {
      "crossfoot.yaml": plainProject,
      "contract.yaml": `entities: { ${key}: ${bad}, accounts: { fields: { ${key}: ${bad} } } }\n`,
      "mappings/crm.yaml": `entities: { ${key}: ${bad}, accounts: { fields: { ${key}: ${bad} } } }\n`,
    });
    const told = problemsIn(folder.path).filter((problem) => problem.includes(`\`${key}\``));
    expect(told.filter((problem) => problem.startsWith("contract.yaml:1: "))).toHaveLength(2);
    expect(told.filter((problem) => problem.startsWith("mappings/crm.yaml:1: "))).toHaveLength(2);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("a role, an entity or a field that nobody can see anyway", () => {
    const told = (text: string): readonly string[] => changed("connections:", `${text}\nconnections:`);
    expect(told("visibility: { boss: {} }").join()).toContain("unknown key `boss`");
    expect(told("visibility: { sales: { acounts: [name] } }")).toEqual([
      "crossfoot.yaml:1: unknown entity `acounts` (did you mean `accounts`?)",
    ]);
    expect(told("visibility: { sales: { accounts: [creditlimit] } }")).toEqual([
      "crossfoot.yaml:1: Accounts have no field `creditlimit` (did you mean `creditLimit`?)",
    ]);
    expect(told("visibility: { sales: { accounts: [1] } }").join()).toContain("is a list of fields");
  });

  it("an unknown connector", () => {
    expect(changed("connector: plain", "connector: plian")).toEqual([
      "crossfoot.yaml:3: unknown connector `plian`; there are: http, plain (did you mean `plain`?)",
    ]);
  });

  it("an unknown option of a connector", () => {
    expect(changed("database: crm", "databse: crm, database: crm")).toEqual([
      "crossfoot.yaml:8: `databse`: unknown option (did you mean `database`?)",
    ]);
  });

  it("two connections with one role", () => {
    expect(changed("role: erp", "role: crm")).toEqual([
      "crossfoot.yaml:1: a project has one crm and one erp for now, and no connection has `role: erp`",
      "crossfoot.yaml:11: there is one crm for now, and `crm` is it already",
    ]);
  });

  it("durations without a unit, shares and counts out of range", () => {
    const text = "sweep: 60\nguard: { archive: { shareMax: 5 } }\nserver: { port: 99999 }\nconnections:";
    expect(changed("connections:", text)).toEqual([
      "crossfoot.yaml:1: `sweep` is a duration with its unit, such as 30s, 5m or 1h",
      "crossfoot.yaml:2: `shareMax` is a share from 0 to 1; 0.05 is 5 %",
      "crossfoot.yaml:3: `port` is a whole number from 0 to 65535",
    ]);
  });

  it("a certificate that nobody may tell, one that is none, and a proxy without an address", () => {
    const hooks = (text: string): string => `connector: plain\n    webhooks: { certificates: "${text}" }`;
    const known = "ab:".repeat(31) + "AB";
    expect(changed("connector: plain", hooks(known))).toEqual([
      "crossfoot.yaml:4: nobody may tell a certificate; name the proxy in `server.trustedProxies`",
    ]);
    const server = "server: { trustedProxies: '10.0.0.7, proxy.acme.example' }\nconnections:";
    expect(changed("connections:", server)).toEqual([
      "crossfoot.yaml:1: `proxy.acme.example` is no proxy: write an address or a network, such as " +
        "10.0.0.7, 10.0.0.0/8 or fd00::/8",
    ]);
    expect(changed("connector: plain", hooks("SHA1"))[0]).toContain(
      "crossfoot.yaml:4: `sha1` is no SHA-256 fingerprint",
    );
  });

  it("what is no YAML, and a key that is written twice", () => {
    expect(changed("connector: plain", "connector: plain\n    connector: http")[0]).toBe(
      "crossfoot.yaml:4: not YAML: Map keys must be unique",
    );
    expect(changed("connections:", "connections: [")[0]).toMatch(/^crossfoot\.yaml:\d+: not YAML: /);
  });

  it("a folder that is no project", () => {
    expect(problemsIn(folder.path)[0]).toContain("run `crossfoot init` there");
  });

  it("a mapping file of no connection", () => {
    writeFiles(folder.path, {
      "crossfoot.yaml": plainProject,
      "mappings/emp.yaml": "",
      "mappings/crm.yml": "",
    });
    expect(problemsIn(folder.path)).toEqual([
      "mappings/crm.yml: is not read; call it crm.yaml",
      "mappings/emp.yaml: no connection is called `emp` (did you mean `erp`?)",
    ]);
  });

  it("all of it at once, not only the first", () => {
    writeFiles(folder.path, {
      "crossfoot.yaml": plainProject
        .replace("role: crm", "role: cmr")
        .replace("database: erp", "databas: erp"),
      "contract.yaml": "entities: { acounts: {} }\n",
      "mappings/crm.yaml": "entities: { accounts: { fields: { nmae: n } } }\n",
    });
    const files = problemsIn(folder.path).map((line) => line.split(":")[0]);
    expect(new Set(files)).toEqual(new Set(["crossfoot.yaml", "contract.yaml", "mappings/crm.yaml"]));
    expect(files).toHaveLength(5);
  });
});

describe("secrets", () => {
  it("a plain secret in the file is refused with an explanation, and is not repeated", () => {
    const [problem = "", ...others] = changed("token: env:CRM_TOKEN", "token: hunter2");
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /^crossfoot\.yaml:7: a secret is never written into a file of the project; write `env:NAME`/,
    );
    expect(problem).not.toContain("hunter2");
  });

  it("a password in an address or under the options is refused too", () => {
    const address = changed("https://crm.example.com", "https://me:hunter2@crm.example.com");
    expect(address).toHaveLength(1);
    expect(address[0]).toMatch(/^crossfoot\.yaml:5: `address` holds a user or a password/);
    const option = changed("password: password", "password: hunter2");
    expect(option).toEqual([
      "crossfoot.yaml:14: `password` is the name of an entry of `secrets`, not the secret itself; " +
        "there is no entry of that name",
    ]);
    expect([...address, ...option].join()).not.toContain("hunter2");
  });

  it("a file that others can read is refused; a private one is read", () => {
    const text = plainProject.replace("env:CRM_TOKEN", "file:secrets/crm");
    writeFiles(folder.path, { "crossfoot.yaml": text });
    writeFiles(folder.path, { "secrets/crm": "from-a-file\n" }, 0o644);
    expect(problemsIn(folder.path)).toEqual([
      "crossfoot.yaml:7: secrets/crm can be read by others than its owner (mode 644); " +
        "run: chmod 600 secrets/crm",
    ]);
    writeFiles(folder.path, { "secrets/crm": "from-a-file\n" }, 0o640);
    expect(problemsIn(folder.path)).toHaveLength(1);
    writeFiles(folder.path, { "secrets/crm": "from-a-file\n" }, 0o600);
    expect(projectIn(folder.path).connections[0]?.secret("token")).toBe("from-a-file");
  });

  it("a variable that is not set, or empty, is named", () => {
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
    expect(problemsIn(folder.path, { ...plainEnvironment, CRM_TOKEN: "" })).toEqual([
      "crossfoot.yaml:7: the environment variable CRM_TOKEN is not set; set it before you start crossfoot",
    ]);
  });

  it("the address of a database is a secret; both stores at once are refused", () => {
    const url = "store: { url: env:DATABASE_URL }\nconnections:";
    writeFiles(folder.path, { "crossfoot.yaml": plainProject.replace("connections:", url) });
    const environment = { ...plainEnvironment, DATABASE_URL: "postgres://me:hunter2@db/crossfoot" };
    const { store } = projectIn(folder.path, environment);
    expect(store.home === "server" && store.url()).toBe(environment.DATABASE_URL);
    const plain = "store: { url: postgres://me:hunter2@db/x }\nconnections:";
    expect(changed("connections:", plain).join()).not.toContain("hunter2");
    const both = url.replace("{ url", "{ embedded: ./x, url");
    expect(changed("connections:", both)).toEqual([
      "crossfoot.yaml:1: the store is either `embedded` or at a `url`, not both",
    ]);
  });
});
