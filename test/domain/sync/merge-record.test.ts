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

test('a conflict is reported once with base, theirs and ours, and the base moves', () => {
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

test('with the policy ask, nothing is written, rebased or removed from the edits', () => {
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

test('without an edit nothing is written to a field of both sides, so a text that the CRM shortened stays complete here', () => {
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

test('our own write that is read back before its answer is not an edit; the newer edit here is still written', () => {
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

test('a reverted edit stays while an earlier sent value may still arrive', () => {
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

test('a value that cannot be read is not merged', () => {
  expect(mergeRecord([city], sides({ ours: { city: 'Wien' }, edits: { city: edited } }))).toMatchObject({
    values: {},
    edits: { city: edited },
  });
});

test('a change of an outbound value that Fairway had written is a conflict; a value from before the first write is not', () => {
  const changed = { theirs: { tier: 'Platinum' }, ours: { tier: 'Gold' } };
  expect(mergeRecord([tier], sides({ ...changed, bases: { tier: 'Gold' } })).conflicts).toMatchObject([
    { theirs: 'Platinum', winner: 'fairway' },
  ]);
  expect(mergeRecord([tier], sides(changed))).toMatchObject({ writes: ['tier'], conflicts: [] });
});

test('an outbound field gets its base when it is first read with our value', () => {
  expect(mergeRecord([tier], sides({ theirs: { tier: 'Gold' }, ours: { tier: 'Gold' } })).rebased).toEqual([
    'tier',
  ]);
  expect(mergeRecord([tier], sides({ theirs: { tier: null }, ours: { tier: null } })).rebased).toEqual([]);
});
