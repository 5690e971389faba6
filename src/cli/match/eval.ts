import { answeredPairs } from '#src/db/matching/match-label-store.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import {
  exitCodes,
  jsonOption,
  requiredOption,
  textOption,
  UsageError,
  type Command,
  type OptionValues,
} from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { answerFigures } from './answer-figures.ts';
import { parseColumnMap } from './company-file.ts';
import { evalClusters } from './eval-clusters.ts';
import { dealFigures, findEvalCandidates, rivalErrors } from './eval-deals.ts';
import { evalPairs } from './eval-pairs.ts';
import { evalReference } from './eval-reference.ts';
import { halves, shippedPairsPath } from './labelled-pairs/shipped-pairs.ts';
import { namedModel } from './named-model.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { dealSet } from './deal-set.ts';
import { knownCompanies } from './known-companies.ts';

/** Number of generated registrations in one evaluation. */
const dealCount = 4_000;
const defaultSeed = '7';

export const evalMatch: Command = {
  options: [
    ['--pairs [file]', 'labelled pairs of companies; without a file, those delivered with Fairway'],
    ['--half <half>', 'with --pairs: only the half “tune” or “test”'],
    ['--names-only', 'with --pairs: compare only the names'],
    ['--clusters <file>', 'records with the id of their company; needs --id'],
    ['--reference <file>', 'a list of organisations; needs --queries, --text and --id'],
    ['--deals <file>', 'real companies, from which registrations are generated'],
    ['--answers', 'what reviewers answered in this Fairway'],
    ['--queries <file>', 'with --reference: the texts to look up'],
    ['--id <column>', 'the column with the id of the company'],
    ['--text <column>', 'with --reference: the column with the text'],
    ['--source <column>', 'with --clusters: compare only records of different sources'],
    ['--map <fields>', 'with --clusters: columns by field, as in name=Site,phone=Tel'],
    ['--seed <number>', 'with --deals: the seed of the generated registrations'],
    ['--errors <number>', 'print that many of the worst errors'],
    ['--model <model>', 'with --answers: a model file, version or hash'],
    jsonOption,
  ],
  examples: [
    'match eval --pairs',
    'match eval --pairs pairs.csv --errors 20',
    'match eval --clusters sites.csv --id "Id Of" --map name=Site,phone=Tel',
    'match eval --deals companies.csv --seed 7',
    'match eval --answers',
  ],
  details: 'Name one of --pairs, --clusters, --reference, --deals and --answers.',
  async run(values) {
    if (values['answers'] === true) return evalAnswers(textOption(values['model']));
    if (values['pairs'] === true) return printFigures(await pairFigures(shippedPairsPath, values));
    const mode = modes.find(({ option }) => textOption(values[option]) !== null);
    if (!mode)
      throw new UsageError(
        `Name what to evaluate: ${modes.map(({ option }) => `--${option} FILE`).join(', ')}, --answers.`,
      );
    return printFigures(await mode.run(requiredOption(values, mode.option), values));
  },
};

function printFigures(figures: object): number {
  console.log(JSON.stringify(figures));
  return exitCodes.ok;
}

/** @param name null for the model that decides now */
async function evalAnswers(name: string | null): Promise<number> {
  return withDeps(async ({ db, config }) => {
    const model = name === null ? await liveModel(db) : await namedModel(db, name);
    const pairs = await answeredPairs(db);
    const judged = pairs.map((pair) => ({ pair, model }));
    return printFigures(answerFigures(judged, config.matchErrorPrices));
  });
}

interface Mode {
  readonly option: string;
  run(path: string, values: OptionValues): Promise<object>;
}

const modes: readonly Mode[] = [
  { option: 'pairs', run: pairFigures },
  {
    option: 'clusters',
    run: (path, values) => {
      const map = textOption(values['map']);
      return evalClusters(path, {
        id: requiredOption(values, 'id'),
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
        { reference, queries: requiredOption(values, 'queries') },
        requiredOption(values, 'text'),
        requiredOption(values, 'id'),
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

function pairFigures(path: string, values: OptionValues): Promise<object> {
  const half = textOption(values['half']);
  const known = halves.find((one) => one === half);
  if (half !== null && known === undefined) throw new UsageError(`--half takes tune or test, not “${half}”.`);
  return evalPairs(path, {
    worst: wholeNumber(values, 'errors', '0'),
    namesOnly: values['names-only'] === true,
    half: known ?? null,
  });
}

function wholeNumber(values: OptionValues, option: string, otherwise: string): number {
  const text = textOption(values[option]) ?? otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${option} takes a whole number, not “${text}”.`);
  return Number(text);
}
