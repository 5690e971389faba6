import { expect, test } from 'vitest';
import { trigramSimilarity } from '#src/domain/matching/trigram.ts';

// Computed by PostgreSQL: select similarity(a, b).
test.each([
  ['word', 'two words', 0.36363637],
  ['acme', 'acme', 1],
  ['northwind traders', 'northwind trader', 0.84210527],
  ['summit foods', 'summit steel', 0.3888889],
  ['Acme 3', 'acme-3x', 0.6666667],
  ['abc', 'xyz', 0],
  ['', 'acme', 0],
])('"%s" and "%s" are as alike as PostgreSQL says', (left, right, similarity) => {
  expect(trigramSimilarity(left, right)).toBeCloseTo(similarity, 6);
});
