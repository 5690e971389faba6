import { replacesStored } from '#src/domain/sync/replaces-stored.ts';
import { needsRefetch, includesLastWrite, knownRemoteFields } from '#src/domain/sync/remote-state.ts';
import { describe, expect, test } from 'vitest';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 1, 8, minute));
const view = (pulled: number, modified: number) => ({
  fields: { city: 'Wien', tier: 'Silver' },
  pulledAt: at(pulled),
  modifiedAt: at(modified),
});
const shadow = { fields: { tier: 'Gold' }, writtenAt: at(10), modifiedAt: at(9) };

describe('what stands in the CRM', () => {
  test.each([
    ['was asked for after the write and carries its stamp', 10, 9, 'Silver'],
    ['was asked for before the write was answered', 9, 11, 'Gold'],
    ['comes from an index that has not heard of the write', 12, 8, 'Gold'],
  ])('of what we wrote, when the view %s', (_, pulled, modified, tier) => {
    expect(knownRemoteFields({ view: view(pulled, modified), shadow })).toEqual({ city: 'Wien', tier });
  });

  test('is what we wrote where nothing was read yet, and the view where nothing was written', () => {
    expect(knownRemoteFields({ view: null, shadow })).toEqual({ tier: 'Gold' });
    expect(knownRemoteFields({ view: view(1, 1), shadow: null })).toEqual({ city: 'Wien', tier: 'Silver' });
    expect(includesLastWrite(view(1, 1), { writtenAt: null, modifiedAt: null })).toBe(true);
  });

  test('is doubtful when a view may show more than our write but was asked for before its answer', () => {
    expect(needsRefetch(view(9, 11), shadow)).toBe(true);
    expect(needsRefetch(view(9, 8), shadow)).toBe(false);
    expect(needsRefetch(view(12, 11), shadow)).toBe(false);
  });
});

describe('what a read brought', () => {
  const arrived = (pulled: number, modified: number, hash: string, deleted = false) => ({
    pulledAt: at(pulled),
    modifiedAt: at(modified),
    hash,
    deleted,
  });

  test.each([
    ['a newer stamp', arrived(1, 2, 'a'), true],
    ['an older stamp, however late it was asked for', arrived(9, 0, 'b'), false],
    ['the same again', arrived(9, 1, 'a'), false],
    ['another content with the same stamp, asked for later', arrived(6, 1, 'b'), true],
    ['another content with the same stamp, asked for earlier', arrived(4, 1, 'b'), false],
    ['the end of the record with the same stamp', arrived(6, 1, 'c', true), true],
  ])('replaces what is stored or not: %s', (_, next, replaced) => {
    expect(replacesStored(next, arrived(5, 1, 'a'))).toBe(replaced);
  });

  test('does not bring a record back with the stamp it died with', () => {
    expect(replacesStored(arrived(9, 1, 'a'), arrived(5, 1, 'c', true))).toBe(false);
    expect(replacesStored(arrived(9, 2, 'a'), arrived(5, 1, 'c', true))).toBe(true);
  });

  test('settles a doubt also when it says the same, unless it was asked for earlier', () => {
    expect(replacesStored(arrived(6, 1, 'a'), arrived(5, 1, 'a'), 'asked')).toBe(true);
    expect(replacesStored(arrived(4, 2, 'b'), arrived(5, 1, 'a'), 'asked')).toBe(false);
  });
});
