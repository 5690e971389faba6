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

test('the base of an edit is the value the person saw, and further edits do not change it', () => {
  const once = withEdit(emptyShadow<string>(), city, { before: 'Wien', at });
  const twice = withEdit(once, city, { before: 'Linz', at: new Date('2026-11-01T09:00:00Z') });
  expect(twice).toMatchObject({
    fields: { BillingCity: 'Wien' },
    edits: { city: '2026-11-01T09:00:00.000Z' },
  });
});

test('an accepted write becomes the base; edits in the meantime and other fields are unchanged', () => {
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

test('sent values are stored until an answer or a merge settles the field', () => {
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

test('a refused write is removed from the sent values, other values of the field are not', () => {
  const first = withAttempt(emptyShadow<string>(), { fields: { Tier: 'Gold', City: 'Wien' }, base: {} });
  const second = withAttempt(first, { fields: { Tier: 'Silver' }, base: {} });
  expect(withRefusal(second, { Tier: 'Silver', City: 'Wien' }).sent).toEqual({ Tier: ['Gold'] });
});

test('a refusal does not remove an earlier attempt with the same value', () => {
  const write = { fields: { Tier: 'Gold' }, base: {} };
  const lost = withAttempt(emptyShadow<string>(), write);
  expect(withRefusal(withAttempt(lost, write), write.fields).sent).toEqual({ Tier: ['Gold'] });
  expect(withRefusal(lost, write.fields).sent).toEqual({});
});

test('a refusal leaves the fields alone that it does not name', () => {
  const sent = withAttempt(emptyShadow<string | undefined>(), {
    fields: { Tier: 'Gold', City: undefined },
    base: {},
  });
  expect(withRefusal(sent, { Tier: 'Gold' }).sent).toEqual({ City: [undefined] });
  expect(withRefusal(emptyShadow<string>(), { Tier: 'Gold' }).sent).toEqual({});
});
