import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startBooksCommands, type BooksCommands } from './books-commands.ts';

let commands: BooksCommands;
beforeAll(async () => {
  const table = [
    { from: '0', percent: '4' },
    { from: '100000', percent: '6' },
  ];
  commands = await startBooksCommands(
    [
      {
        effective: '2026-01-01',
        components: [
          { code: 'comm', method: { type: 'percent', percent: '100/30' } },
          { code: 'growing', method: { type: 'marginal', table }, window: 'year' },
          {
            code: 'pot',
            method: { type: 'percent', percent: '1' },
            caps: [{ per: 'all', amountMinor: 2000 }],
          },
        ],
      },
    ],
    [
      { type: 'invoice', id: 'I1', partner: 'P1', netMinor: 99_950, on: '2026-01-10' },
      { type: 'invoice', id: 'I2', partner: 'P1', netMinor: 100_001, on: '2026-01-11' },
      { type: 'invoice', id: 'X9', partner: 'P2', netMinor: 150_000, on: '2026-01-09' },
      { type: 'close', period: '2026-01', on: '2026-02-01' },
      { type: 'credit', id: 'K2', of: 'I2', netMinor: 1000, on: '2026-02-10' },
      { type: 'invoice', id: 'I3', partner: 'P1', netMinor: 5_000, on: '2026-02-11' },
    ],
  );
});
afterAll(() => commands[Symbol.asyncDispose]());

const output: BooksCommands['output'] = (words, options) => commands.output(words, options);

test('a line is explained in words, with its segments, remainder and facts', async () => {
  const { code, lines } = await output(['incentive', 'explain', 'I2:1']);
  expect(code).toBe(0);
  expect(lines.filter((line) => !line.startsWith('  Fact'))).toEqual([
    'I2, line 1: 33.33 USD for P1 under “comm”, window 2026-01, as of 2026-01.',
    '  Booked on 2026-01-11, under the version of 2026-01-01.',
    '  Basis 100001 minor units, quantity 0. What is released is 10/3 % of the basis.',
    '  Released on 2026-01-11 by the booking: 100001/30.',
    '  After caps: 100001/30 minor units.',
    '  All lines of the bucket: 199951/30, rounded to the nearest unit, a half away from zero to 6665.',
    '  This line is rounded down; its remainder is 11/30.',
    'I2, line 1: 59.99 USD for P1 under “growing”, window 2026-01..2026-12, as of 2026-01.',
    '  Booked on 2026-01-11, under the version of 2026-01-01.',
    '  Basis 100001 minor units, quantity 0.',
    '  Volume of earlier lines in the window: 99950.',
    '  From 0: 50 of it, which gives 2.',
    '  From 100000: 99951 of it, which gives 299853/50.',
    '  Released on 2026-01-11 by the booking: 299953/50.',
    '  After caps: 299953/50 minor units.',
    '  All lines of the bucket: 499853/50, rounded to the nearest unit, a half away from zero to 9997.',
    '  This line is rounded down; its remainder is 3/50.',
    expect.stringContaining('under “pot”'),
    ...Array<unknown>(6).fill(expect.anything()),
  ]);
  // The credit memo came after the close.
  expect(lines.filter((line) => line.startsWith('  Fact'))).toHaveLength(3);
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {2}Fact 2: invoice I2 version 1, SHA-256 [0-9a-f]{64}\.$/),
  );
});

test('a proof is right on another machine, holds no facts of others, and is wrong after any change', async () => {
  const file = join(commands.service.dir, 'proof.json');
  expect((await output(['incentive', 'explain', 'I2'], { proof: file })).code).toBe(0);
  const url = process.env['DATABASE_URL'] ?? '';
  vi.stubEnv('DATABASE_URL', 'postgres://nowhere.invalid/none');
  try {
    const right = 'right. The facts give this amount in this way.';
    expect(await output(['incentive', 'verify', file])).toEqual({
      code: 0,
      lines: Array<string>(3).fill(`I2, line 1, for P1: ${right}`),
    });
    const content = await readFile(file, 'utf8');
    const [first, , shared] = JSON.parse(content) as object[];
    expect(JSON.stringify(first)).not.toContain('X9');
    // The pot is one budget for everybody, so what P2 got from it belongs to the proof.
    expect(JSON.stringify(shared)).toContain('X9');
    const changes: readonly [string, string, string][] = [
      ['"amountMinor":"3333"', '"amountMinor":"3334"', 'The facts give 3333 minor units and not 3334.'],
      ['{"n":"100001"}', '{"n":"100002"}', 'Event 2 was changed: its content does not have its hash.'],
      ['"granted":"100001/30"', '"granted":"100002/30"', 'The facts give the same amount in another way.'],
    ];
    for (const [before, after, fault] of changes) {
      expect(content).toContain(before);
      await writeFile(file, content.replace(before, after));
      const { code, lines } = await output(['incentive', 'verify', file]);
      expect(code).toBe(1);
      expect(lines.join('\n')).toContain(fault);
    }
  } finally {
    vi.stubEnv('DATABASE_URL', url);
  }
});

test('a document that came after the last close is explained as of the open period', async () => {
  const { lines } = await output(['incentive', 'explain', 'I3']);
  expect(lines[0]).toBe('I3, line 1: 1.67 USD for P1 under “comm”, window 2026-02, as of 2026-02.');
  await expect(output(['incentive', 'explain', 'nothing'])).rejects.toThrow(/has no line that has earned/);
});
