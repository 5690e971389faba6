import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { runFairway } from '#src/cli/command-line.ts';

const folder = '../domain/registrations/lifecycle';
const given = new URL(`${folder}/given-cases.json`, import.meta.url);
const more = new URL(`${folder}/more-cases.json`, import.meta.url);
const scenario = z.looseObject({
  id: z.string(),
  title: z.string(),
  steps: z.array(z.looseObject({ fact: z.string().optional() })),
  expected: z.tuple([z.looseObject({})], z.looseObject({})),
});

async function runCases(
  content: unknown,
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'lifecycle-cases-'));
  const path = join(folder, 'cases.json');
  await writeFile(path, JSON.stringify(content));
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    return { code: await runFairway(['lifecycle', 'cases', path]), lines };
  } finally {
    log.mockRestore();
    await rm(folder, { recursive: true, force: true });
  }
}

test('lifecycle cases plays every worked scenario on a database, and fails only those that are wrong', async () => {
  const read = async (file: URL) => z.array(scenario).parse(JSON.parse(await readFile(file, 'utf8')));
  // The domain's test plays all of our cases. News reaches only the registrations that the database finds.
  const withNews = (await read(more)).filter(({ steps }) => steps.some(({ fact }) => fact !== undefined));
  const scenarios = [...(await read(given)), ...withNews];
  const [first] = scenarios;
  if (first === undefined) throw new Error('there is no scenario');
  const [step, ...later] = first.expected;
  const wrong = { ...first, id: 'X1', expected: [{ ...step, result: { created: 'R2' } }, ...later] };
  const unreadable = { ...first, id: 'X2', steps: [{ at: 'yesterday', do: 'approve' }] };
  const { code, lines } = await runCases({ scenarios: [wrong, unreadable, ...scenarios] });
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(`${scenarios.length} passed, 2 failed`);
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([
    `FAILED X1 ${first.title}: 0.result.created is "R1", expected "R2"`,
    expect.stringMatching(/^FAILED X2 .*the scenario cannot be read: .*at/s),
  ]);
  expect(lines).toContain(`ok L24 ${scenarios.find(({ id }) => id === 'L24')?.title}`);
}, 600_000);
