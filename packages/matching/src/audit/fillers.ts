import { isBlank } from "../normalise/blank.ts";
import { fold } from "../text/fold.ts";
import type { Meaning } from "./columns.ts";

/** Domains that nobody can have (RFC 2606), and words before and after the sign that stand for no address. */
const reserved = /^(?:[^@]+@)?(?:[a-z\d-]+\.)*example\.(?:com|net|org)$/;
const noLocal = new Set([
  "no",
  "none",
  "na",
  "nobody",
  "nomail",
  "noemail",
  "test",
  "unknown",
  "x",
  "xx",
  "xxx",
]);
const noDomain = new Set([
  "no",
  "none",
  "na",
  "nomail",
  "noemail",
  "email",
  "mail",
  "test",
  "unknown",
  "domain",
]);

function isNoMail(value: string): boolean {
  const mail = value.toLowerCase();
  const [local = "", host = ""] = mail.split("@");
  return reserved.test(mail) || (noLocal.has(local) && noDomain.has(host.split(".")[0] ?? ""));
}

/** Words of records that somebody made to try something. */
const trial = new Set(["test", "dummy", "sample", "demo", "xyz", "xxx", "foo", "asdf", "qwerty"]);
const usual = new Set(
  "account,customer,company,client,contact,user,person,product,record,kunde,firma,name".split(","),
);

function isTrialName(value: string): boolean {
  const words = fold(value)
    .split(" ")
    .filter((word) => word !== "");
  if (!words.some((word) => trial.has(word))) return false;
  return words.every((word) => trial.has(word) || usual.has(word) || /^\d{1,3}$/.test(word));
}

const elsewhere = new RegExp(
  "^(?:(?:the )?same as|see|wie|siehe|idem|ditto)" +
    "(?: (?:the|above|oben|billing|shipping|delivery|invoice|main|other))*(?: address)?$",
);

/** Whether a value stands for nothing where a value of this meaning belongs. Never throws. */
export function isFiller(value: string, meaning: Meaning): boolean {
  if (isBlank(value)) return true;
  switch (meaning) {
    case "mail":
      return isNoMail(value);
    case "name":
    case "given":
    case "family":
      return isTrialName(value);
    case "street":
    case "city":
      return elsewhere.test(fold(value));
    default:
      return false;
  }
}
