import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { plainEnvironment, plainProject, problemsIn, projectIn, writeFiles } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

/** Problems of the plain project with one more file. */
function withFile(name: string, text: string): readonly string[] {
  writeFiles(folder.path, { "crossfoot.yaml": plainProject, [name]: text });
  return problemsIn(folder.path);
}

describe("bad input in contract.yaml", () => {
  const contract = (text: string): readonly string[] => withFile("contract.yaml", text);

  it("a misspelt key, an unknown entity, field or status", () => {
    const text = [
      "entities:",
      "  acounts: {}",
      "  accounts:",
      "    mastr: crm",
      "    fields: { nam: { master: crm } }",
      "    ownership: [{ at: erp, statuses: [custmer], fields: [name], writer: crm }]",
    ];
    expect(contract(text.join("\n"))).toEqual([
      "contract.yaml:2: unknown entity `acounts` (did you mean `accounts`?)",
      "contract.yaml:4: unknown key `mastr` (did you mean `master`?)",
      "contract.yaml:5: unknown field `nam` (did you mean `name`?)",
      "contract.yaml:6: unknown status `custmer` (did you mean `customer`?)",
    ]);
  });

  it("a contract that lets both sides master one field is refused", () => {
    const [problem, ...others] = contract(
      "entities: { accounts: { fields: { email: { master: [crm, erp] } } } }",
    );
    expect(problem).toContain("contract.yaml:1: a field has one master, `crm` or `erp`");
    expect(others).toEqual([]);
    expect(contract("entities:\n  accounts:\n    master: both")[0]).toContain(
      "contract.yaml:3: a field has one master",
    );
  });

  it("`no` is text in YAML and would count as true: it is refused where true or false belongs", () => {
    expect(contract("entities:\n  accounts:\n    enabled: no")).toEqual([
      "contract.yaml:3: `enabled` is true or false",
    ]);
  });

  it("a rule that lacks a part, and shapes that are none", () => {
    const text = [
      "entities:",
      "  quotes:",
      "    create: { erp: {} }",
      "    matchKeys: email",
      "    ownership: [{ at: erp }]",
    ];
    expect(contract(text.join("\n"))).toEqual([
      "contract.yaml:3: `when` is missing here",
      "contract.yaml:4: `matchKeys` is a list",
      "contract.yaml:5: `statuses` is missing here",
      "contract.yaml:5: `fields` is missing here",
      "contract.yaml:5: `writer` is missing here",
    ]);
  });
});

describe("bad input in a mapping", () => {
  const mapping = (text: string): readonly string[] => withFile("mappings/crm.yaml", text);

  it("a misspelt key, an unknown entity or field, with its line", () => {
    const text = [
      "entities:",
      "  acounts: { fields: {} }",
      "  accounts:",
      "    fields:",
      "      nmae: n",
      "      phone: { pth: p }",
    ];
    expect(mapping(text.join("\n"))).toEqual([
      "mappings/crm.yaml:2: unknown entity `acounts` (did you mean `accounts`?)",
      "mappings/crm.yaml:5: unknown field `nmae` (did you mean `name`?)",
      "mappings/crm.yaml:6: unknown key `pth` (did you mean `path`?)",
    ]);
  });

  it("a number that would lose its form has to be put in quotes", () => {
    const text =
      'entities: { accounts: { fields: { industry: { path: i, values: { retail: 012, other: "012" } } } } }';
    expect(mapping(text)).toEqual([
      "mappings/crm.yaml:1: `012` is read as the number 12; write 12, or put it in quotes to keep it",
    ]);
  });

  it("a fault that the file does not hold is told where the connection is named", () => {
    const clash = "entities: { accounts: { fields: { website: name } } }";
    const [problem] = mapping(clash);
    expect(problem).toContain("mappings/crm.yaml:1: `name` is written by `name` already");
  });
});

describe("description files of the declarative connector", () => {
  const described = plainProject
    .replace("connector: plain\n    role: crm", "connector: http\n    role: crm")
    .replace("{ database: crm }", "{ description: descriptions/crm.yaml }");
  const description = [
    "language: 1",
    "title: CRM",
    `auth: { kind: bearer, token: "\${secret.token}" }`,
    "entities:",
    "  accounts:",
    "    object: companies",
    "    record: { id: id }",
    '    list: { path: "/companies", rows: results }',
    "mapping: { entities: { accounts: { fields: { name: title } } } }",
  ];
  const write = (lines: readonly string[]): readonly string[] => {
    writeFiles(folder.path, { "crossfoot.yaml": described, "descriptions/crm.yaml": lines.join("\n") });
    return problemsIn(folder.path);
  };

  it("reads the file, gives the connector what is in it, and takes its mapping", () => {
    expect(write(description)).toEqual([]);
    const [crm] = projectIn(folder.path).connections;
    expect(crm?.options["description"]).toMatchObject({ title: "CRM" });
    expect(crm?.mapping.entities["accounts"]?.roots).toEqual(["title"]);
  });

  it("names the line of a fault in the description and in the mapping inside of it", () => {
    expect(write(description.map((line) => line.replace("object:", "objct:")))).toEqual([
      expect.stringMatching(/^descriptions\/crm\.yaml:6: `objct`: unknown key \(did you mean `object`\?\)$/),
    ]);
    expect(write(description.map((line) => line.replace("name: title", "nmae: title")))).toEqual([
      "descriptions/crm.yaml:9: unknown field `nmae` (did you mean `name`?)",
    ]);
  });

  it("a file that is not there, a secret that is not declared, a secret that stands in it", () => {
    writeFiles(folder.path, { "crossfoot.yaml": described });
    expect(problemsIn(folder.path)).toEqual(["crossfoot.yaml:8: there is no file descriptions/crm.yaml"]);
    const other = write(description.map((line) => line.replace("secret.token", "secret.tokn")));
    expect(other).toEqual([
      "crossfoot.yaml:6: descriptions/crm.yaml needs the secret `tokn`; add it: `tokn: env:NAME` " +
        "(did you mean `token`?)",
    ]);
    const plain = write(description.map((line) => line.replace(`\${secret.token}`, "hunter2")));
    expect(plain).toHaveLength(1);
    expect(plain[0]).toContain("descriptions/crm.yaml:3: a secret never stands in a file");
    expect(plain[0]).not.toContain("hunter2");
  });
});

describe("environment and flags", () => {
  it("win over the file, and a variable that looks like one of ours is named", () => {
    const text = `${plainProject}server: { port: 9000 }\ncadence: { accounts: 10s }\n`;
    writeFiles(folder.path, { "crossfoot.yaml": text });
    const more = {
      CROSSFOOT_SERVER_PORT: "9001",
      CROSSFOOT_CONNECTIONS_CRM_ADDRESS: "https://other.example.com",
    };
    const project = projectIn(folder.path, { ...plainEnvironment, ...more });
    expect(project.server.port).toBe(9001);
    expect(project.connections[0]?.address).toBe("https://other.example.com");
    expect(project.cadenceMs.accounts).toBe(10_000);
    expect(
      problemsIn(folder.path, { ...plainEnvironment, CROSSFOOT_SERVR_PORT: "1", CROSSFOOT_SERVER_HOST: "" }),
    ).toEqual([
      "environment: CROSSFOOT_SERVR_PORT is no option of ours (did you mean `CROSSFOOT_SERVER_PORT`?)",
    ]);
    expect(problemsIn(folder.path, { ...plainEnvironment, CROSSFOOT_SERVER_PORT: "http" })).toEqual([
      "environment: CROSSFOOT_SERVER_PORT: `port` is a whole number from 0 to 65535",
    ]);
  });
});
