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
  let registered = 0;
  const fromOutside = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = account.store.calls('hubspot').length;
    const result = await work();
    callsOfTest += account.store.calls('hubspot').length - before;
    return result;
  };
  const registrations = '/crm/objects/2026-09/p_fairway_registration';
  /** A workflow names the user who switched it on. */
  const editAs = async (
    by: 'person' | 'automation',
    id: string | null,
    properties: object,
  ): Promise<string> => {
    const source = by === 'person' ? 'CRM_UI' : 'AUTOMATION_PLATFORM';
    const named = id === null ? {} : { id };
    const edit = { objectType: 'p_fairway_registration', ...named, properties, userId: 7_101, source };
    const response = await fetch(`${account.url}/sandbox/edit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(edit),
    });
    return ((await response.json()) as { readonly id: string }).id;
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
    decisions: {
      person: 'lena.fischer@northwind.example',
      register: async (by) => {
        registered += 1;
        const properties = { number: `DR-2026-1${registered}` };
        if (by === 'person') return editAs('person', null, properties);
        return (await account.call('POST', registrations, { properties })).body.id;
      },
      decide: async (id, by, { decision, reasonCode, text }) => {
        account.forward(2_500);
        const words = { decision_reason_code: reasonCode, decision_text: text };
        const entered = Object.entries(words).filter(([, value]) => value !== undefined);
        const properties = { decision, ...Object.fromEntries(entered) };
        if (by === 'integration') await account.call('PATCH', `${registrations}/${id}`, { properties });
        else await editAs(by, id, properties);
      },
    },
    wrongCredential: { connect: () => connect({}, { accessToken: 'pat-na1-revoked' }), fix: /access token/i },
    receivedCalls: () => account.store.calls('hubspot').length - callsOfTest,
    close: () => account.close(),
  };
});
