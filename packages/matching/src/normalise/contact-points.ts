import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { CountryCode } from "libphonenumber-js/min";
import { parse } from "tldts";
import { isBlank, isSharedMailbox } from "./blank.ts";

/** Providers whose domain says nothing about the company of its users. */
const freeMail: ReadonlySet<string> = new Set(
  (
    "gmail.com,googlemail.com,yahoo.com,yahoo.co.uk,yahoo.fr,yahoo.de,hotmail.com," +
    "hotmail.co.uk,hotmail.fr,outlook.com," +
    "live.com,msn.com,aol.com,icloud.com,me.com,gmx.de,gmx.net,gmx.at,gmx.ch,web.de," +
    "t-online.de,freenet.de,orange.fr," +
    "wanadoo.fr,free.fr,laposte.net,libero.it,virgilio.it,mail.ru,yandex.ru,qq.com,163.com," +
    "126.com,naver.com,proton.me," +
    "protonmail.com,bluewin.ch,seznam.cz,wp.pl,o2.pl,onet.pl,uol.com.br,bol.com.br," +
    "terra.com.br,rediffmail.com," +
    "comcast.net,verizon.net,att.net,btinternet.com,example.com,example.org,test.com"
  ).split(","),
);
const extension = /\s*(?:ext\.?|x|durchwahl|poste)\s*\d+\s*$/i;

/**
 * A phone number as it is compared: with country code where it can be told, else its digits without leading
 * zeros. "" for a number that is no number (blank, one digit over and over, fewer than six digits).
 * `country`
 * is where numbers without a country code are read. Never throws.
 */
export function phoneOf(value: string, country: string | null = null): string {
  const digits = value.replaceAll(/\D/g, "");
  if (digits.length < 6 || isBlank(value) || /^(\d)\1+$/.test(digits) || /^0*1?2345678/.test(digits))
    return "";
  const trimmed = value.replace(extension, "");
  const isAbroad = /^\s*(?:\+|00)/.test(trimmed);
  if (isAbroad || country !== null) {
    const told = trimmed.replace(/^\s*00/, "+");
    const parsed = parsePhoneNumberFromString(told, isAbroad ? undefined : (country as CountryCode));
    if (parsed?.isPossible() === true) return parsed.number;
  }
  return trimmed.replaceAll(/\D/g, "").replace(/^0+/, "");
}

/**
 * A mail address in parts; `local` is "" for a shared mailbox and `domain` for a provider of
 * everybody's.
 */
export interface MailParts {
  readonly local: string;
  readonly domain: string;
}

/** The parts of a mail address that name someone, or null for what is no address. Never throws. */
export function mailOf(value: string): MailParts | null {
  const [, local, host] = /^\s*(?:mailto:)?([^\s@<>]+)@([^\s@<>]+\.[^\s@<>]+)\s*$/i.exec(value) ?? [];
  if (local === undefined || host === undefined) return null;
  const domain = domainOf(host);
  const own = local.toLowerCase().replace(/\+.*$/, "");
  const isDotless = domain === "" && /^(?:gmail|googlemail)\./i.test(host);
  const named = isSharedMailbox(own) || isBlank(own) ? "" : own;
  return { local: isDotless ? named.replaceAll(".", "") : named, domain: domain };
}

/**
 * The registered domain of a web or mail host by the public suffix list; "" for none or a mail
 * provider.
 */
export function domainOf(value: string): string {
  const { domain } = parse(value.trim().toLowerCase());
  return domain === null || freeMail.has(domain) ? "" : domain;
}
