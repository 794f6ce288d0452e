/** A list of 32-bit numbers that grows; eight times smaller than an array of numbers may become. */
export class NumberList {
  #values: Int32Array<ArrayBuffer> = new Int32Array(64);
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.#values.byteLength;
  }

  /** Adds one at the end. */
  push(value: number): void {
    if (this.#length === this.#values.length) {
      const wider = new Int32Array(Math.ceil(this.#length * 1.5));
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#length++] = value;
  }

  /** The number at a place; 0 outside. */
  at(place: number): number {
    return this.#values[place] ?? 0;
  }

  /** Puts a number where one stands already. */
  put(place: number, value: number): void {
    if (place < this.#length) this.#values[place] = value;
  }

  /** All of them, not copied: what is added later does not show. */
  view(): Int32Array {
    return this.#values.subarray(0, this.#length);
  }
}
