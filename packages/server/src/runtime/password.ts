import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/**
 * What a hash costs: 32 MiB, three rounds. OWASP's Password Storage Cheat Sheet names settings of equal
 * strength for scrypt; in its text of 2022 (read 2026-11, commit 00111e7) N = 2^15, r = 8 wants p = 2, and
 * a third round keeps up with its later doubling to N = 2^17, r = 8, p = 1.
 */
export interface PasswordCost {
  /** N is two to the power of this. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** What hashes are made with; earlier ones say with what they were made. */
export const passwordCost: PasswordCost = { ln: 15, r: 8, p: 3 };

/**
 * Shortest and longest password, in code points. Fifteen: NIST SP 800-63B-4, 3.1.1.2, for a password that is
 * the only factor; it asks for 64 or more at the other end, and for no rules of composition.
 */
export const passwordLength = { min: 15, max: 256 } as const;

const keyBytes = 32;
const saltBytes = 16;

/** Hashes that are made at one time: each takes its memory. */
const togetherMax = 2;
/** Hashes that wait for their turn; more are refused. */
const waitingMax = 32;

/** Too many want a password looked at. */
export class PasswordsBusy extends Error {
  constructor() {
    super("too many sign-ins at once");
    this.name = "PasswordsBusy";
  }
}

let working = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (working >= togetherMax) {
    if (waiting.length >= waitingMax) throw new PasswordsBusy();
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  } else working += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) working -= 1;
    else next();
  }
}

interface Made {
  readonly cost: PasswordCost;
  readonly salt: Buffer;
}

function derive(password: string, { cost: { ln, r, p }, salt }: Made): Promise<Buffer> {
  const N = 2 ** ln;
  // The same text typed on two keyboards is one password (NFKC, as NIST asks).
  const text = password.normalize("NFKC");
  return inTurn(
    () =>
      new Promise((resolve, reject) => {
        scrypt(text, salt, keyBytes, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      }),
  );
}

const form = /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/;

/** Hashes a password: `scrypt$ln=15,r=8,p=3$<salt>$<hash>`. Draws random numbers. */
export async function hashPassword(password: string, cost: PasswordCost = passwordCost): Promise<string> {
  const salt = randomBytes(saltBytes);
  const key = await derive(password, { cost, salt });
  const { ln, r, p } = cost;
  return `scrypt$ln=${ln},r=${r},p=${p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/**
 * Whether a password is the one of that hash. Without a hash the same work is done and the answer is false:
 * whoever waits for it learns nothing of who is known. Throws {@link PasswordsBusy}.
 */
export async function isPassword(
  password: string,
  kept: string | null,
  cost: PasswordCost = passwordCost,
): Promise<boolean> {
  const [, ln, r, p, salt, key] = form.exec(kept ?? "") ?? [];
  const isKept = salt !== undefined && key !== undefined;
  const made: Made = isKept
    ? { cost: { ln: Number(ln), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, "base64url") }
    : { cost, salt: Buffer.alloc(saltBytes) };
  const derived = await derive(password, made);
  return isKept && timingSafeEqual(derived, Buffer.from(key, "base64url"));
}

/** Why a password is not taken; null when it is. Says nothing of it but its faults. */
export function whyNoPassword(password: string, name: string): string | null {
  const { min, max } = passwordLength;
  // Code points, as NIST counts.
  const letters = Array.from(password.normalize("NFKC"));
  if (letters.length < min) return `a password has at least ${min} characters; a sentence is a good one`;
  if (letters.length > max) return `a password has at most ${max} characters`;
  if (new Set(letters).size < 5) return "a password has at least five different characters";
  if (password.toLowerCase().includes(name.toLowerCase())) return "a password does not hold the name";
  return null;
}
