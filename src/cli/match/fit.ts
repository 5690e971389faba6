import { writeFile } from 'node:fs/promises';
import { candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { calibrate, fitByLabels } from '#src/domain/matching/fit-labels.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { countPatterns, type LabelledPattern } from '#src/domain/matching/patterns.ts';
import { countTerms } from '#src/domain/matching/term-stats.ts';
import { AppError } from '#src/domain/errors.ts';
import { textOption } from '../command.ts';
import type { Subcommand } from '../sync/subcommand.ts';
import { dealSet, type DealSet } from './deal-set.ts';
import { knownCompanies } from './known-companies.ts';

const dealCount = 4_000;
const seed = 7;
/** Accounts compared with one registration: enough of what is alike to learn from. */
const rowBudget = 300;
/** Words in fewer names are as rare as words never seen. */
const fewestNames = 5;

export const fitMatch: Subcommand = {
  usage: '--companies FILE --out FILE [--weights]',
  summary:
    'Counts words in real company names and calibrates the model on registrations made up from half of them; --weights refines the weights, too. Writes the model as JSON.',
  options: ['companies', 'out', 'weights'],
  async run(values) {
    const [path, out] = [textOption(values['companies']), textOption(values['out'])];
    if (path === null || out === null) throw new AppError('bad_request', 'match fit needs --companies FILE and --out FILE.');
    const companies = await knownCompanies(path);
    const terms = countTerms(
      companies.map((one) => normaliseCompany(one).core),
      fewestNames,
    );
    const start: MatchModel = { ...defaultModel, terms };
    const labelled = labelledPatterns(dealSet(companies, 'learn', dealCount, seed), start);
    const model = values['weights'] === true ? fitByLabels(labelled, start) : { ...start, calibration: calibrate(labelled, start) };
    await writeFile(out, `${JSON.stringify(model, null, 2)}\n`);
    console.log(`${out}: model ${model.version}, ${labelled.length} patterns, ${Object.keys(terms.counts).length} words`);
    return 0;
  },
};

function labelledPatterns({ accounts, registrations }: DealSet, { terms }: MatchModel): readonly LabelledPattern[] {
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
