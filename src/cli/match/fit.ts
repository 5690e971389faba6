import { candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { calibrate, fitByLabels } from '#src/domain/matching/learning/fit-labels.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { countPatterns, type LabelledPattern } from '#src/domain/matching/learning/patterns.ts';
import { countTerms } from '#src/domain/matching/names/term-stats.ts';
import { AppError } from '#src/domain/errors.ts';
import { textOption } from '#src/cli/command.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { dealSet, type DealSet } from './deal-set.ts';
import { fitToAnswers } from './fit-to-answers.ts';
import { knownCompanies } from './known-companies.ts';
import { writeModel } from './named-model.ts';

const dealCount = 4_000;
const seed = 7;
/** Accounts compared with one registration: enough of what is alike to learn from. */
const rowBudget = 300;
/** Words in fewer names are as rare as words never seen. */
const fewestNames = 5;

export const fitMatch: Subcommand = {
  usage: '--out FILE [--companies FILE [--weights]]',
  summary:
    'Fits the model to what reviewers answered, tells how it does before and after on answers it has not seen, and writes it as JSON for match rescore. With --companies it is made anew instead: words counted in real company names, calibrated on registrations made up from half of them; --weights refines the weights, too.',
  options: ['companies', 'out', 'weights'],
  async run(values) {
    const [path, out] = [textOption(values['companies']), textOption(values['out'])];
    if (out === null) throw new AppError('bad_request', 'Say with --out FILE where to write the model.');
    if (path !== null) return fitToCompanies(path, out, values['weights'] === true);
    if (values['weights'] === true)
      throw new AppError(
        'bad_request',
        '--weights goes with --companies: answers of reviewers always refine the weights.',
      );
    return withDeps((deps) => fitToAnswers(deps, out));
  },
};

async function fitToCompanies(path: string, out: string, refineWeights: boolean): Promise<number> {
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
  console.log(
    `${out}: model ${model.version}, ${labelled.length} patterns, ${Object.keys(terms.counts).length} words`,
  );
  return 0;
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
