import {
  emptyShadow,
  withAttempt,
  withBases,
  withEdit,
  withRefusal,
  withWrite,
} from '#src/domain/sync/shadow.ts';
import { expect, test } from 'vitest';

const city = { ours: 'city', theirs: 'BillingCity' };
const at = new Date('2026-11-01T08:00:00Z');

test('the base of an edit is what the person saw, and stays through further edits', () => {
  const once = withEdit(emptyShadow<string>(), city, { before: 'Wien', at });
  const twice = withEdit(once, city, { before: 'Linz', at: new Date('2026-11-01T09:00:00Z') });
  expect(twice).toMatchObject({
    fields: { BillingCity: 'Wien' },
    edits: { city: '2026-11-01T09:00:00.000Z' },
  });
});

test('an accepted write is the base from then on; edits made meanwhile stay, other fields keep theirs', () => {
  const edited = withEdit({ ...emptyShadow<string>(), fields: { Tier: 'Gold' } }, city, {
    before: 'Wien',
    at,
  });
  const sent = withAttempt(edited, { fields: { BillingCity: 'Linz' }, base: { BillingCity: 'Wien' } });
  expect(sent).toMatchObject({ fields: { BillingCity: 'Wien' }, sent: { BillingCity: ['Linz'] } });
  expect(withWrite(sent, { fields: { BillingCity: 'Linz' }, answeredAt: at, modifiedAt: at })).toEqual({
    fields: { Tier: 'Gold', BillingCity: 'Linz' },
    edits: { city: at.toISOString() },
    sent: {},
    writtenAt: at,
    modifiedAt: at,
  });
});

test('what was sent is remembered, value by value, until an answer or a merge settles the field', () => {
  const first = withAttempt(emptyShadow<string>(), {
    fields: { Tier: 'Gold', City: 'Wien' },
    base: { Tier: '', City: '' },
  });
  const second = withAttempt(first, { fields: { Tier: 'Silver' }, base: { Tier: 'Bronze' } });
  expect(second.sent).toEqual({ Tier: ['Gold', 'Silver'], City: ['Wien'] });
  expect(second.fields).toEqual({ Tier: '', City: '' });
  expect(withBases(second, { Tier: 'Gold' })).toMatchObject({
    fields: { Tier: 'Gold', City: '' },
    sent: { City: ['Wien'] },
  });
});

test('a refused write is not waited for; what else went out of the field is', () => {
  const first = withAttempt(emptyShadow<string>(), { fields: { Tier: 'Gold', City: 'Wien' }, base: {} });
  const second = withAttempt(first, { fields: { Tier: 'Silver' }, base: {} });
  expect(withRefusal(second, { Tier: 'Silver', City: 'Wien' }).sent).toEqual({ Tier: ['Gold'] });
});

test('a refusal says nothing of an earlier attempt with the same value: it may have arrived', () => {
  const write = { fields: { Tier: 'Gold' }, base: {} };
  const lost = withAttempt(emptyShadow<string>(), write);
  expect(withRefusal(withAttempt(lost, write), write.fields).sent).toEqual({ Tier: ['Gold'] });
  expect(withRefusal(lost, write.fields).sent).toEqual({});
});
