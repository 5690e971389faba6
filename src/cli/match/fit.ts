import { candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { calibrate, fitByLabels } from '#src/domain/matching/learning/fit-labels.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { countPatterns, type LabelledPattern } from '#src/domain/matching/learning/patterns.ts';
import { countTerms } from '#src/domain/matching/names/term-stats.ts';
import {
  exitCodes,
  jsonOption,
  printResult,
  requiredOption,
  textOption,
  UsageError,
  type Command,
  type OptionValues,
} from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { dealSet, type DealSet } from './deal-set.ts';
import { fitToAnswers } from './fit-to-answers.ts';
import { knownCompanies } from './known-companies.ts';
import { writeModel } from './named-model.ts';

const dealCount = 4_000;
const seed = 7;
/** Accounts compared with one registration, enough similar ones to learn from. */
const rowBudget = 300;
/** Words in fewer names than this count as rare as unseen words. */
const fewestNames = 5;

export const fitMatch: Command = {
  options: [
    ['--out <file>', 'write the model to this JSON file'],
    ['--companies <file>', 'fit to the names in this CSV file instead of reviewers’ answers'],
    ['--weights', 'with --companies: fit the weights too'],
    jsonOption,
  ],
  examples: ['match fit --out model.json', 'match fit --companies companies.csv --weights --out model.json'],
  details:
    'Prints how the model does before and after on answers that it has not seen. Nothing uses the model before it was proposed and applied: match rescore.',
  async run(values) {
    const out = requiredOption(values, 'out');
    const path = textOption(values['companies']);
    if (path !== null) return fitToCompanies(path, out, values);
    if (values['weights'] === true)
      throw new UsageError('--weights needs --companies: reviewers’ answers always refine the weights.');
    return withDeps((deps) => fitToAnswers(deps, out, values));
  },
};

async function fitToCompanies(path: string, out: string, values: OptionValues): Promise<number> {
  const refineWeights = values['weights'] === true;
  const companies = await knownCompanies(path);
  const terms = countTerms(
    companies.map((one) => normaliseCompany(one).core),
    fewestNames,
  );
  const start: MatchModel = { ...defaultModel, terms };
  const labelled = labelledPatterns(dealSet(companies, 'learn', dealCount, seed), start);
  const model = refineWeights
    ? fitByLabels(labelled, start)
    : { ...start, calibration: calibrate(labelled, start) };
  await writeModel(model, out);
  const words = Object.keys(terms.counts).length;
  printResult(values, { file: out, version: model.version, patterns: labelled.length, words }, [
    `${out}: model ${model.version}, ${labelled.length} patterns, ${words} words`,
  ]);
  return exitCodes.ok;
}

function labelledPatterns(
  { accounts, registrations }: DealSet,
  { terms }: MatchModel,
): readonly LabelledPattern[] {
  const index = indexCompanies(accounts);
  const counter = countPatterns(terms);
  for (const { company, account } of registrations) {
    for (const at of candidatesFor(company, index, rowBudget)) {
      const other = accounts[at];
      if (other) counter.add(company, other, at === account);
    }
  }
  return counter.labelled();
}
