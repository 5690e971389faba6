import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector, PushBatch } from '#connectors/contract/crm.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import { Faults } from '#sandbox/faults.ts';
import { openAccount, type TestAccount } from '#test/sandbox/hubspot/account.ts';
import { alone } from '#test/support/connector-input.ts';

const faults = new Faults();
let account: TestAccount;
let connector: CrmConnector;
let ids: string[];
beforeAll(async () => {
  account = await openAccount(faults);
  connector = createHubspot({
    ...alone,
    settings: { basePath: account.url },
    secrets: account.secrets,
    now: () => new Date(),
  });
  const inputs = Array.from({ length: 6 }, (_, n) => ({ properties: { dealname: `Pumps ${n}` } }));
  const { body } = await account.call('POST', '/crm/objects/2026-09/deals/batch/create', { inputs });
  ids = body.results.map((record: { id: string }) => record.id);
});
afterEach(() => faults.clear());
afterAll(() => account.close());

const update = (fields: Record<string, string>, extIds = ids): PushBatch => ({
  object: 'deals',
  operation: 'update',
  keyField: null,
  writes: extIds.map((extId) => ({ id: `w${extId}`, extId, keyValue: null, fields })),
});
const writes = (): string[] =>
  account.store
    .calls('hubspot')
    .map((call) => call.summary)
    .filter((summary) => summary.startsWith('batch update'));

describe('hubspot: rows with another write in progress', () => {
  it('are sent again after a moment; the others are already written', async () => {
    faults.add({
      vendor: 'hubspot',
      match: { path: 'batch/update', times: 1 },
      fault: { kind: 'lock_row', every: 3 },
    });
    const before = writes().length;
    const outcomes = await connector.push(update({ amount: '1' }));
    expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
    expect(writes().slice(before)).toEqual(['batch update deals × 6', 'batch update deals × 2']);
  });

  it('are left for later after two more attempts met the same lock', async () => {
    faults.add({ vendor: 'hubspot', match: { path: 'batch/update' }, fault: { kind: 'lock_row' } });
    const outcomes = await connector.push(update({ amount: '2' }));
    expect(outcomes).toHaveLength(6);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ ok: false, failure: { class: 'retry', code: 'CONFLICT' } });
    expect(faults.list()[0]?.struck).toBe(3);
  });
});

describe('hubspot: a batch whose answer was lost', () => {
  it('is written again without a second effect', async () => {
    faults.add({
      vendor: 'hubspot',
      match: { path: 'batch/update', times: 1 },
      fault: { kind: 'cut', when: 'after' },
    });
    expect((await connector.push(update({ amount: '3' }))).every((outcome) => outcome.ok)).toBe(true);
    expect(
      (await connector.fetch('deals', ids, ['amount'])).map((record) => record.fields['amount']),
    ).toEqual(ids.map(() => '3'));
  });
});

describe('hubspot: a property that an admin made required', () => {
  it('refuses only the row without it, with the admin’s message, until the row is changed', async () => {
    await account.control('PUT', '/rules', {
      rules: [
        { objectType: 'deals', required: 'amount', when: { property: 'dealstage', value: 'closedwon' } },
      ],
    });
    const [one = '', two = ''] = ids;
    await connector.push({
      ...update({}),
      writes: [{ id: 'clear', extId: one, keyValue: null, fields: { amount: null } }],
    });
    const outcomes = await connector.push(update({ dealstage: 'closedwon' }, [one, two]));
    expect(outcomes).toMatchObject([
      {
        ok: false,
        failure: {
          class: 'validation',
          code: 'CONDITIONALLY_REQUIRED_PROPERTY_MISSING',
          fields: ['amount'],
          message: expect.stringContaining('required by a rule'),
        },
      },
      { ok: true },
    ]);
    await account.control('PUT', '/rules', { rules: [] });
  });
});

describe('hubspot: the stamp of a write', () => {
  it('is the same that a later read returns', async () => {
    account.forward(61_000);
    const outcomes = await connector.push(update({ amount: '4' }));
    const read = await connector.fetch('deals', ids, []);
    expect(outcomes.map((outcome) => outcome.ok && outcome.modifiedAt)).toEqual(
      read.map((record) => record.modifiedAt),
    );
  });
});
