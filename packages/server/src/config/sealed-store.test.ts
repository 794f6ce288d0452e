import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { readSealedFile, SealedBusy } from "./sealed-file.ts";
import { openSealed, removeSealed, rotateSealed, setSealed } from "./sealed-store.ts";
import type { SealedPlace } from "./sealed-store.ts";
import { plainProject, problemsIn, projectIn, writeFiles } from "./testing.ts";

let folder: TempFolder;
let place: SealedPlace;
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "one.key": keyText(1), "two.key": keyText(2) }, 0o600);
  place = { folder: folder.path, key: "file:one.key", nextKey: null };
});
afterEach(() => folder.remove());

/** A key of 32 equal bytes: no secret of anybody. */
const keyText = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const at = "2026-02-01T10:00:00.000Z";
const path = (): string => join(folder.path, "secrets.sealed");
const text = (): string => readFileSync(path(), "utf8");

function set(name: string, value: string): void {
  setSealed(place, { name, value, at });
}

/** What opening a secret gives: its value, or the problem. */
function opened(name: string, other: Partial<SealedPlace> = {}): string {
  const read = openSealed({ ...place, ...other })(name);
  return read.ok ? read.secret : `! ${read.problem}`;
}

interface Entries {
  [name: string]: { nonce: string; sealed: string; at: string };
}

/** Rewrites the entries of the file as somebody would who has no key. */
function tampered(change: (secrets: Entries) => void): void {
  const json = JSON.parse(text()) as { secrets: Entries };
  change(json.secrets);
  writeFileSync(path(), JSON.stringify(json));
}

const flipped = (base64: string, byte: number): string => {
  const bytes = Buffer.from(base64, "base64");
  bytes.writeUInt8(bytes.readUInt8(byte) ^ 1, byte);
  return bytes.toString("base64");
};

describe("a sealed secret", () => {
  it("opens with its key, and its file holds neither value nor key", () => {
    set("crm-token", "s3cret-value-ü");
    set("erp", "other");
    expect([opened("crm-token"), opened("erp")]).toEqual(["s3cret-value-ü", "other"]);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    for (const hidden of ["s3cret", Buffer.from("s3cret-value-ü").toString("base64"), keyText(1)])
      expect(text()).not.toContain(hidden);
  });

  it("has a fresh nonce at each sealing, of the same value too", () => {
    const nonces = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      set("same", "value");
      const json = JSON.parse(text()) as { secrets: Entries };
      nonces.add(json.secrets["same"]?.nonce ?? "");
    }
    expect(nonces.size).toBe(20);
  });

  it("is replaced by its name and removed by it, without a key", () => {
    set("a", "first");
    set("a", "second");
    expect(opened("a")).toBe("second");
    rmSync(join(folder.path, "one.key"));
    expect([removeSealed(folder.path, "a"), removeSealed(folder.path, "a")]).toEqual([true, false]);
  });

  it("stands in crossfoot.yaml as sealed:NAME, for a connection and for the store", () => {
    set("token", "crm-sealed-7");
    const sealed = 'sealed: { key: "file:one.key" }\n';
    writeFiles(folder.path, {
      "crossfoot.yaml": `${sealed}${plainProject.replace("env:CRM_TOKEN", "sealed:token")}`,
    });
    expect(projectIn(folder.path).connections[0]?.secret("token")).toBe("crm-sealed-7");
    writeFiles(folder.path, {
      "crossfoot.yaml": `${sealed}store: { url: "sealed:gone" }\n${plainProject}`,
    });
    expect(problemsIn(folder.path)).toEqual([
      "crossfoot.yaml:2: secrets.sealed holds no `gone`; set it again: crossfoot secrets set gone",
    ]);
  });

  it("comes from a key that a program prints, started without a shell", () => {
    set("a", "value");
    expect(opened("a", { key: "command:cat one.key" })).toBe("value");
    const refused = opened("a", { key: "command:cat one.key; echo" });
    expect(refused).toBe("! the key of the sealed secrets: the command `cat` failed (exit code 1)");
    expect(opened("a", { key: "command:no-such-program-7" })).toContain("did not give it (ENOENT)");
    expect(opened("a", { key: "command:echo weak" })).toContain("holds no key: 32 random bytes");
  });
});

describe("what does not open is refused with its name and never with a value", () => {
  beforeEach(() => {
    set("a", "value-of-a");
    set("b", "value-of-b");
  });

  it("with another key", () => {
    const told = opened("a", { key: "file:two.key" });
    expect(told).toMatch(
      /^! `a` is sealed with the key k-[0-9a-f]{16}, and the key here is k-[0-9a-f]{16}; /,
    );
  });

  it("with another key whose name was written into the file", () => {
    const other = { ...place, key: "file:two.key" };
    const before = text();
    rmSync(path());
    setSealed(other, { name: "x", value: "x", at });
    const id = (JSON.parse(text()) as { key: string }).key;
    writeFileSync(path(), JSON.stringify({ ...(JSON.parse(before) as object), key: id }));
    expect(opened("a", { key: "file:two.key" })).toContain("`a` in secrets.sealed was changed");
  });

  it("after any flipped bit of nonce, ciphertext or tag, and after a change of its time", () => {
    const before = text();
    const entry = (JSON.parse(before) as { secrets: Entries }).secrets["a"];
    const [nonce, sealed] = [entry?.nonce ?? "", entry?.sealed ?? ""];
    for (let byte = 0; byte < 12; byte += 1) {
      tampered((secrets) => void (secrets["a"] = { nonce: flipped(nonce, byte), sealed, at }));
      expect(opened("a")).toContain("`a` in secrets.sealed was changed and does not open");
    }
    for (let byte = 0; byte < Buffer.from(sealed, "base64").length; byte += 1) {
      tampered((secrets) => void (secrets["a"] = { nonce, sealed: flipped(sealed, byte), at }));
      expect(opened("a")).toContain("does not open");
    }
    tampered((secrets) => void (secrets["a"] = { nonce, sealed, at: "2026-03-01T00:00:00.000Z" }));
    expect(opened("a")).toContain("does not open");
    writeFileSync(path(), before);
    expect(opened("a")).toBe("value-of-a");
  });

  it("when it stands under another's name, and the others still open", () => {
    set("c", "value-of-c");
    tampered((secrets) => {
      [secrets["a"], secrets["b"]] = [secrets["b"] as Entries[string], secrets["a"] as Entries[string]];
    });
    expect(opened("a")).toContain("`a` in secrets.sealed was changed");
    expect(opened("b")).toContain("`b` in secrets.sealed was changed");
    expect(opened("c")).toBe("value-of-c");
    expect(opened("a") + opened("b")).not.toContain("value-of");
  });

  it("when the file is none of ours, or is cut off anywhere", () => {
    const before = text();
    for (let length = 0; length < before.trimEnd().length; length += 7) {
      writeFileSync(path(), before.slice(0, length));
      expect(opened("a")).toContain("secrets.sealed is not in order");
    }
    for (const other of ["[]", "{}", before.replace('"a"', '"__proto__"'), before.replace("/1", "/2")]) {
      writeFileSync(path(), other);
      expect(opened("a")).toContain("secrets.sealed is not in order");
    }
    expect(() => set("d", "x")).toThrow("secrets.sealed is not in order");
  });

  it.skipIf(process.platform === "win32")("when file or key have another mode than 600 or 400", () => {
    for (const mode of [0o644, 0o640, 0o700, 0o660, 0o200]) {
      chmodSync(path(), mode);
      expect(opened("a")).toContain("secrets.sealed");
    }
    chmodSync(path(), 0o400);
    expect(opened("a")).toBe("value-of-a");
    chmodSync(join(folder.path, "one.key"), 0o604);
    expect(opened("a")).toBe(
      "! the key of the sealed secrets: one.key can be read by others than its owner (mode 604); run: " +
        "chmod 600 one.key",
    );
  });
});

describe("rotation", () => {
  beforeEach(() => {
    set("a", "value-of-a");
    set("b", "value-of-b");
    place = { ...place, nextKey: "file:two.key" };
  });

  it("seals all with the next key; both keys are known before and after", () => {
    const before = readSealedFile(folder.path);
    const told = rotateSealed(place, at);
    expect(before.ok && before.secrets?.keyId).toBe(told.from);
    expect(told.count).toBe(2);
    expect([opened("a"), opened("b")]).toEqual(["value-of-a", "value-of-b"]);
    expect(opened("a", { key: "file:two.key", nextKey: null })).toBe("value-of-a");
    expect(opened("a", { key: "file:one.key", nextKey: null })).toContain(told.to);
    // What is set from now on is sealed with it too.
    set("c", "value-of-c");
    expect(opened("c", { key: "file:two.key", nextKey: null })).toBe("value-of-c");
  });

  it("leaves everything as it was when one secret does not open", () => {
    tampered((secrets) => {
      secrets["b"] = { ...(secrets["b"] as Entries[string]), at: "2026-03-01T00:00:00.000Z" };
    });
    const before = text();
    expect(() => rotateSealed(place, at)).toThrow("`b` in secrets.sealed was changed and does not open");
    expect(text()).toBe(before);
    expect(existsSync(`${path()}.next`)).toBe(false);
  });

  it("that was cut off at any byte leaves the one before whole, and says what to remove", () => {
    const before = text();
    rotateSealed(place, at);
    const after = text();
    for (let length = 0; length <= after.length; length += 13) {
      writeFileSync(path(), before);
      writeFileSync(`${path()}.next`, after.slice(0, length));
      expect(opened("a", { nextKey: null })).toBe("value-of-a");
      expect(() => rotateSealed(place, at)).toThrow(SealedBusy);
      rmSync(`${path()}.next`);
    }
    expect(rotateSealed(place, at).count).toBe(2);
  });
});
