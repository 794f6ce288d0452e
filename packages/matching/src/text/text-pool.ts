import { NumberList } from "./number-list.ts";

/** Texts that were read lately and are kept as strings. */
const recentMax = 1 << 12;
/** Longer texts are read in pieces. */
const plainMax = 4096;

/**
 * Numbers distinct texts from 0 in the order they come, and keeps them as bytes side by side: a million
 * names take some thirty megabytes and no garbage. Equality is exact (hash, then the bytes). Each UTF-16 unit
 * takes one to three bytes. Never throws below two gigabytes of text.
 */
export class TextPool {
  #bytes = new Uint8Array(1024);
  #used = 0;
  readonly #starts = new NumberList();
  readonly #hashes = new NumberList();
  #slots = new Int32Array(256).fill(-1);
  #scratch = new Uint8Array(256);
  readonly #recent: string[] = [];
  readonly #recentIds: Int32Array = new Int32Array(recentMax).fill(-1);

  /** How many texts there are. */
  get count(): number {
    return this.#starts.length;
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.#bytes.length + this.#slots.byteLength + this.#starts.bytes + this.#hashes.bytes;
  }

  /** The number of a text, given at its first coming. */
  idOf(text: string): number {
    const length = this.#write(text);
    let hash = 0x811c9dc5;
    for (let at = 0; at < length; at++) hash = Math.imul(hash ^ (this.#scratch[at] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = Math.imul(hash, 0x2c1b3c6d) >>> 7;
    for (; ; slot++) {
      const id = this.#slots[slot & mask] ?? -1;
      if (id < 0) break;
      if (this.#hashes.at(id) === hash && this.#isSame(id, length)) return id;
    }
    return this.#add(slot & mask, hash, length);
  }

  /** The text of a number; "" for a number that was not given. */
  textOf(id: number): string {
    const place = id & (recentMax - 1);
    if (this.#recentIds[place] === id) return this.#recent[place] ?? "";
    if (id < 0 || id >= this.count) return "";
    const text = this.#read(this.#starts.at(id), this.#endOf(id));
    this.#recentIds[place] = id;
    this.#recent[place] = text;
    return text;
  }

  /** Bytes of a text; for Latin letters its length. */
  lengthOf(id: number): number {
    return this.#endOf(id) - this.#starts.at(id);
  }

  /** The byte of a text at a place; -1 behind its end. */
  byteAt(id: number, at: number): number {
    const place = this.#starts.at(id) + at;
    return place < this.#endOf(id) ? (this.#bytes[place] ?? -1) : -1;
  }

  #endOf(id: number): number {
    return id + 1 < this.#starts.length ? this.#starts.at(id + 1) : this.#used;
  }

  #isSame(id: number, length: number): boolean {
    const start = this.#starts.at(id);
    if (this.#endOf(id) - start !== length) return false;
    for (let at = 0; at < length; at++) if (this.#bytes[start + at] !== this.#scratch[at]) return false;
    return true;
  }

  #add(slot: number, hash: number, length: number): number {
    const id = this.#starts.length;
    if (this.#used + length > this.#bytes.length) {
      const wider = new Uint8Array(Math.ceil((this.#used + length) * 1.5));
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    this.#bytes.set(this.#scratch.subarray(0, length), this.#used);
    this.#starts.push(this.#used);
    this.#hashes.push(hash);
    this.#used += length;
    this.#slots[slot] = id;
    if (this.#starts.length * 2 > this.#slots.length) this.#widen();
    return id;
  }

  #widen(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#starts.length; id++) {
      let slot = Math.imul(this.#hashes.at(id), 0x2c1b3c6d) >>> 7;
      while ((slots[slot & mask] ?? -1) >= 0) slot++;
      slots[slot & mask] = id;
    }
    this.#slots = slots;
  }

  /** Writes a text to the scratch; returns how many bytes it takes. */
  #write(text: string): number {
    if (text.length * 3 > this.#scratch.length) this.#scratch = new Uint8Array(text.length * 4);
    let to = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit < 0x80) this.#scratch[to++] = unit;
      else if (unit < 0x800) {
        this.#scratch[to++] = 0xc0 | (unit >> 6);
        this.#scratch[to++] = 0x80 | (unit & 63);
      } else {
        this.#scratch[to++] = 0xe0 | (unit >> 12);
        this.#scratch[to++] = 0x80 | ((unit >> 6) & 63);
        this.#scratch[to++] = 0x80 | (unit & 63);
      }
    }
    return to;
  }

  #read(start: number, end: number): string {
    const bytes = this.#bytes.subarray(start, end);
    if (bytes.length < plainMax && bytes.every((byte) => byte < 0x80)) return String.fromCharCode(...bytes);
    let text = "";
    for (let at = start; at < end; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (byte < 0x80) text += String.fromCharCode(byte);
      else if (byte < 0xe0) text += String.fromCharCode(((byte & 31) << 6) | ((this.#bytes[++at] ?? 0) & 63));
      else {
        const middle = ((this.#bytes[at + 1] ?? 0) & 63) << 6;
        text += String.fromCharCode(((byte & 15) << 12) | middle | ((this.#bytes[at + 2] ?? 0) & 63));
        at += 2;
      }
    }
    return text;
  }
}
