import { mergeRecord, type RecordSides, type WrittenField } from '#src/domain/sync/merge-record.ts';
import { expect, test } from 'vitest';

const edited = '2026-11-01T08:00:00Z';
const sides = (given: Partial<RecordSides>): RecordSides => {
  return { theirs: {}, ours: {}, bases: {}, edits: {}, theirsAt: new Date('2026-11-01T09:00:00Z'), ...given };
};
const city: WrittenField = { field: 'city', direction: 'both', policy: 'crm' };
const tier: WrittenField = { field: 'tier', direction: 'out', policy: 'fairway' };

test('edits of different fields survive on both sides', () => {
  const reason: WrittenField = { field: 'reason', direction: 'both', policy: 'crm' };
  const merge = mergeRecord(
    [city, reason],
    sides({
      theirs: { city: 'Graz', reason: null },
      ours: { city: 'Wien', reason: 'Renewal' },
      bases: { reason: null },
      edits: { reason: edited },
    }),
  );
  expect(merge).toEqual({
    values: { city: 'Graz', reason: 'Renewal' },
    writes: ['reason'],
    rebased: [],
    edits: { reason: edited },
    conflicts: [],
  });
});

test('a disagreement names base, theirs and ours once: the base moves with it', () => {
  const first = mergeRecord(
    [city],
    sides({
      theirs: { city: 'Graz' },
      ours: { city: 'Linz' },
      bases: { city: 'Wien' },
      edits: { city: edited },
    }),
  );
  expect(first.conflicts).toEqual([
    { field: 'city', base: 'Wien', theirs: 'Graz', ours: 'Linz', policy: 'crm', winner: 'crm' },
  ]);
  expect(first).toMatchObject({ values: { city: 'Graz' }, writes: [], rebased: ['city'], edits: {} });
  const again = mergeRecord(
    [city],
    sides({ theirs: { city: 'Graz' }, ours: first.values, bases: { city: 'Graz' } }),
  );
  expect(again).toEqual({ values: { city: 'Graz' }, writes: [], rebased: [], edits: {}, conflicts: [] });
});

test('while a person is asked, nothing is written, moved or forgotten', () => {
  const asking: WrittenField = { ...city, policy: 'ask' };
  const merge = mergeRecord(
    [asking],
    sides({
      theirs: { city: 'Graz' },
      ours: { city: 'Linz' },
      bases: { city: 'Wien' },
      edits: { city: edited },
    }),
  );
  expect(merge).toMatchObject({ values: { city: 'Linz' }, writes: [], rebased: [], edits: { city: edited } });
  expect(merge.conflicts).toMatchObject([{ winner: 'ask' }]);
});

test('without an edit nothing is written to a field of both sides: a text the CRM could not hold whole stays whole here', () => {
  const cut = {
    theirs: { city: 'Llanfair…' },
    ours: { city: 'Llanfairpwllgwyngyll' },
    bases: { city: 'Llanfair…' },
  };
  expect(mergeRecord([city], sides(cut))).toEqual({
    values: cut.ours,
    writes: [],
    rebased: [],
    edits: {},
    conflicts: [],
  });
});

test('our own write that comes back before its answer is nobody’s edit: the newer edit here is still written', () => {
  const back = {
    theirs: { city: 'Linz' },
    ours: { city: 'Graz' },
    bases: { city: 'Wien' },
    edits: { city: edited },
  };
  const merge = mergeRecord([city], sides({ ...back, sent: { city: ['Linz'] } }));
  expect(merge).toMatchObject({
    values: { city: 'Graz' },
    writes: ['city'],
    rebased: ['city'],
    conflicts: [],
  });
  expect(mergeRecord([city], sides(back)).conflicts).toHaveLength(1);
});

test('an edit that was taken back stays one while what was sent before may still arrive', () => {
  const merge = mergeRecord(
    [city],
    sides({
      theirs: { city: 'Wien' },
      ours: { city: 'Wien' },
      bases: { city: 'Wien' },
      edits: { city: edited },
      sent: { city: ['Linz'] },
    }),
  );
  expect(merge.edits).toEqual({ city: edited });
});

test('a value that cannot be read is left alone', () => {
  expect(mergeRecord([city], sides({ ours: { city: 'Wien' }, edits: { city: edited } }))).toMatchObject({
    values: {},
    edits: { city: edited },
  });
});

test('of a field that Fairway owns, what somebody made of our value is named, and what stood there before we wrote is not', () => {
  const changed = { theirs: { tier: 'Platinum' }, ours: { tier: 'Gold' } };
  expect(mergeRecord([tier], sides({ ...changed, bases: { tier: 'Gold' } })).conflicts).toMatchObject([
    { theirs: 'Platinum', winner: 'fairway' },
  ]);
  expect(mergeRecord([tier], sides(changed))).toMatchObject({ writes: ['tier'], conflicts: [] });
});

test('a field that Fairway owns gets its base when it is first seen to hold our value', () => {
  expect(mergeRecord([tier], sides({ theirs: { tier: 'Gold' }, ours: { tier: 'Gold' } })).rebased).toEqual([
    'tier',
  ]);
  expect(mergeRecord([tier], sides({ theirs: { tier: null }, ours: { tier: null } })).rebased).toEqual([]);
});
