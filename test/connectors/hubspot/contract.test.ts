import { crmSchema } from '#src/domain/crm-schema.ts';
import { crmContract } from '#test/connectors/contract/contract.ts';
import { connectAccount, sampleWith } from './account.ts';

crmContract('hubspot', async () => {
  const { account, connect } = await connectAccount();
  const deals = '/crm/objects/2026-09/deals';
  const dealIds = async (): Promise<string[]> =>
    (await account.call('GET', `${deals}?limit=100`)).body.results.map((record: { id: string }) => record.id);
  // Calls that the test makes from outside are not the connector's.
  let callsOfTest = 0;
  const fromOutside = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = account.store.calls('hubspot').length;
    const result = await work();
    callsOfTest += account.store.calls('hubspot').length - before;
    return result;
  };
  return {
    connect: () => connect(),
    kinds: ['account', 'opportunity', 'registration', 'payout'],
    schema: crmSchema,
    seed: () => {
      account.vendor.seed(sampleWith(405));
    },
    read: { object: 'deals', fields: ['dealname', 'amount', 'closedate', 'assoc:companies'], total: 405 },
    touch: () =>
      fromOutside(async () => {
        account.forward(2_500);
        const [, , id = ''] = await dealIds();
        await account.call('PATCH', `${deals}/${id}`, { properties: { amount: '77' } });
        return id;
      }),
    remove: () =>
      fromOutside(async () => {
        const id = (await dealIds()).at(-1) ?? '';
        await account.call('DELETE', `${deals}/${id}`);
        return id;
      }),
    write: {
      update: {
        fields: (n) => ({
          fairway_registered_partner: `Partner ${n}`,
          fairway_protected_until: '2026-12-31',
          fairway_registration_status: 'approved',
        }),
        refused: { fairway_registration_status: 'perhaps' },
        code: 'INVALID_OPTION',
      },
      upsert: {
        object: 'p_fairway_payout',
        keyField: 'key',
        key: (n) => `2026-10/P-0001/EUR/${n}`,
        fields: (n) => ({
          amount: `${n}0.25`,
          currency: 'EUR',
          status: 'draft',
          line_count: '3',
          'assoc:companies': '40000000001',
        }),
        refused: { amount: 'a lot' },
        code: 'INVALID_NUMBER',
      },
    },
    merge: null,
    wrongCredential: { connect: () => connect({}, { accessToken: 'pat-na1-revoked' }), fix: /access token/i },
    receivedCalls: () => account.store.calls('hubspot').length - callsOfTest,
    close: () => account.close(),
  };
});
