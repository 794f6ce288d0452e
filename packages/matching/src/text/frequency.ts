/** How often each word occurs among records, and what a word is worth for telling them apart. */
export class Frequencies {
  readonly #counts = new Map<string, number>();
  #records = 0;

  /** Counts the words of one record, each once. */
  add(words: readonly string[]): void {
    this.#records++;
    for (const word of new Set(words)) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  /** The inverse document frequency of a word, above 0; a word never seen counts as seen once. */
  worthOf(word: string): number {
    return Math.log(1 + this.#records / (this.#counts.get(word) ?? 1));
  }

  /** In how many records a word occurs. */
  countOf(word: string): number {
    return this.#counts.get(word) ?? 0;
  }
}
