/** A reporter for knip that says how many files it looked at, which knip's own reporters do not. */
export default function tellCount({ counters }: { readonly counters: { readonly processed: number } }): void {
  console.log(`knip looked at ${counters.processed} files`);
}
