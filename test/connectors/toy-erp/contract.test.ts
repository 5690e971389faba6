import { erpContract } from '#test/connectors/contract/contract.ts';
import { alone } from '#test/support/connector-input.ts';
import { documentFields, ToyBooks, type ToyDocument } from './books.ts';
import { createToyErp } from './connector.ts';

const document = (n: number, settled: string | null = null): ToyDocument => ({
  DocNo: `D-${String(n).padStart(4, '0')}`,
  Type: 'INV',
  Dealer: 'P-0001',
  Buyer: `Buyer ${n}`,
  Cur: 'USD',
  Total: '100.00',
  Posted: '2026-10-05',
  Settled: settled,
  Corrects: null,
});

erpContract('toy-erp', () => {
  const total = 250;
  const books = new ToyBooks('Contract Ltd', 'key', ['P-0001', 'P-0002'], '2026-11-22T10:00:00Z');
  const connect = (apiKey = 'key', gate = alone.gate) =>
    createToyErp({
      ...alone,
      gate,
      settings: { company: books.company },
      secrets: { apiKey },
      now: () => new Date(books.now),
    });
  return {
    connect,
    kinds: ['invoice'],
    seed: () => {
      for (let n = 0; n < total; n += 1) books.post(document(n));
    },
    read: { object: 'document', fields: documentFields, total },
    touch: () => {
      books.pass(2_500);
      books.post(document(7, '2026-11-20'));
      return document(7).DocNo;
    },
    remove: () => {
      books.post(document(total));
      books.remove(document(total).DocNo);
      return document(total).DocNo;
    },
    payable: () =>
      [...books.bills].map(([key, { dealer, currency, amountMinor }]) => ({
        key,
        partnerCode: dealer,
        currency,
        amountMinor,
      })),
    refused: {
      payout: {
        key: '2026-10:P-0009:USD',
        period: '2026-10',
        partnerCode: 'P-0009',
        partnerName: 'Partner 9',
        currency: 'USD',
        amountMinor: 100n,
        lineCount: 1,
      },
      code: 'UNKNOWN_DEALER',
    },
    connectWith: (gate) => connect('key', gate),
    wrongCredential: { connect: () => connect('old key'), fix: /API key/ },
    receivedCalls: () => books.receivedCalls,
    close: () => {},
  };
});
