import { isSettledBy, changedFields, supersede } from '#src/domain/sync/intent.ts';
import { expect, test } from 'vitest';

test('the newest intent of a record stays, in whatever order two are kept', () => {
  const [older, newer] = [{ id: '01' }, { id: '02' }];
  expect(supersede(null, older)).toBe(older);
  expect(supersede(older, newer)).toBe(newer);
  expect(supersede(newer, older)).toBe(newer);
});

test('an outcome settles the intent that was sent, and none made since', () => {
  expect(isSettledBy({ id: '01' }, { id: '01' })).toBe(true);
  expect(isSettledBy({ id: '02' }, { id: '01' })).toBe(false);
});

test('a write is planned anew when a field it touches holds something else by now', () => {
  const same = (a: string | undefined, b: string | undefined): boolean => (a ?? '') === (b ?? '');
  expect(changedFields({ tier: 'Gold', city: '' }, { tier: 'Gold', stage: 'Won' }, same)).toEqual([]);
  expect(changedFields({ tier: 'Gold', city: '' }, { tier: 'Silver', city: 'Wien' }, same)).toEqual([
    'tier',
    'city',
  ]);
});
