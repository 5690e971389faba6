import { isSettledBy, outdatedFields, supersede } from '#src/domain/sync/intent.ts';
import { expect, test } from 'vitest';

test('the newest intent of a record stays, in any order of arrival', () => {
  const [older, newer] = [{ id: '01' }, { id: '02' }];
  expect(supersede(null, older)).toBe(older);
  expect(supersede(older, newer)).toBe(newer);
  expect(supersede(newer, older)).toBe(newer);
});

test('an outcome settles only the intent that was sent', () => {
  expect(isSettledBy({ id: '01' }, { id: '01' })).toBe(true);
  expect(isSettledBy({ id: '02' }, { id: '01' })).toBe(false);
});

test('fields that changed since the plan are found', () => {
  const same = (a: string | undefined, b: string | undefined): boolean => (a ?? '') === (b ?? '');
  expect(outdatedFields({ tier: 'Gold', city: '' }, { tier: 'Gold', stage: 'Won' }, same)).toEqual([]);
  expect(outdatedFields({ tier: 'Gold', city: '' }, { tier: 'Silver', city: 'Wien' }, same)).toEqual([
    'tier',
    'city',
  ]);
});
