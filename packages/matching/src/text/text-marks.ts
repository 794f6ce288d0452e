/** Parts of the table; each grows by itself, so that little is held twice while it does. */
const partCount = 256;
/** Places of a part at first. */
const beginning = 8;
/** Of a part's places, so many are taken at most. */
const fullness = 0.85;
/** A part grows by so much. */
const growth = 1.5;

/** One part: two numbers a place, both 0 where it is free. */
interface Part {
  marks: Uint32Array<ArrayBuffer>;
  taken: number;
}

/**
 * Which texts were there before, without keeping them: 64 bits of each, in 9 to 15 bytes of memory. Two texts
 * count as one where these bits are the same: among 56 million texts in one of ten thousand such lists. Never
 * throws.
 */
export class TextMarks {
  readonly #parts: readonly Part[] = Array.from({ length: partCount }, (): Part => {
    return { marks: new Uint32Array(2 * beginning), taken: 0 };
  });
  #count = 0;
  #bytes = partCount * 8 * beginning;

  /** How many texts were put in. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  has(text: string): boolean {
    const [high, low] = markOf(text);
    const { marks } = this.#partOf(low);
    return marks[placeOf(marks, high, low) + 1] !== 0;
  }

  /** Puts a text in. False where it was there. */
  add(text: string): boolean {
    const [high, low] = markOf(text);
    const part = this.#partOf(low);
    const place = placeOf(part.marks, high, low);
    if (part.marks[place + 1] !== 0) return false;
    part.marks[place] = high;
    part.marks[place + 1] = low;
    part.taken += 1;
    this.#count += 1;
    if (part.taken * 2 > part.marks.length * fullness) this.#widen(part);
    return true;
  }

  #partOf(low: number): Part {
    return this.#parts[low % partCount] as Part;
  }

  #widen(part: Part): void {
    const old = part.marks;
    const marks = new Uint32Array(2 * Math.ceil((old.length / 2) * growth));
    for (let at = 0; at < old.length; at += 2) {
      const [high = 0, low = 0] = [old[at], old[at + 1]];
      if (low === 0) continue;
      const place = placeOf(marks, high, low);
      marks[place] = high;
      marks[place + 1] = low;
    }
    part.marks = marks;
    this.#bytes += marks.byteLength - old.byteLength;
  }
}

/** Where a mark stands, or the free place where it would. */
function placeOf(marks: Uint32Array, high: number, low: number): number {
  const places = marks.length / 2;
  let at = 2 * Math.floor((high / 2 ** 32) * places);
  while (marks[at + 1] !== 0 && (marks[at] !== high || marks[at + 1] !== low))
    at = at + 2 === marks.length ? 0 : at + 2;
  return at;
}

/** 64 bits of a text, as two numbers; the second is never 0. Two lanes, stirred by each other at the end. */
function markOf(text: string): readonly [high: number, low: number] {
  let one = 0x9e3779b9 ^ text.length;
  let other = 0x7f4a7c15 ^ text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x85ebca6b);
    one = (one << 13) | (one >>> 19);
    other = Math.imul(other ^ unit, 0xc2b2ae35);
    other = (other << 17) | (other >>> 15);
  }
  const high = stirred(one ^ Math.imul(other, 0x27d4eb2f));
  const low = stirred(other ^ Math.imul(one, 0x165667b1));
  return [high, low === 0 ? 1 : low];
}

function stirred(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
