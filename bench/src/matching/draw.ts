/** Numbers by a fixed rule from a seed, 0 to below `below` (linear congruence of 31 bits). */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** The next number, 0 to below `below`. */
  below(below: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((this.#state / 0x8000_0000) * below);
  }

  /** One of these. */
  of(words: readonly string[]): string {
    return words[this.below(words.length)] ?? "";
  }
}
