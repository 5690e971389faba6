/**
 * PostgreSQL's `similarity()` from pg_trgm: shared trigrams over all trigrams, each word padded by two spaces before and one
 * after. The database finds candidates by it and must agree with what is scored here.
 */
export function trigramSimilarity(left: string, right: string): number {
  const a = trigrams(left);
  const b = trigrams(right);
  if (a.size === 0 || b.size === 0) return 0;
  const shared = a.values().reduce((count, trigram) => (b.has(trigram) ? count + 1 : count), 0);
  return shared / (a.size + b.size - shared);
}

function trigrams(text: string): Set<string> {
  const found = new Set<string>();
  for (const word of text.toLowerCase().split(/[^\p{L}\p{N}]+/u)) {
    if (word === '') continue;
    const padded = `  ${word} `;
    for (let start = 0; start + 3 <= padded.length; start++) found.add(padded.slice(start, start + 3));
  }
  return found;
}
