import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { runCommand } from '#test/cli/run-command.ts';
import { dealSet } from '#src/cli/match/deal-set.ts';
import { dealFigures, findEvalCandidates } from '#src/cli/match/eval-deals.ts';
import { bestRow, calibrationError, rowAt } from '#src/cli/match/figures.ts';
import { knownCompanies } from '#src/cli/match/known-companies.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { matchModelSchema } from '#src/domain/matching/model.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'match-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

const row = z.strictObject({
  threshold: z.number(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
});

/** Runs a subcommand and returns its last line, parsed. */
async function lastLine(name: string, values: Record<string, string | boolean>): Promise<unknown> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    expect(await runCommand(['match', name], values)).toBe(0);
  } finally {
    log.mockRestore();
  }
  const last: unknown = JSON.parse(lines.at(-1) ?? '');
  return last;
}

describe('match eval --pairs', () => {
  test('counts pairs by their label, with the delivered model at its own threshold and at the best one', async () => {
    const path = await file('pairs.csv', [
      'name1,name2,label,domain1,domain2',
      'Acme GmbH,ACME Inc.,1,,',
      'Contoso Robotics,Contosso Robotics Ltd,1,,',
      'Coyote Traps,Road Runner Feed,1,,',
      'Summit Foods,Summit Steel,0,,',
      'Coyote,Traps,1,acme.com,www.acme.com',
    ]);
    const figures = z
      .object({ n: z.number(), default: row, best: row })
      .parse(await lastLine('eval', { pairs: path }));
    expect(figures.n).toBe(5);
    expect(figures.default).toEqual({
      threshold: defaultModel.thresholds.related,
      precision: 1,
      recall: 0.75,
      f1: 0.8571,
    });
    expect(figures.best.f1).toBeGreaterThanOrEqual(figures.default.f1);
  });

  test('shows the kind of each error, and counts each kind, when the file has the column', async () => {
    const path = await file('kinds.csv', [
      'kind,name1,name2,label',
      'renamed,Coyote Traps,Road Runner Feed,1',
      'same,Acme GmbH,ACME Inc.,1',
    ]);
    const errors: string[] = [];
    const log = vi.spyOn(console, 'error').mockImplementation((line: string) => void errors.push(line));
    const figures = await lastLine('eval', { pairs: path, errors: '5' });
    log.mockRestore();
    expect(errors).toEqual([
      expect.stringMatching(/^missed .* renamed {2}coyote traps {2}\| {2}road runner feed$/),
    ]);
    expect(figures).toMatchObject({
      kinds: {
        renamed: { n: 1, wanted: 1, found: 0, falseAlerts: 0 },
        same: { n: 1, wanted: 1, found: 1, falseAlerts: 0 },
      },
    });
  });

  test('without a file, compares the pairs delivered with Fairway, whole or by halves', async () => {
    const size = z.object({ n: z.number(), default: row });
    const [all, tune, test] = [
      size.parse(await lastLine('eval', { pairs: true })),
      size.parse(await lastLine('eval', { pairs: true, half: 'tune' })),
      size.parse(await lastLine('eval', { pairs: true, half: 'test' })),
    ];
    expect(all.n).toBeGreaterThanOrEqual(400);
    expect(tune.n + test.n).toBe(all.n);
    expect(Math.min(tune.n, test.n)).toBeGreaterThan(all.n / 3);
    const names = size.parse(await lastLine('eval', { pairs: true, 'names-only': true }));
    expect(names.default).not.toEqual(all.default);
    await expect(lastLine('eval', { pairs: true, half: 'third' })).rejects.toThrow(
      '--half takes tune or test',
    );
  });

  test('refuses a label that is neither 1 nor 0, and a file without the columns', async () => {
    const labels = await file('labels.csv', ['name1,name2,label', 'a,b,yes']);
    await expect(lastLine('eval', { pairs: labels })).rejects.toThrow('A label is 1 or 0, not “yes”.');
    const columns = await file('columns.csv', ['name1,label', 'a,1']);
    await expect(lastLine('eval', { pairs: columns })).rejects.toThrow('has no column “name2”');
  });
});

describe('match eval --clusters', () => {
  const clusters = [
    'Id Of,From,Site,Tel',
    '1,a,Coyote Traps,312-386-5286',
    '1,b,Coyote Traps Inc.,3123865286',
    '1,b,Coyote Trap,312 386 5286',
    '2,a,Summit Steel,312-777-1234',
    '2,b,Summit Steel Ltd,312-777-1234',
  ];

  test('compares what shares a key; true pairs that were never compared count as missed', async () => {
    const path = await file('clusters.csv', [...clusters, '3,a,Blue,', '3,b,Red,']);
    const figures = await lastLine('eval', { clusters: path, id: 'Id Of', map: 'name=Site,phone=Tel' });
    expect(figures).toMatchObject({
      n: 7,
      truePairs: 5,
      blockingRecall: 0.8,
      best: { precision: 1, recall: 0.8 },
    });
  });

  test('looks only across sources when the source column is given', async () => {
    const path = await file('sources.csv', clusters);
    const figures = await lastLine('eval', {
      clusters: path,
      id: 'Id Of',
      source: 'From',
      map: 'name=Site,phone=Tel',
    });
    expect(figures).toMatchObject({ truePairs: 3, blockingRecall: 1 });
  });

  test('shows the kind of the records of each error when the file has the column', async () => {
    const path = await file('kinds-of-records.csv', [
      'kind,id,name,tel',
      'chain,1,Summit Steel,312-777-1234',
      'chain,2,Summit Steel,312-777-1234',
      'odd,3,Summit Steel,312-777-1234',
    ]);
    const errors: string[] = [];
    const log = vi.spyOn(console, 'error').mockImplementation((line: string) => void errors.push(line));
    await lastLine('eval', { clusters: path, id: 'id', map: 'name=name,phone=tel', errors: '9' });
    log.mockRestore();
    const kinds = errors.map((line) =>
      line
        .replace(/ {2}summit.*/, '')
        .split(' ')
        .at(-1),
    );
    expect(kinds).toHaveLength(3);
    expect(new Set(kinds)).toEqual(new Set(['chain', 'chain/odd']));
  });

  test('its default row knows no label: other labels, the same threshold and the same pairs found', async () => {
    const found = (figures: unknown): number => {
      const { default: one, truePairs } = z.object({ default: row, truePairs: z.number() }).parse(figures);
      return Math.round((one.recall * truePairs) / (one.precision || 1));
    };
    const honest = await file('honest.csv', clusters);
    const merged = await file(
      'merged.csv',
      clusters.map((line, at) => (at === 0 ? line : line.replace(/^\d/, '1'))),
    );
    const options = { id: 'Id Of', map: 'name=Site,phone=Tel' };
    expect(found(await lastLine('eval', { clusters: honest, ...options }))).toBe(
      found(await lastLine('eval', { clusters: merged, ...options })),
    );
  });
});

test('match eval --reference ranks the texts of the right id, and asks only what has an answer', async () => {
  const reference = await file('reference.csv', [
    'text,id',
    'University of Oxford,ox',
    'University of Cambridge,cam',
  ]);
  const queries = await file('queries.csv', [
    'text,id',
    '"Department of Physics, Oxford University, UK",ox',
    'Sorbonne,paris',
  ]);
  const figures = await lastLine('eval', { reference, queries, text: 'text', id: 'id' });
  expect(figures).toEqual({ n: 1, recallAt1: 1, recallAt20: 1 });
});

test.each([
  [{}, 'Name what to evaluate'],
  [{ clusters: 'x.csv' }, '--id is missing.'],
  [{ clusters: 'x.csv', id: 'id', map: 'colour=c' }, 'is not FIELD=COLUMN'],
  [{ pairs: 'nowhere.csv' }, 'nowhere.csv cannot be read'],
  [{ out: 'x' }, "unknown option '--out'"],
])('match eval with %j says what is missing', async (values: Record<string, string>, words) => {
  await expect(lastLine('eval', values)).rejects.toThrow(words);
});

test('figures: precision and recall at a threshold, the best threshold, and the distance from calibration', () => {
  const scored = [
    { score: 3, same: 8, different: 0 },
    { score: 1, same: 1, different: 1 },
    { score: -2, same: 0, different: 90 },
  ];
  expect(rowAt(2, scored, 10)).toEqual({ threshold: 2, precision: 1, recall: 0.8, f1: 0.8889 });
  expect(bestRow(scored, 10)).toEqual({ threshold: 1, precision: 0.9, recall: 0.9, f1: 0.9 });
  expect(
    calibrationError([0.9, 0.9, 0.1, 0.1].map((probability, at) => ({ probability, same: at === 0 }))),
  ).toBe(0.25);
});

const companies = process.env['FAIRWAY_DATA'];

describe.skipIf(companies === undefined)(
  'the deal-conflict set (set FAIRWAY_DATA to a CSV of real companies to run this)',
  () => {
    test('finds conflicts, leaves clean registrations alone, and means its probabilities', async () => {
      const set = dealSet(await knownCompanies(companies ?? ''), 'judge', 1_500, 11);
      const figures = dealFigures(findEvalCandidates(set, defaultModel));
      expect(figures.recallStrongKey).toBeGreaterThanOrEqual(0.99);
      expect(figures.recallNameAndCountry).toBeGreaterThanOrEqual(0.95);
      expect(figures.falseAlertsPer100).toBeLessThanOrEqual(2);
      expect(figures.calibrationError).toBeLessThanOrEqual(0.03);
    }, 120_000);
  },
);

test('the deal-conflict set is the same for the same seed, and its halves share no company', async () => {
  const words = ['Coyote', 'Summit', 'Harbor', 'Quartz', 'Velvet', 'Copper', 'Saffron', 'Juniper'];
  const lines = words.flatMap((first) =>
    words.map((second) => `${first} ${second} Ltd,${first}${second}.com,US`.toLowerCase()),
  );
  const known = await knownCompanies(await file('companies.csv', ['name,domain,country', ...lines]));
  const [learn, judge, again] = [
    dealSet(known, 'learn', 40, 1),
    dealSet(known, 'judge', 40, 1),
    dealSet(known, 'judge', 40, 1),
  ];
  expect(again).toEqual(judge);
  const domains = new Set(learn.accounts.map(({ domain }) => domain));
  expect(
    judge.accounts.filter(
      ({ domain, country }) => country === 'US' && !domain?.includes('-') && domains.has(domain),
    ),
  ).toEqual([]);
  const { recallStrongKey } = dealFigures(findEvalCandidates(judge, defaultModel));
  expect(recallStrongKey).toBe(1);
});

test('match fit writes a model that can be read again, its calibration fitted', async () => {
  const words = [
    'Coyote',
    'Summit',
    'Harbor',
    'Quartz',
    'Velvet',
    'Copper',
    'Saffron',
    'Juniper',
    'Thistle',
    'Walnut',
  ];
  const lines = words.flatMap((first) =>
    words.map((second) => `${first} ${second} Ltd,${first}${second}.com,US`.toLowerCase()),
  );
  const [path, out] = [await file('fit.csv', ['name,domain,country', ...lines]), join(folder, 'model.json')];
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(await runCommand(['match', 'fit'], { companies: path, out })).toBe(0);
  log.mockRestore();
  const model = matchModelSchema.parse(JSON.parse(await readFile(out, 'utf8')));
  expect(model.weights).toEqual(defaultModel.weights);
  expect(model.terms.names).toBe(100);
  expect(model.calibration).not.toEqual(defaultModel.calibration);
});
