import fc from 'fast-check';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '#src/cli/cases/incentive-event-case.ts';
import { addScenarioFinance, playEvents, type ScenarioFinance } from '#src/cli/cases/incentive-play.ts';
import { programCase } from '#src/cli/cases/incentive-program-case.ts';
import { checkSeals } from '#src/db/ledger/ledger-seal.ts';
import { findBook } from '#src/db/ledger/book-store.ts';
import { calculateBooks } from '#src/operations/incentive/books/calculate-books.ts';
import { confirmClose, startClose } from '#src/operations/incentive/books/close-books.ts';
import { openBooks } from '#src/operations/incentive/books/open-books.ts';
import { recordEvents, type RecordedEvent } from '#src/operations/incentive/books/record-events.ts';
import { verifyBooks } from '#src/operations/incentive/books/verify-books.ts';
import { playInMemory } from '#test/domain/incentive/play-in-memory.ts';
import { eventsOf, histories, type RawEvent } from '#test/domain/ledger/books/random-history.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const programOf = (components: readonly object[], settings: object = {}) =>
  programCase.parse({
    currency: 'USD',
    firstPeriod: '2026-01',
    versions: [
      {
        effective: '2026-01-01',
        components: components.map((one, place) => ({ code: `c${place}`, ...one })),
      },
    ],
    settings,
  });
const tenPercent = programOf([{ method: { type: 'percent', percent: '10' } }]);
const recorded = (raw: readonly RawEvent[]) => readEvents(raw, 'USD') as readonly RecordedEvent[];
const sale = (id: string, netMinor: number, day = '2026-01-10', partner = 'P1'): RawEvent => ({
  type: 'invoice',
  id,
  partner,
  netMinor,
  on: day,
});

describe('the incentive books in the database', () => {
  let test_: TestDeps;
  let people: ScenarioFinance;
  let count = 0;
  beforeAll(async () => {
    test_ = await startDeps();
    people = await addScenarioFinance(test_.deps);
  });
  afterAll(() => test_[Symbol.asyncDispose]());

  const name = () => `books ${(count += 1)}`;
  const opened = async (program = tenPercent) => (await openBooks(test_.deps, { name: name(), program })).id;
  const close = async (bookId: string, period: string) => {
    await startClose(test_.deps, { bookId, period, personId: people.starterId });
    return confirmClose(test_.deps, { bookId, period, personId: people.confirmerId });
  };

  test(
    'give what the books in memory give, with calculations in between, and can be built again from the events',
    { timeout: 180_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          const program = programOf(history.components, history.settings);
          const raw = eventsOf(history);
          const withRuns = raw.flatMap((event, place) =>
            place % 3 === 0 ? [event, { type: 'run', on: event.on }] : [event],
          );
          const title = name();
          const played = await playEvents(test_.deps, people, {
            name: title,
            program,
            events: readEvents(withRuns, 'USD'),
          });
          const expected = await playInMemory(title, program, readEvents(raw, 'USD'));
          expect(played.reports).toEqual(expected.reports);
          expect(played.payouts).toEqual(expected.payouts);
          const book = await findBook(test_.deps.db, title);
          expect(book && (await verifyBooks(test_.deps, book))).toMatchObject({
            brokenEvent: null,
            differences: [],
          });
        }),
        { numRuns: 5 },
      );
    },
  );

  test('a second calculation posts nothing', async () => {
    const bookId = await opened();
    await recordEvents(test_.deps, { bookId, events: recorded([sale('I1', 1000), sale('I2', 2000)]) });
    expect(await calculateBooks(test_.deps, { bookId })).toBe(1);
    expect(await calculateBooks(test_.deps, { bookId })).toBe(0);
  });

  test('a refused event is stored with its reason and has no effect', async () => {
    const bookId = await opened();
    const [outcome] = await recordEvents(test_.deps, {
      bookId,
      events: recorded([
        { type: 'shares', doc: 'I9', shares: [{ partner: 'P1', percent: 100 }], on: '2026-01-10' },
      ]),
    });
    expect(outcome?.refused).toBe('Document I9 is not known. Send it before its shares.');
    expect([
      ...(await test_.deps.db.execute(
        sql`select kind, ref, refused from book_event where book_id = ${bookId}`,
      )),
    ]).toEqual([{ kind: 'shares', ref: 'I9', refused: outcome?.refused }]);
  });

  test('one person alone cannot close a period', async () => {
    const bookId = await opened();
    await recordEvents(test_.deps, { bookId, events: recorded([sale('I1', 1000)]) });
    const input = { bookId, period: '2026-01', personId: people.starterId };
    await expect(confirmClose(test_.deps, input)).rejects.toMatchObject({ code: 'conflict' });
    await startClose(test_.deps, input);
    await expect(confirmClose(test_.deps, input)).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(
      test_.deps.db.execute(
        sql`update book_close set status = 'closed', closed_by = started_by, closed_at = now() where book_id = ${bookId}`,
      ),
    ).rejects.toMatchObject({ cause: { constraint_name: 'book_close_two_people' } });
  });

  test('a close whose result changed since it was started has to be started again', async () => {
    const bookId = await opened();
    await recordEvents(test_.deps, { bookId, events: recorded([sale('I1', 1000)]) });
    const period = '2026-01';
    await startClose(test_.deps, { bookId, period, personId: people.starterId });
    await recordEvents(test_.deps, { bookId, events: recorded([sale('I2', 500)]) });
    const confirm = () => confirmClose(test_.deps, { bookId, period, personId: people.confirmerId });
    await expect(confirm()).rejects.toThrow(/1 events? came since the close of 2026-01 was started/);
    await startClose(test_.deps, { bookId, period, personId: people.starterId });
    expect((await confirm()).earned).toMatchObject([{ payee: 'P1', totalMinor: 150n }]);
  });

  test('nothing can be posted into a closed period, not even by hand', async () => {
    const bookId = await opened();
    await recordEvents(test_.deps, { bookId, events: recorded([sale('I1', 1000)]) });
    await close(bookId, '2026-01');
    const { db } = test_.deps;
    await expect(
      db.execute(sql`insert into journal_tx (id, reason, component, currency, period, bucket_id, book_id, event_seq, payee, created_at)
        select gen_random_uuid(), reason, component, currency, period, bucket_id, book_id, event_seq, payee, now() from journal_tx where book_id = ${bookId} limit 1`),
    ).rejects.toMatchObject({ cause: { message: 'period 2026-01 is closed: post into the open period' } });
    await expect(
      db.execute(sql`insert into posting (tx_id, account, currency, amount_minor)
        select t.id, a, 'USD', m from (select id from journal_tx where book_id = ${bookId} limit 1) t, (values ('expense', 5), ('accrued', -5)) as x (a, m)`),
    ).rejects.toMatchObject({ cause: { message: 'period 2026-01 is closed: post into the open period' } });
    await expect(
      db.execute(sql`update ledger_book set open_period = '2026-01' where id = ${bookId}`),
    ).rejects.toMatchObject({
      cause: { message: expect.stringContaining('only their open period moves forward') },
    });
  });

  test('a changed posting breaks its seal, and a changed event its chain', async () => {
    const bookId = await opened();
    await recordEvents(test_.deps, { bookId, events: recorded([sale('I1', 1000)]) });
    await close(bookId, '2026-01');
    const { db } = test_.deps;
    expect(await checkSeals(db)).toMatchObject({ broken: null, unsealed: 0, sealedLate: 0 });
    const book = await findBook(db, `books ${count}`);
    // The owner of the database can disable triggers, and the chains still show the change.
    await db.execute(sql`alter table posting disable trigger user`);
    await db.execute(sql`alter table book_event disable trigger user`);
    await db.execute(
      sql`update posting set amount_minor = amount_minor * 2 where tx_id in (select id from journal_tx where book_id = ${bookId})`,
    );
    await db.execute(
      sql`update book_event set payload = jsonb_set(payload, '{fact,lines,0,netMinor,n}', '"2000"') where book_id = ${bookId} and seq = 1`,
    );
    await db.execute(sql`alter table posting enable trigger user`);
    await db.execute(sql`alter table book_event enable trigger user`);
    expect((await checkSeals(db)).broken).not.toBeNull();
    expect(book && (await verifyBooks(test_.deps, book)).brokenEvent).toBe(1);
  });
});
