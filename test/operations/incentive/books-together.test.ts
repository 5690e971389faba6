import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '#src/cli/cases/incentive-event-case.ts';
import { addScenarioFinance, type ScenarioFinance } from '#src/cli/cases/incentive-play.ts';
import { programCase } from '#src/cli/cases/incentive-program-case.ts';
import { findBook, newestEvent } from '#src/db/ledger/book-store.ts';
import { checkSeals } from '#src/db/ledger/ledger-seal.ts';
import { calculateBooks } from '#src/operations/incentive/books/calculate-books.ts';
import { confirmClose, startClose } from '#src/operations/incentive/books/close-books.ts';
import { openBooks } from '#src/operations/incentive/books/open-books.ts';
import { recordEvents, type RecordedEvent } from '#src/operations/incentive/books/record-events.ts';
import { verifyBooks } from '#src/operations/incentive/books/verify-books.ts';
import { playInMemory } from '#test/domain/incentive/play-in-memory.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

const program = programCase.parse({
  currency: 'USD',
  firstPeriod: '2026-01',
  versions: [
    {
      effective: '2026-01-01',
      components: [
        { code: 'comm', method: { type: 'percent', percent: '100/30' } },
        {
          code: 'pot',
          method: { type: 'percent', percent: '5' },
          caps: [{ per: 'all', amountMinor: 10_000 }],
        },
      ],
    },
  ],
});
const sale = (n: number) => ({
  type: 'invoice',
  id: `I${String(n).padStart(3, '0')}`,
  partner: `P${n % 7}`,
  netMinor: 10_000 + 37 * n,
  on: `2026-01-${String(1 + (n % 28)).padStart(2, '0')}`,
});
const sales = Array.from({ length: 50 }, (_, n) => sale(n));
const memo = { type: 'credit', id: 'K1', of: 'I010', netMinor: 5_000, on: '2026-01-29' };
const close = { type: 'close', period: '2026-01', on: '2026-02-01' };

describe('books that several processes work on', () => {
  let service: TestDeps;
  let people: ScenarioFinance;
  beforeAll(async () => {
    service = await startDeps();
    people = await addScenarioFinance(service.deps);
  });
  afterAll(() => service[Symbol.asyncDispose]());

  const record = (bookId: string, raw: readonly object[]) =>
    recordEvents(service.deps, { bookId, events: readEvents(raw, 'USD') as RecordedEvent[] });

  /** Closes the month and compares it with what one process in memory gives. */
  const expectSerialResult = async (name: string, bookId: string, raw: readonly object[]) => {
    const { deps } = service;
    await startClose(deps, { bookId, period: '2026-01', personId: people.starterId });
    const report = await confirmClose(deps, { bookId, period: '2026-01', personId: people.confirmerId });
    const serial = await playInMemory(name, program, readEvents([...raw, close], 'USD'));
    expect([report]).toEqual(serial.reports);
    const book = await findBook(deps.db, name);
    expect(book && (await verifyBooks(deps, book))).toMatchObject({ brokenEvent: null, differences: [] });
    expect(await checkSeals(deps.db)).toMatchObject({ broken: null, unsealed: 0, sealedLate: 0 });
  };

  test(
    'a budget that fifty workers draw from is never exceeded, and the totals are the serial ones',
    { timeout: 120_000 },
    async () => {
      const { id } = await openBooks(service.deps, { name: 'pot', program });
      await Promise.all(
        sales.map(async (one) => {
          await record(id, [one]);
          await calculateBooks(service.deps, { bookId: id });
        }),
      );
      await expectSerialResult('pot', id, sales);
    },
  );

  test('calculations at once, beside a late credit memo, post each difference once', async () => {
    const { id } = await openBooks(service.deps, { name: 'memo', program });
    await record(id, sales);
    const calculate = () => calculateBooks(service.deps, { bookId: id });
    await Promise.all([calculate(), calculate(), record(id, [memo]), calculate()]);
    await calculate();
    expect(await calculate()).toBe(0);
    await expectSerialResult('memo', id, [...sales, memo]);
  });

  test(
    'a process that is killed again and again loses nothing and posts nothing twice',
    { timeout: 300_000 },
    async () => {
      const { id } = await openBooks(service.deps, { name: 'killed', program });
      const raw = [...sales.slice(0, 20), memo];
      const file = join(service.dir, 'events.json');
      await writeFile(file, JSON.stringify(raw));
      const start = () =>
        spawn(process.execPath, ['test/operations/incentive/recording-process.ts', id, file], {
          env: { ...process.env, ...service.env },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
      for (let kill = 0; kill < 2; kill += 1) {
        const child = start();
        // The line is printed before the calculation that follows, so the kill is in the middle of it.
        await once(child.stdout, 'data');
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      const { seq } = await newestEvent(service.deps.db, id);
      expect(seq).toBeGreaterThanOrEqual(2);
      expect(seq).toBeLessThan(raw.length);
      const last = start();
      last.stdout.resume();
      expect(await once(last, 'exit')).toEqual([0, null]);
      await expectSerialResult('killed', id, raw);
    },
  );
});
