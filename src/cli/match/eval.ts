import { answeredPairs } from '#src/db/matching/match-label-store.ts';
import { AppError } from '#src/domain/errors.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { textOption } from '#src/cli/command.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { answerFigures } from './answer-figures.ts';
import { parseColumnMap } from './company-file.ts';
import { evalClusters } from './eval-clusters.ts';
import { dealFigures, findEvalCandidates, rivalErrors } from './eval-deals.ts';
import { evalPairs } from './eval-pairs.ts';
import { evalReference } from './eval-reference.ts';
import { namedModel } from './named-model.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { dealSet } from './deal-set.ts';
import { knownCompanies } from './known-companies.ts';

type Values = Parameters<Subcommand['run']>[0];

/** Registrations made up for one evaluation. */
const dealCount = 4_000;
const defaultSeed = '7';

export const evalMatch: Subcommand = {
  usage:
    '--pairs FILE | --clusters FILE --id COLUMN [--source COLUMN] [--map name=COLUMN,address=COLUMN,…] | --reference FILE --queries FILE --text COLUMN --id COLUMN | --deals FILE [--seed N]  [--errors N] | --answers [--model FILE|VERSION]',
  summary:
    'How well the matcher does on a file whose answers are known, or on what reviewers answered. The last line is JSON.',
  options: [
    'pairs',
    'clusters',
    'id',
    'source',
    'map',
    'reference',
    'queries',
    'text',
    'deals',
    'seed',
    'errors',
    'answers',
    'model',
  ],
  async run(values) {
    if (values['answers'] === true) return evalAnswers(textOption(values['model']));
    const mode = modes.find(({ option }) => textOption(values[option]) !== null);
    if (!mode)
      throw new AppError(
        'bad_request',
        `Say what to evaluate: ${modes.map(({ option }) => `--${option} FILE`).join(', ')}, --answers.`,
      );
    console.log(JSON.stringify(await mode.run(required(values, mode.option), values)));
    return 0;
  },
};

/** @param name null for the model that decides now */
async function evalAnswers(name: string | null): Promise<number> {
  return withDeps(async ({ db }) => {
    const model = name === null ? await liveModel(db) : await namedModel(db, name);
    const pairs = await answeredPairs(db);
    console.log(JSON.stringify(answerFigures(pairs.map((pair) => ({ pair, model })))));
    return 0;
  });
}

interface Mode {
  readonly option: string;
  run(path: string, values: Values): Promise<object>;
}

const modes: readonly Mode[] = [
  { option: 'pairs', run: (path, values) => evalPairs(path, wholeNumber(values, 'errors', '0')) },
  {
    option: 'clusters',
    run: (path, values) => {
      const map = textOption(values['map']);
      return evalClusters(path, {
        id: required(values, 'id'),
        source: textOption(values['source']),
        map: map === null ? null : parseColumnMap(map),
        worst: wholeNumber(values, 'errors', '0'),
      });
    },
  },
  {
    option: 'reference',
    run: (reference, values) =>
      evalReference(
        { reference, queries: required(values, 'queries') },
        required(values, 'text'),
        required(values, 'id'),
      ),
  },
  {
    option: 'deals',
    run: async (path, values) => {
      const set = dealSet(
        await knownCompanies(path),
        'judge',
        dealCount,
        wholeNumber(values, 'seed', defaultSeed),
      );
      const findings = findEvalCandidates(set, defaultModel);
      for (const line of rivalErrors(findings, set, wholeNumber(values, 'errors', '0'))) console.error(line);
      return dealFigures(findings);
    },
  },
];

function required(values: Values, option: string): string {
  const value = textOption(values[option]);
  if (value === null) throw new AppError('bad_request', `--${option} is needed, too.`);
  return value;
}

function wholeNumber(values: Values, option: string, otherwise: string): number {
  const text = textOption(values[option]) ?? otherwise;
  if (!/^\d{1,9}$/.test(text))
    throw new AppError('bad_request', `--${option} takes a whole number, not “${text}”.`);
  return Number(text);
}
