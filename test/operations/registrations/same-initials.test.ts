import { afterAll, beforeAll, expect, it } from 'vitest';
import { partnerNames, startCrmRegistrations, type CrmRegistrations } from './crm-registrations.ts';

let crm: CrmRegistrations;
beforeAll(async () => {
  crm = await startCrmRegistrations();
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

it('initials of the customer of another partner are a note for the reviewer, and name no other company in public', async () => {
  const other = await crm.register('Quarzsand Veredelung Kiesgrube', {}, partnerNames[1]);
  await crm.follow(other);
  const initials = await crm.register('QVK GmbH');
  await crm.follow(initials);
  const { status, crm: written, reviewer } = await crm.read(initials);
  expect(status).toBe('approved');
  expect(reviewer).toEqual([
    expect.stringMatching(
      /^same_initials note: "QVK GmbH" are the initials of "Quarzsand Veredelung Kiesgrube": registration DR-/,
    ),
  ]);
  expect(written).toMatchObject({
    status: 'approved',
    conflict_summary:
      'The name of the customer may be an abbreviation of another known company, or the other way round.',
  });
});
