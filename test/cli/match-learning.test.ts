import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '#test/cli/run-command.ts';
import { modelHash } from '#src/db/matching/match-model-store.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { labelMatch } from '#src/operations/matching/label-match.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { seedMatches, type SeededMatches } from '#test/support/match-labels.ts';

let service: TestDeps;
let seeded: SeededMatches;
let personId: string;
let folder: string;
let file: string;
const printed: string[] = [];
beforeAll(async () => {
  service = await startDeps();
  folder = await mkdtemp(join(tmpdir(), 'match-learning-'));
  file = join(folder, 'model.json');
  const personOf = async (name: string) =>
    (await createLoginLink(service.deps, { email: `${name}@example.com`, name, role: 'ops' })).person.id;
  personId = await personOf('pia');
  await personOf('ada');
  seeded = await seedMatches(service.deps, { alerts: 105, clear: 105 });
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
}, 120_000);
afterEach(() => printed.splice(0));
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await service[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const match = async (
  positional: string,
  values: Readonly<Record<string, string | boolean>> = {},
): Promise<string> => {
  await runCommand(['match', positional], values);
  return printed.join('\n');
};
const answerQuestion = (registrationId: string, rivalId: string, answer: 'same' | 'different') =>
  labelMatch(service.deps, { registrationId, rivalId, answer, personId });

describe('match fit', () => {
  test('says how many answers are missing', async () => {
    for (const { registrationId, rivalId } of seeded.alerts)
      await answerQuestion(registrationId, rivalId, 'same');
    await expect(match('fit', { out: file })).rejects.toThrow(
      '105 answers are too few to fit the model: 95 more are needed.',
    );
    await expect(match('fit')).rejects.toThrow('--out is missing');
    await expect(match('fit', { out: file, weights: true })).rejects.toThrow('--weights needs --companies');
  });

  test('writes a model fitted to the answers, and reports its figures before and after on answers it has not seen', async () => {
    for (const { registrationId, accountId } of seeded.clear)
      await answerQuestion(registrationId, accountId, 'different');
    const text = await match('fit', { out: file });
    expect(text).toContain('210 answers, 105 of them same customer or same group.');
    expect(text).toMatch(
      /m3, the live model: precision 1, recall 1, 0 missed, 0 false alerts, price 0, calibration error [\d.]+, [\d.]+ bits lost an answer/,
    );
    expect(text).toMatch(
      /m3\+210 on answers it has not seen: precision 1, recall 1, 0 missed, 0 false alerts, price 0, calibration error [\d.]+, [\d.]+ bits lost an answer/,
    );
    expect(text).toMatch(
      /Thresholds: related from [-\d.]+ bits, .* a missed conflict costs 3, a false alert 1\./,
    );
    expect((await liveModel(service.deps.db)).version).toBe('m3');
  });
});

test('match eval --answers judges a model by all answers, the live one unless another is named', async () => {
  expect(JSON.parse(await match('eval', { answers: true }))).toMatchObject({
    n: 210,
    precision: 1,
    recall: 1,
  });
  printed.splice(0);
  expect(JSON.parse(await match('eval', { answers: true, model: file }))).toMatchObject({
    n: 210,
    precision: 1,
    recall: 1,
  });
});

describe('match rescore', { timeout: 60_000 }, () => {
  test('of a file is a dry run; the model decides once it was proposed by one and applied by another', async () => {
    const dryRun = await match('rescore', { model: file });
    expect(dryRun).toMatch(/^Model m3\+210 .*: dry run, nothing was changed\./);
    const seen = /The code of these changes is (\w{12})\./.exec(dryRun)?.[1] ?? '';
    await expect(match('rescore', { model: file, propose: true })).rejects.toThrow('--as EMAIL');
    await expect(match('rescore', { model: file, apply: true, seen, as: 'ada@example.com' })).rejects.toThrow(
      'This model has not been proposed',
    );
    expect(await match('rescore', { model: file, propose: true, as: 'pia@example.com' })).toContain(
      'Proposed. Another person applies it',
    );
    await expect(
      match('rescore', { model: 'm3+210', apply: true, seen, as: 'pia@example.com' }),
    ).rejects.toThrow('You proposed this model yourself');
    await expect(match('rescore', { model: 'm3+210', apply: true, as: 'ada@example.com' })).rejects.toThrow(
      '--apply needs --seen',
    );
    await expect(
      match('rescore', { model: 'm3+210', apply: true, seen: '0123456789ab', as: 'ada@example.com' }),
    ).rejects.toThrow('What this model changes is no longer what you have read under 0123456789ab');
    expect((await liveModel(service.deps.db)).version).toBe('m3');

    printed.splice(0);
    expect(await match('rescore', { model: 'm3+210', apply: true, seen, as: 'ada@example.com' })).toMatch(
      /cases: applied\./,
    );
    expect((await liveModel(service.deps.db)).version).toBe('m3+210');
    printed.splice(0);
    expect(await match('rescore')).toMatch(/^Model m3\+210 /);
  });

  test('knows a model by its version, its hash or its file, and says when there is none', async () => {
    const hash = modelHash(await liveModel(service.deps.db)).slice(0, 12);
    expect(await match('rescore', { model: hash })).toContain(`Model m3+210 (${hash})`);
    await expect(match('rescore', { model: 'm99' })).rejects.toThrow('No model is called “m99”.');
    await expect(match('rescore', { model: join(folder, 'none.json') })).rejects.toThrow('cannot be read');
    await expect(match('rescore', { propose: true })).rejects.toThrow('--propose needs --model');
    await expect(match('rescore', { model: file, propose: true, apply: true })).rejects.toThrow(
      'The person who proposes a model cannot apply it.',
    );
  });
});
