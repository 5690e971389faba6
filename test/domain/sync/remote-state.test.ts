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

describe('the known fields of a remote record', () => {
  test.each([
    ['was requested after the write and has its modification time', 10, 9, 'Silver'],
    ['was requested before the write was answered', 9, 11, 'Gold'],
    ['comes from an index without the write', 12, 8, 'Gold'],
  ])('have the right value of a written field if the view %s', (_, pulled, modified, tier) => {
    expect(knownRemoteFields({ view: view(pulled, modified), shadow })).toEqual({ city: 'Wien', tier });
  });

  test('are our writes if nothing was read yet, and the view if nothing was written', () => {
    expect(knownRemoteFields({ view: null, shadow })).toEqual({ tier: 'Gold' });
    expect(knownRemoteFields({ view: view(1, 1), shadow: null })).toEqual({ city: 'Wien', tier: 'Silver' });
    expect(includesLastWrite(view(1, 1), { writtenAt: null, modifiedAt: null })).toBe(true);
  });

  test('must be fetched again if a view may contain other changes but was requested before our write was answered', () => {
    expect(needsRefetch(view(9, 11), shadow)).toBe(true);
    expect(needsRefetch(view(9, 8), shadow)).toBe(false);
    expect(needsRefetch(view(12, 11), shadow)).toBe(false);
  });
});

describe('a version that was read', () => {
  const version = (pulled: number, modified: number, hash: string, deleted = false) => ({
    pulledAt: at(pulled),
    modifiedAt: at(modified),
    hash,
    deleted,
  });

  test.each([
    ['a newer modification time', version(1, 2, 'a'), true],
    ['an older modification time, requested later', version(9, 0, 'b'), false],
    ['the same version again', version(9, 1, 'a'), false],
    ['other content with the same modification time, requested later', version(6, 1, 'b'), true],
    ['other content with the same modification time, requested earlier', version(4, 1, 'b'), false],
    ['the deletion with the same modification time', version(6, 1, 'c', true), true],
  ])('replaces the stored one or not: %s', (_, next, replaced) => {
    expect(replacesStored(next, version(5, 1, 'a'))).toBe(replaced);
  });

  test('does not restore a record with the modification time of its deletion', () => {
    expect(replacesStored(version(9, 1, 'a'), version(5, 1, 'c', true))).toBe(false);
    expect(replacesStored(version(9, 2, 'a'), version(5, 1, 'c', true))).toBe(true);
  });

  test('resolves a doubt even with equal content, unless it was requested earlier', () => {
    expect(replacesStored(version(6, 1, 'a'), version(5, 1, 'a'), 'asked')).toBe(true);
    expect(replacesStored(version(4, 2, 'b'), version(5, 1, 'a'), 'asked')).toBe(false);
  });
});
