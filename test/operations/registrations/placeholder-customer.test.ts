import { afterAll, beforeAll, expect, it } from 'vitest';
import { reviewRegistration } from '#src/operations/registrations/review-registration.ts';
import { addPerson } from '#test/support/people/people.ts';
import { partnerNames, startCrmRegistrations, type CrmRegistrations } from './crm-registrations.ts';

let crm: CrmRegistrations;
beforeAll(async () => {
  crm = await startCrmRegistrations();
}, 60_000);
afterAll(() => crm[Symbol.asyncDispose]());

it('a registration whose customer has a placeholder waits for the name, and everybody reads which field is missing', async () => {
  const names = ['TBD', 'N/A', '???', 'x', 'Confidential', 'End customer', '未定', 'Unbekannt'];
  const extIds: string[] = [];
  for (const name of names) extIds.push(await crm.register(name));
  await crm.follow(...extIds);
  for (const [n, extId] of extIds.entries()) {
    const message = `Customer name: "${names[n]}" names no company. Enter the name of the end customer on this registration; it is evaluated again as soon as it has been changed.`;
    expect(await crm.read(extId)).toEqual({
      status: 'information_needed',
      crm: {
        status: 'information_needed',
        reason: message,
        conflict_summary: message,
        protected_until: null,
      },
      reviewer: [`placeholder_customer ask: ${message}`],
    });
  }
});

it('two placeholders of one partner are no duplicates, and no person approves one', async () => {
  const first = await crm.register('Test');
  const second = await crm.register('Test');
  await crm.follow(first, second);
  expect([(await crm.read(first)).status, (await crm.read(second)).status]).toEqual([
    'information_needed',
    'information_needed',
  ]);
  const { id: personId } = await addPerson(crm.fixture.deps, { name: 'Odile', role: 'ops' });
  const registrationId = await crm.idOf(first);
  const decide = (decision: 'approve' | 'reject', reason: string) =>
    reviewRegistration(crm.fixture.deps, { registrationId, decision, reason, personId });
  await expect(decide('approve', '')).rejects.toThrow('It cannot be approved before.');
  expect(await decide('reject', 'No customer.')).toMatchObject({ status: 'rejected' });
});

it('is evaluated again when the name is changed in the CRM, and holds no place until then', async () => {
  const first = await crm.register('Confidential');
  await crm.follow(first);
  const rival = await crm.register('Feldspat Keramik', {}, partnerNames[1]);
  await crm.follow(rival);
  expect((await crm.read(rival)).status).toBe('approved');
  await crm.edit(first, { customer_name: 'Feldspat Keramik' });
  await crm.follow(first);
  const { status, reviewer } = await crm.read(first);
  expect(status).toBe('in_review');
  expect(reviewer).toEqual([expect.stringMatching(/^earlier_registration review: Same customer as DR-/)]);
  await crm.edit(first, { customer_name: 'Glimmer Keramikwerk' });
  await crm.follow(first);
  expect((await crm.read(first)).status).toBe('approved');
});

it('a company with a short name, or with such a word in its name, is evaluated like every other', async () => {
  for (const name of ['ABB', '3M', 'X Corp', 'Test Rite Group', 'Confidential Computing Ltd']) {
    const extId = await crm.register(name);
    await crm.follow(extId);
    expect([name, (await crm.read(extId)).status]).toEqual([name, 'approved']);
  }
});
