import { expect, test } from 'vitest';
import { idSpellings } from '#src/domain/record-ids.ts';

test.each([
  ['0065f00000ABCDE', ['0065f00000ABCDE', '0065f00000ABCDEAA5']],
  [' 001D000000IqhSL ', ['001D000000IqhSL', '001D000000IqhSLIAZ']],
  ['001D000000IqhSLIAZ', ['001D000000IqhSLIAZ']],
  ['12345', ['12345']],
  ['DR-2026-0001', ['DR-2026-0001']],
])('the id %s is also spelled %j', (text, spellings) => {
  expect(idSpellings(text)).toEqual(spellings);
});
