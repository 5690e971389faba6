import { describe, expect, it } from 'vitest';
import { transformSteps } from '#mappings/engine/transform.ts';
import { isCombination, sourcesOf } from '#mappings/engine/transforms/combination.ts';

describe('the options of a step', () => {
  const messageOf = (step: unknown): string | null => {
    const parsed = transformSteps.safeParse(step);
    return parsed.success ? null : (parsed.error.issues[0]?.message ?? '');
  };

  it.each<[unknown, string | null]>([
    ['trim', null],
    [['trim', { name: 'upper' }], null],
    [{ name: 'cut', length: 1 }, null],
    [{ name: 'cut', length: 32_000 }, null],
    [{ name: 'split', separator: 'x'.repeat(20), part: 100 }, null],
    [{ name: 'split', separator: ',', part: -100 }, null],
    [{ name: 'replace', find: 'x'.repeat(200), with: 'x'.repeat(200) }, null],
    [{ name: 'round', places: 10 }, null],
    [{ name: 'round', places: 0 }, null],
    [{ name: 'split', separator: ',', part: 0 }, 'parts are counted from 1, or from -1 at the end'],
    [{ name: 'currency', code: 'eur', format: '1,234.56' }, 'use three upper-case letters, such as EUR'],
    [{ name: 'currency', code: 'EURO', format: '1,234.56' }, 'use three upper-case letters, such as EUR'],
    [{ name: 'currency', code: 'XQQ', format: '1,234.56' }, 'unknown currency code'],
    [{ name: 'phone', country: 'XX' }, 'unknown country code; use two upper-case letters, such as DE'],
    [{ name: 'date', zone: 'Berlin' }, 'unknown time zone; use a name like Europe/Berlin'],
    [{ name: 'instant', zone: 'Berlin' }, 'unknown time zone; use a name like Europe/Berlin'],
    [
      { name: 'date', zone: 'UTC', format: 'YYYYMMDD' },
      'a date as text has no time zone; use either format or zone',
    ],
    [{ name: 'lookup', map: {} }, 'list at least one value'],
    [{ name: 'lookup', map: { ' A': 'a' } }, 'remove the spaces before and after the value'],
    [{ name: 'lookup', map: { '': 'a' } }, 'remove the spaces before and after the value'],
    [{ name: 'lookup', map: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [n, 'a'])) }, null],
    [
      { name: 'lookup', map: Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [n, 'a'])) },
      'list at most 5000 values',
    ],
  ])('%j are accepted, or say: %s', (step, message) => {
    expect(messageOf(step)).toBe(message);
  });

  it.each<unknown>([
    { name: 'cut', length: 0 },
    { name: 'cut', length: 32_001 },
    { name: 'split', separator: '', part: 1 },
    { name: 'split', separator: 'x'.repeat(21), part: 1 },
    { name: 'split', separator: ',', part: 101 },
    { name: 'split', separator: ',', part: -101 },
    { name: 'replace', find: '', with: '' },
    { name: 'replace', find: 'x'.repeat(201), with: '' },
    { name: 'replace', find: 'x', with: 'x'.repeat(201) },
    { name: 'round', places: 11 },
    { name: 'round', places: -1 },
    { name: 'scale', by: '5' },
    { name: 'equals', values: [] },
    { name: 'equals', values: [''] },
    { name: 'lookup', map: { A: 'a' }, otherwiseRemote: '' },
    { name: 'coalesce', from: [] },
    { name: 'join', from: Array.from({ length: 51 }, () => 'a') },
    { name: 'join', from: ['a'], separator: 'x'.repeat(21) },
    { name: 'template', text: '' },
    { name: 'template', text: 'x'.repeat(2_001) },
    { name: 'related', field: ' ' },
    { name: 'related', field: 'x'.repeat(101) },
    { name: 'expression', cel: ' ' },
    { name: 'expression', cel: 'x'.repeat(2_001) },
    { name: 'unheard' },
    [],
    Array.from({ length: 11 }, () => 'trim'),
  ])('%j are refused', (step) => {
    expect(transformSteps.safeParse(step).success).toBe(false);
  });

  it('of a join separate by a space unless they say otherwise', () => {
    expect(transformSteps.parse({ name: 'join', from: ['a'] })).toEqual([
      { name: 'join', from: ['a'], separator: ' ' },
    ]);
    expect(
      transformSteps.parse({
        name: 'join',
        from: Array.from({ length: 50 }, () => 'a'),
        separator: 'x'.repeat(20),
      }),
    ).toHaveLength(1);
  });

  it('name the fields that they combine, each once, in order', () => {
    expect(sourcesOf({ name: 'coalesce', from: ['b', 'a', 'b'] }, 'remote')).toEqual(['b', 'a']);
    expect(sourcesOf({ name: 'template', text: '{ b } {a} {b} {} {c' }, 'ours')).toEqual(['b', 'a']);
    expect(sourcesOf({ name: 'related', field: 'city' }, 'remote')).toEqual([]);
    expect(sourcesOf({ name: 'expression', cel: 'remote.a + remote.b' }, 'remote')).toEqual(['a', 'b']);
    expect(
      ['coalesce', 'join', 'template', 'related', 'expression', 'text'].map((name) =>
        isCombination({ name }),
      ),
    ).toEqual([true, true, true, true, true, false]);
  });
});
