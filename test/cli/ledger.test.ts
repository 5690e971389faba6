import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anchorAuditTrail } from '#src/operations/people/anchor-audit.ts';
import { startBooksCommands, type BooksCommands } from './books-commands.ts';

let commands: BooksCommands;
beforeAll(async () => {
  commands = await startBooksCommands(
    [{ effective: '2026-01-01', components: [{ code: 'comm', method: { type: 'percent', percent: '10' } }] }],
    [
      { type: 'invoice', id: 'I1', partner: '=cmd|calc', netMinor: 100_000, on: '2026-01-10' },
      { type: 'credit', id: 'K1', of: 'I1', netMinor: 40_000, on: '2026-02-10' },
      { type: 'close', period: '2026-01', on: '2026-02-01' },
      { type: 'close', period: '2026-02', on: '2026-03-01' },
    ],
  );
});
afterAll(() => commands[Symbol.asyncDispose]());

const output: BooksCommands['output'] = (words, options) => commands.output(words, options);

test('the trial balance shows the month and adds up to 0', async () => {
  const { code, lines } = await output(['ledger', 'trial-balance', '2026-02']);
  expect(code).toBe(0);
  expect(lines.map((line) => line.split(/\s+/).filter(Boolean))).toEqual([
    ['Trial', 'balance', 'of', '2026-02'],
    ['account', 'opening', 'debit', 'credit', 'closing'],
    ['USD', 'accrued', '0.00', '40.00', '40.00', '0.00'],
    ['USD', 'expense', '100.00', '0.00', '40.00', '60.00'],
    ['USD', 'payable', '-100.00', '40.00', '0.00', '-60.00'],
    ['Every', 'currency', 'adds', 'up', 'to', '0.'],
  ]);
  await expect(output(['ledger', 'trial-balance', '2026-13'])).rejects.toThrow(/is not a month/);
});

test('the export has a line for each posting; texts are safe in a spreadsheet and numbers stay numbers', async () => {
  const file = join(commands.service.dir, 'journal.csv');
  expect((await output(['ledger', 'export', '2026-02'], { out: file })).code).toBe(0);
  const [head, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(head).toBe(
    'posting,entry,period,posted_on,reason,book,component,payee,window,document,account,currency,debit,credit',
  );
  expect(lines.map((line) => line.split(',').slice(4))).toEqual([
    ['earned', 'Main', 'comm', "'=cmd|calc", '2026-01', '', 'expense', 'USD', '', '40.00'],
    ['earned', 'Main', 'comm', "'=cmd|calc", '2026-01', '', 'accrued', 'USD', '40.00', ''],
    ['due', 'Main', 'comm', "'=cmd|calc", '2026-01', '', 'accrued', 'USD', '', '40.00'],
    ['due', 'Main', 'comm', "'=cmd|calc", '2026-01', '', 'payable', 'USD', '40.00', ''],
  ]);
});

test(
  'a check finds nothing in untouched books, and names what was changed',
  { timeout: 60_000 },
  async () => {
    const before = await output(['ledger', 'verify']);
    expect(before).toEqual({
      code: 0,
      lines: [
        'The ledger balances in every currency.',
        expect.stringMatching(/^The postings are unchanged \(\d+ seals\)\.$/),
        'Books “Main”: the 4 events are unchanged.',
        'Books “Main”: built again from the events, they are the same.',
      ],
    });
    await anchorAuditTrail(commands.service.deps);
    const { db } = commands.service.deps;
    await db.execute(sql`alter table posting disable trigger user`);
    await db.execute(
      sql`update posting set amount_minor = amount_minor * 2 where tx_id in (select id from journal_tx where period = '2026-02' and reason = 'earned')`,
    );
    const after = await output(['ledger', 'verify']);
    expect(after.code).toBe(1);
    expect(after.lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^The ledger is broken at seal \d+: postings that it covers/),
        expect.stringMatching(/2026-02 earned .*expense: stored -8000, from the events -4000\.$/),
      ]),
    );
    expect((await output(['verify'])).code).toBe(1);
    await db.execute(sql`alter table ledger_seal disable trigger user`);
    await db.execute(sql`delete from ledger_seal where id = (select max(id) from ledger_seal)`);
    expect((await output(['ledger', 'verify'])).lines).toContainEqual(
      expect.stringMatching(/^The ledger has lost seal \d+ of .* and is gone or changed\.$/),
    );
  },
);
