import {
  mergeField,
  mergeOutboundField,
  policies,
  type FieldSides,
  type Policy,
} from '#src/domain/sync/merge.ts';
import { sameValue } from '#src/domain/sync/same-value.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const earlier = new Date('2026-11-01T08:00:00Z');
const later = new Date('2026-11-01T09:00:00Z');

const value = fc.oneof(
  fc.constantFrom('Gold', 'Silver', ' Gold ', '', 'a;b'),
  fc.boolean(),
  fc.constant(null),
);
const sidesWith = (
  values: Partial<Record<keyof FieldSides, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<FieldSides> =>
  fc.record({
    policy: fc.constantFrom(...policies),
    base: value,
    theirs: value,
    ours: value,
    theirsAt: fc.constantFrom(earlier, later),
    oursAt: fc.constantFrom(earlier, later, null),
    ...values,
  }) as fc.Arbitrary<FieldSides>;
const anySides = sidesWith({});

describe('mergeField', () => {
  test('changes nothing if both sides agree, for any base and policy', () => {
    fc.assert(
      fc.property(anySides, (sides) => {
        const merge = mergeField({ ...sides, theirs: sides.ours });
        expect(merge).toEqual({ value: sides.ours, write: false, winner: 'equal', conflict: false });
      }),
    );
  });

  test('takes the only change, from either side, for any policy', () => {
    fc.assert(
      fc.property(anySides, ({ base, ...sides }) => {
        fc.pre(!sameValue(base, sides.theirs));
        expect(mergeField({ ...sides, base, ours: base })).toEqual({
          value: sides.theirs,
          write: false,
          winner: 'crm',
          conflict: false,
        });
        const ours = sides.theirs;
        expect(mergeField({ ...sides, base, ours, theirs: base })).toEqual({
          value: ours,
          write: true,
          winner: 'fairway',
          conflict: false,
        });
      }),
    );
  });

  test('reports a conflict exactly when both sides changed and differ', () => {
    fc.assert(
      fc.property(anySides, (sides) => {
        const { base, theirs, ours } = sides;
        const bothChanged = !sameValue(theirs, base) && !sameValue(ours, base) && !sameValue(theirs, ours);
        expect(mergeField(sides).conflict).toBe(bothChanged);
      }),
    );
  });

  test('results in one of the two values, and writes exactly if the CRM has the other one, unless it asks', () => {
    fc.assert(
      fc.property(anySides, (sides) => {
        const merge = mergeField(sides);
        expect([sides.theirs, sides.ours]).toContain(merge.value);
        if (merge.winner !== 'ask') expect(merge.write).toBe(!sameValue(merge.value, sides.theirs));
      }),
    );
  });

  test('finds nothing to do when both sides have the result', () => {
    fc.assert(
      fc.property(anySides, (sides) => {
        const { value: result } = mergeField(sides);
        expect(mergeField({ ...sides, base: result, theirs: result, ours: result }).winner).toBe('equal');
      }),
    );
  });

  const conflict = { base: 'A', theirs: 'B', ours: 'C', theirsAt: earlier, oursAt: later };
  test.each<[string, Policy, Partial<FieldSides>, 'crm' | 'fairway' | 'ask']>([
    ['the CRM wins', 'crm', {}, 'crm'],
    ['the CRM wins, even with an emptied field', 'crm', { theirs: null }, 'crm'],
    ['Fairway wins', 'fairway', {}, 'fairway'],
    ['the later change wins: ours', 'latest', {}, 'fairway'],
    ['the later change wins: theirs', 'latest', { theirsAt: later, oursAt: earlier }, 'crm'],
    ['for equal times the CRM wins', 'latest', { theirsAt: later }, 'crm'],
    ['our change without a time loses', 'latest', { oursAt: null }, 'crm'],
    ['the CRM wins if its field is not blank', 'crm_unless_blank', {}, 'crm'],
    ['Fairway wins over an emptied field', 'crm_unless_blank', { theirs: '  ' }, 'fairway'],
    ['no side wins before a person has decided', 'ask', {}, 'ask'],
  ])('when both changed: %s (%s)', (_, policy, sides, winner) => {
    const all = { ...conflict, ...sides, policy };
    expect(mergeField(all)).toEqual({
      value: winner === 'crm' ? all.theirs : all.ours,
      write: winner === 'fairway',
      winner,
      conflict: true,
    });
  });

  test('compares by type, so that an amount without trailing zeros is not a change', () => {
    const sides = {
      ...conflict,
      policy: 'crm',
      base: '10.50',
      theirs: '10.5',
      ours: '12',
      type: 'decimal',
    } as const;
    expect(mergeField(sides)).toEqual({ value: '12', write: true, winner: 'fairway', conflict: false });
  });
});

describe('mergeOutboundField', () => {
  test('never takes the value of the CRM, and writes unless it is equal', () => {
    fc.assert(
      fc.property(fc.option(value, { nil: undefined }), value, value, (base, theirs, ours) => {
        const merge = mergeOutboundField({ base, theirs, ours });
        expect(merge.value).toBe(ours);
        expect(merge.write).toBe(!sameValue(theirs, ours));
      }),
    );
  });

  test('reports a conflict only if a value that Fairway had written was changed', () => {
    expect(mergeOutboundField({ base: 'Gold', theirs: 'Platinum', ours: 'Gold' }).conflict).toBe(true);
    expect(mergeOutboundField({ base: 'Gold', theirs: 'Gold', ours: 'Silver' }).conflict).toBe(false);
    expect(mergeOutboundField({ base: undefined, theirs: 'Platinum', ours: 'Gold' }).conflict).toBe(false);
  });
});
