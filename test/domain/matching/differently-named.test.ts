import { expect, test } from 'vitest';
import { countDifferentlyNamed } from '#src/domain/matching/differently-named.ts';

test.each<[string, readonly string[], number]>([
  ['no name', [], 0],
  ['one name twice', ['acme', 'acme'], 1],
  ['parts of one group', ['acme', 'acme nordics', 'acme steel'], 1],
  ['a typing error', ['northwind traders', 'nortwhind'], 1],
  ['a name written as two words', ['data dog', 'datadog'], 1],
  ['two names', ['acme', 'contoso'], 2],
  ['names that share only a common word', ['bank of india', 'bank of china'], 2],
  ['two groups that a later name joins', ['acme', 'contoso', 'acme contoso'], 1],
])('%s: %j is %i differently named companies', (_case, cores, count) => {
  expect(countDifferentlyNamed(cores)).toBe(count);
});
