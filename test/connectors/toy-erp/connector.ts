import type { ErpConnector, Payout, PayoutBatchContent, PayoutOutcome } from '#connectors/contract/erp.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type {
  ObjectDescription,
  PullPage,
  PullRequest,
  RemoteField,
  RemoteRecord,
} from '#connectors/contract/records.ts';
import { textSetting, type ConnectorInput } from '#connectors/contract/remote-system.ts';
import { allBooks, documentFields, type ToyBooks } from './books.ts';

const pageSize = 100;

/** Settings: `company`. Secrets: `apiKey`. */
export function createToyErp({ settings, secrets, now, gate }: ConnectorInput): ErpConnector {
  let calls = 0;
  const signedIn = async (): Promise<ToyBooks> => {
    await gate.admit('call');
    calls += 1;
    const books = allBooks.get(textSetting(settings, 'company') ?? '');
    if (books) books.receivedCalls += 1;
    if (books && books.apiKey === secrets['apiKey']) return books;
    throw new ConnectorError(wrongKey);
  };
  return {
    kind: 'toy-erp',
    role: 'erp',
    objectFor: (kind) => (kind === 'invoice' ? 'document' : null),
    check: async () => {
      const { company } = await signedIn();
      return { account: company, limits: { used: null, allowed: null }, discovered: {} };
    },
    describe: async (object) => {
      await signedIn();
      return describe(object);
    },
    pull: (request) => pull(signedIn, request, now),
    fetch: async (_, extIds, fields) => {
      const books = await signedIn();
      return extIds.flatMap((extId) => recordOf(books, extId, fields) ?? []);
    },
    deliverPayouts: async (batch) => deliver(await signedIn(), batch),
    windows: () => [{ name: 'day', lengthMs: 86_400_000, allowed: 10_000, counts: ['call'] }],
    limits: () => ({ used: null, allowed: null }),
    calls: () => calls,
    close: async () => {},
  };
}

const wrongKey: RemoteFailure = {
  class: 'auth',
  code: 'WRONG_KEY',
  message: 'The toy ERP does not know this key.',
  fix: 'Copy the API key from the toy ERP into this connection.',
};

function describe(object: string): ObjectDescription {
  const fields = documentFields.map((name): RemoteField => ({
    name,
    label: name,
    type: name === 'Total' ? 'number' : name === 'Posted' || name === 'Settled' ? 'date' : 'text',
    required: false,
    createable: false,
    updateable: false,
  }));
  return { object, label: 'Document', fields };
}

/** Documents in the order of their numbers. A read of changes includes deleted documents. */
async function* pull(
  signedIn: () => Promise<ToyBooks>,
  { fields, since, resume }: PullRequest,
  now: () => Date,
): AsyncGenerator<PullPage> {
  let after = resume ?? '';
  let total: number | null = null;
  for (;;) {
    const askedAt = now();
    const books = await signedIn();
    const wanted = [...books.documents]
      .filter(([, { changedAt, deleted }]) => (since === null ? !deleted : changedAt >= since))
      .map(([docNo]) => docNo)
      .toSorted();
    if (resume === null) total ??= wanted.length;
    const left = wanted.filter((docNo) => docNo > after);
    const page = left.slice(0, pageSize);
    after = page.at(-1) ?? after;
    const records = page.flatMap((docNo) => recordOf(books, docNo, fields) ?? []);
    yield { records, resume: after, total, askedAt, serverTime: books.now };
    if (left.length <= pageSize) return;
  }
}

function recordOf(books: ToyBooks, extId: string, fields: readonly string[]): RemoteRecord | null {
  const stored = books.documents.get(extId);
  if (!stored) return null;
  const values: Readonly<Record<string, string | null>> = stored.document;
  return {
    extId,
    fields: Object.fromEntries(fields.map((field) => [field, values[field] ?? null])),
    modifiedAt: stored.changedAt,
    deleted: stored.deleted,
  };
}

function deliver(books: ToyBooks, { draft, payouts }: PayoutBatchContent): PayoutOutcome[] {
  return payouts.map((payout) => {
    if (draft) return { key: payout.key, ok: false, failure: draftRefused };
    return billFor(books, payout);
  });
}

/** The payout's key identifies the bill, so a payout that is delivered again is not paid again. */
function billFor(
  books: ToyBooks,
  { key, partnerCode: dealer, currency, amountMinor }: Payout,
): PayoutOutcome {
  if (!books.dealers.includes(dealer)) return { key, ok: false, failure: unknownDealer(dealer) };
  const { id } = books.bills.get(key) ?? books.pay(key, { dealer, currency, amountMinor });
  return { key, ok: true, extId: id };
}

const draftRefused: RemoteFailure = {
  class: 'validation',
  code: 'DRAFT',
  message: 'The toy ERP pays every bill it gets.',
  fix: 'Release the payout batch first.',
};

function unknownDealer(dealer: string): RemoteFailure {
  return {
    class: 'validation',
    code: 'UNKNOWN_DEALER',
    message: `The toy ERP has no dealer ${dealer}.`,
    fix: `Add the dealer ${dealer} to the toy ERP.`,
  };
}
