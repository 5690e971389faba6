import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { runFairway } from '#src/cli/command-line.ts';

const given = new URL('../domain/service-levels/given-cases.json', import.meta.url);
const caseSchema = z.looseObject({ id: z.string(), title: z.string(), expected: z.looseObject({}) });

let folder = '';
let first: z.infer<typeof caseSchema>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clock-cases-'));
  [first] = z.tuple([caseSchema], caseSchema).parse(JSON.parse(await readFile(given, 'utf8')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command on a file with this content. */
async function runCases(
  content: unknown,
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const path = join(folder, 'cases.json');
  await writeFile(path, JSON.stringify(content));
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    return { code: await runFairway(['clock', 'cases', path]), lines };
  } finally {
    log.mockRestore();
  }
}

test('clock cases prints a line per case and the counts', async () => {
  expect(await runCases({ cases: [first] })).toEqual({
    code: 0,
    lines: ['ok C-001 same time two business days later', '1 passed, 0 failed'],
  });
});

test('clock cases fails for a case that expects something else, and names where they differ', async () => {
  const wrong = { ...first, id: 'X', expected: { ...first.expected, budgetSeconds: 57_601 } };
  expect(await runCases([first, wrong])).toEqual({
    code: 1,
    lines: [
      'ok C-001 same time two business days later',
      'FAILED X same time two business days later: budgetSeconds is 57600, expected 57601',
      '1 passed, 1 failed',
    ],
  });
});

test('clock cases fails only the case that cannot be read', async () => {
  const { code, lines } = await runCases([{ ...first, target: { kind: 'fortnights' } }, first]);
  expect({ code, last: lines.at(-1) }).toEqual({ code: 1, last: '1 passed, 1 failed' });
  expect(lines[0]).toContain('target');
});

test('clock cases refuses a file without cases', async () => {
  await expect(runCases({ cases: [] })).rejects.toThrow('no list “cases” of cases with an id');
});
