import { describe, expect, test } from 'vitest';
import type { CanonicalValue } from '#src/domain/record.ts';
import { finishReading, lookBackMs, startReading } from '#src/domain/sync/cursor.ts';
import { existenceOf } from '#src/domain/sync/existence.ts';
import { outdatedFields, supersede } from '#src/domain/sync/intent.ts';
import { mergeRecord, type RecordSides, type WrittenField } from '#src/domain/sync/merge-record.ts';
import { policies } from '#src/domain/sync/merge.ts';
import { includesLastWrite, knownRemoteFields, needsRefetch } from '#src/domain/sync/remote-state.ts';
import { isBlank, sameValue, type ComparedAs } from '#src/domain/sync/same-value.ts';
import {
  emptyShadow,
  withAttempt,
  withBases,
  withEdit,
  withRefusal,
  withWrite,
} from '#src/domain/sync/shadow.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 1, 8, minute));

describe('a read', () => {
  test('begins ten minutes before the previous one did', () => {
    expect(lookBackMs).toBe(600_000);
    expect(startReading({ since: '2026-11-01T08:10:00.000Z', startedAt: 'x', resume: 'y' })).toEqual({
      since: '2026-11-01T08:10:00.000Z',
      startedAt: 'x',
      resume: 'y',
      from: '2026-11-01T08:00:00.000Z',
    });
  });

  test('that never saw the vendor’s clock leaves the cursor where it was', () => {
    const position = { since: '2026-11-01T08:10:00.000Z', startedAt: null, resume: 'y', from: null };
    expect(finishReading(position)).toEqual({ since: position.since, startedAt: null, resume: null });
  });
});

test.each([
  [{ deleted: false, mergedInto: '003' }, 'exists'],
  [{ deleted: true }, 'gone'],
  [{ deleted: true, mergedInto: '' }, 'merged'],
])('a record with %j is %s', (existence, expected) => {
  expect(existenceOf(existence)).toBe(expected);
});

test('an intent with the same id is replaced, and only fields of the base are compared', () => {
  const [open, next] = [{ id: '01' }, { id: '01' }];
  expect(supersede(open, next)).toBe(next);
  const compared: unknown[] = [];
  const same = (a: unknown, b: unknown, field: string): boolean => {
    compared.push([a, b, field]);
    return true;
  };
  expect(outdatedFields({ tier: 'Gold' }, { tier: 'Silver', city: 'Bern' }, same)).toEqual([]);
  expect(compared).toEqual([['Gold', 'Silver', 'tier']]);
});

describe('a view of a remote record', () => {
  const view = (pulled: number, modified: number) => ({
    fields: { city: 'Wien', tier: 'Silver' },
    pulledAt: at(pulled),
    modifiedAt: at(modified),
  });
  const shadow = (written: number | null, modified: number | null) => ({
    fields: { tier: 'Gold' },
    writtenAt: written === null ? null : at(written),
    modifiedAt: modified === null ? null : at(modified),
  });

  test.each<[string, ReturnType<typeof view>, ReturnType<typeof shadow> | null, boolean, boolean]>([
    ['nothing was written', view(1, 1), null, true, false],
    ['both clocks are exactly those of the write', view(10, 9), shadow(10, 9), true, false],
    ['it was requested a minute before the answer', view(9, 9), shadow(10, 9), false, true],
    ['it was modified a minute before the write', view(10, 8), shadow(10, 9), false, false],
    ['the write has no modification time', view(9, 1), shadow(10, null), false, true],
    ['the write has no modification time, and it came later', view(10, 1), shadow(10, null), true, false],
    ['the write has only a modification time', view(1, 9), shadow(null, 9), true, false],
    ['the write has only a modification time, and it is older', view(1, 8), shadow(null, 9), false, false],
  ])('contains our last write, or is in doubt: %s', (_case, seen, known, includes, inDoubt) => {
    expect([includesLastWrite(seen, known), needsRefetch(seen, known)]).toEqual([includes, inDoubt]);
    expect(knownRemoteFields({ view: seen, shadow: known })).toEqual({
      city: 'Wien',
      tier: includes ? 'Silver' : 'Gold',
    });
  });

  test('is empty when nothing was read and nothing written', () => {
    expect(knownRemoteFields({ view: null, shadow: null })).toEqual({});
  });
});

describe('two values', () => {
  test.each<[ComparedAs, CanonicalValue, CanonicalValue, boolean]>([
    ['decimal', '.5', '0.5', true],
    ['decimal', '0', '', false],
    ['decimal', '5.', '5', true],
    ['decimal', '-0', '0', true],
    ['decimal', '10', '1', false],
    ['decimal', '1.05', '1.5', false],
    ['decimal', '1e3', '1000', false],
    ['decimal', '', ' ', true],
    ['instant', 'soon', ' soon', true],
    ['instant', 'soon', 'later', false],
    ['instant', '2026-11-22T05:00:00.999Z', '2026-11-22T05:00:00.000Z', true],
    ['instant', '1969-12-31T23:59:59.500Z', '1969-12-31T23:59:59.000Z', true],
    ['picklist', 'a;a;b', 'b;a', true],
    ['picklist', 'b; ;a', 'a;b', true],
    ['picklist', 'ab', 'a;b', false],
    ['date', ' 2026-11-22', '2026-11-22', true],
    ['reference', 'a;b', 'b;a', false],
    ['boolean', true, 'true', false],
    ['text', false, '', false],
  ])('that are compared as %s: %j and %j mean the same: %j', (type, a, b, same) => {
    expect([sameValue(a, b, type), sameValue(b, a, type)]).toEqual([same, same]);
  });

  test.each<[CanonicalValue, boolean]>([
    [null, true],
    ['', true],
    [' \n', true],
    ['x', false],
    [false, false],
    [true, false],
  ])('%j is blank: %j', (value, blank) => {
    expect(isBlank(value)).toBe(blank);
  });
});

describe('a merge of a record', () => {
  const sides = (given: Partial<RecordSides>): RecordSides => ({
    theirs: {},
    ours: {},
    bases: {},
    edits: {},
    theirsAt: at(30),
    ...given,
  });
  const both: WrittenField = { field: 'city', direction: 'both', policy: 'latest' };
  const out: WrittenField = { field: 'city', direction: 'out', policy: 'fairway' };
  const merge = (field: WrittenField, given: Partial<RecordSides>) => mergeRecord([field], sides(given));
  const nothing = { writes: [], rebased: [], edits: {}, conflicts: [] };

  test('knows these policies', () => {
    expect(policies).toEqual(['crm', 'fairway', 'latest', 'crm_unless_blank', 'ask']);
  });

  test.each([
    [29, 'crm', 'Graz'],
    [30, 'crm', 'Graz'],
    [31, 'fairway', 'Linz'],
  ])('compares the time of the edit (minute %i) with that of the CRM: %s wins', (minute, winner, value) => {
    const found = merge(both, {
      theirs: { city: 'Graz' },
      ours: { city: 'Linz' },
      bases: { city: 'Wien' },
      edits: { city: at(minute).toISOString() },
    });
    expect([found.conflicts[0]?.winner, found.values['city'], found.rebased]).toEqual([
      winner,
      value,
      ['city'],
    ]);
  });

  test('follows the CRM in a field without an edit, and moves the base', () => {
    expect(
      merge(both, { theirs: { city: 'Graz' }, ours: { city: 'Wien' }, bases: { city: 'Wien' } }),
    ).toEqual({
      ...nothing,
      values: { city: 'Graz' },
      rebased: ['city'],
    });
  });

  test('takes Fairway’s value for the base of a field that has none', () => {
    expect(merge(both, { theirs: { city: 'Graz' }, ours: { city: 'Wien' } })).toEqual({
      ...nothing,
      values: { city: 'Graz' },
    });
    expect(merge(both, { theirs: { city: null } })).toEqual({ ...nothing, values: { city: null } });
  });

  test('drops the edit of a field that is equal on both sides, unless another value that was sent may arrive', () => {
    const equal = {
      theirs: { city: 'Linz' },
      ours: { city: 'Linz' },
      bases: { city: 'Wien' },
      edits: { city: at(1).toISOString() },
    };
    expect(merge(both, equal)).toEqual({ ...nothing, values: { city: 'Linz' }, rebased: ['city'] });
    expect(merge(both, { ...equal, sent: { city: ['Linz', ' Linz '] } }).edits).toEqual({});
    expect(merge(both, { ...equal, sent: { city: ['Linz', 'Graz'] } }).edits).toEqual(equal.edits);
  });

  test('drops the edit where the CRM wins, even if a value that was sent may arrive', () => {
    const lost = merge(
      { ...both, policy: 'crm' },
      {
        theirs: { city: 'Graz' },
        ours: { city: 'Linz' },
        bases: { city: 'Wien' },
        edits: { city: at(1).toISOString() },
        sent: { city: ['Linz'] },
      },
    );
    expect(lost.edits).toEqual({});
  });

  test('compares by the type of the field', () => {
    const decimal: WrittenField = { ...both, type: 'decimal' };
    const found = merge(decimal, {
      theirs: { city: '10.50' },
      ours: { city: '10.5' },
      bases: { city: '10.500' },
      sent: { city: ['10.5000'] },
    });
    expect(found).toEqual({ ...nothing, values: { city: '10.5' } });
    const outbound = merge(
      { ...out, type: 'decimal' },
      { theirs: { city: '10.50' }, ours: { city: '10.5' }, bases: { city: '10.500' } },
    );
    expect(outbound).toEqual({ ...nothing, values: { city: '10.5' } });
  });

  test('gives an outbound field its base when the CRM has our value, or one that was sent', () => {
    expect(merge(out, { theirs: { city: 'Wien' }, ours: { city: 'Wien' } }).rebased).toEqual(['city']);
    const arrived = merge(out, {
      theirs: { city: 'Graz' },
      ours: { city: 'Wien' },
      sent: { city: ['Graz'] },
    });
    expect(arrived).toEqual({ ...nothing, values: { city: 'Wien' }, writes: ['city'], rebased: ['city'] });
    expect(merge(out, { theirs: { city: 'Graz' }, ours: { city: 'Wien' } }).rebased).toEqual([]);
    expect(merge(out, { theirs: { city: ' ' }, ours: { city: null } }).rebased).toEqual([]);
  });

  test('reports a conflict without a base as one with null', () => {
    const found = merge(
      { ...both, policy: 'crm' },
      {
        theirs: { city: 'Graz' },
        bases: { city: null },
        ours: { city: 'Linz' },
        edits: { city: at(1).toISOString() },
      },
    );
    expect(found.conflicts).toEqual([
      { field: 'city', base: null, theirs: 'Graz', ours: 'Linz', policy: 'crm', winner: 'crm' },
    ]);
  });
});

describe('a shadow', () => {
  const city = { ours: 'city', theirs: 'City' };

  test('is empty before anything is written', () => {
    expect(emptyShadow()).toEqual({ fields: {}, edits: {}, writtenAt: null, modifiedAt: null });
  });

  test('keeps the base of the first edit, and the time of the last', () => {
    const once = withEdit(emptyShadow<string>(), city, { before: 'Wien', at: at(1) });
    expect(once).toMatchObject({ fields: { City: 'Wien' }, edits: { city: at(1).toISOString() } });
    expect(withEdit(once, city, { before: 'Linz', at: at(2) })).toMatchObject({
      fields: { City: 'Wien' },
      edits: { city: at(2).toISOString() },
    });
  });

  test('lists the same value once for each run of attempts with others, the last at the end', () => {
    const write = (City: string) => ({ fields: { City }, base: {} });
    const twice = ['a', 'b', 'b'].reduce(
      (shadow, value) => withAttempt(shadow, write(value)),
      emptyShadow<string>(),
    );
    expect(twice.sent).toEqual({ City: ['a', 'b', 'b'] });
    expect(withAttempt(twice, write('a')).sent).toEqual({ City: ['a', 'b', 'a'] });
  });

  test('forgets what was sent of the written and rebased fields only', () => {
    const sent = withAttempt(emptyShadow<string>(), { fields: { City: 'a', Tier: 'b' }, base: {} });
    expect(withWrite(sent, { fields: { City: 'a' }, answeredAt: at(1), modifiedAt: at(2) })).toEqual({
      fields: { City: 'a' },
      edits: {},
      sent: { Tier: ['b'] },
      writtenAt: at(1),
      modifiedAt: at(2),
    });
    expect(withBases(sent, { Tier: 'x' })).toMatchObject({ fields: { Tier: 'x' }, sent: { City: ['a'] } });
    expect(withBases(emptyShadow<string>(), { Tier: 'x' }).sent).toEqual({});
    expect(withRefusal(emptyShadow<string>(), { Tier: 'x' }).sent).toEqual({});
  });

  test('removes the last of the refused values of a field, and nothing of the others', () => {
    const shadow = { ...emptyShadow<string>(), sent: { City: ['a', 'b', 'a', 'c'], Tier: ['a'] } };
    expect(withRefusal(shadow, { City: 'a' }).sent).toEqual({ City: ['a', 'b', 'c'], Tier: ['a'] });
    expect(withRefusal(shadow, { City: 'z' }).sent).toEqual(shadow.sent);
  });
});
