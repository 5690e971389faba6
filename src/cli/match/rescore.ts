import { AppError } from '#src/domain/errors.ts';
import { proposeModel } from '#src/operations/matching/adopt-model.ts';
import {
  rescoreRegistrations,
  type Rescoring,
  type VerdictChange,
} from '#src/operations/registrations/rescore-registrations.ts';
import { textOption } from '#src/cli/command.ts';
import { actingEmail, actingPerson } from '#src/cli/mappings/acting-person.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { namedModel } from './named-model.ts';

/** Who may change what decides: those who decide registrations. */
const deciders = ['admin', 'ops'] as const;

export const rescoreCommand: Subcommand = {
  usage: '[--model FILE|VERSION [--propose --as EMAIL]] [--apply [--as EMAIL]] [--json]',
  summary:
    'Which stored verdicts a model would change, without changing any; --propose keeps the model, and --apply by somebody else has it decide from then on, the open registrations first. Without --model, the one that decides now.',
  options: ['model', 'propose', 'apply', 'as', 'json'],
  async run(values) {
    const name = textOption(values['model']);
    const [proposes, applies] = [values['propose'] === true, values['apply'] === true];
    if (proposes && applies)
      throw new AppError('bad_request', 'Who proposes a model does not apply it. Say --propose or --apply.');
    if (proposes && name === null)
      throw new AppError('bad_request', 'Say with --model which model to propose: a file or a version.');
    const email = name !== null && (proposes || applies) ? actingEmail(values) : null;
    return withDeps(async (deps) => {
      const model = name === null ? null : await namedModel(deps.db, name);
      const person = email === null ? null : await actingPerson(deps, email, deciders);
      const apply = applies ? { adoptedBy: person?.id ?? null } : null;
      const rescoring = await rescoreRegistrations(deps, { model, apply });
      if (model && person && proposes) await proposeModel(deps, { model, personId: person.id });
      console.log(
        values['json'] === true ? JSON.stringify(rescoring, null, 2) : lines(rescoring, proposes).join('\n'),
      );
      return 0;
    });
  },
};

function lines(
  { modelVersion, modelHash, cases, open, outcomes, answered, applied }: Rescoring,
  proposed: boolean,
): string[] {
  const changes = [
    ...outcomes.map(({ number, before, after }) => `  ${number}: ${before} → ${after}`),
    ...open.map(changeLine),
    ...answered.map((change) => `${changeLine(change)} (answered as ${change.status}: stands)`),
  ];
  const hash = modelHash.slice(0, 12);
  return [
    `Model ${modelVersion} (${hash}), ${cases} cases: ${applied ? 'applied' : 'a dry run, nothing was changed'}.`,
    ...(changes.length > 0 ? changes : ['  No verdict changes.']),
    ...(proposed
      ? [
          `Proposed. Somebody else makes it decide: npm run fairway -- match rescore --model ${hash} --apply --as THEIR-EMAIL`,
        ]
      : []),
  ];
}

function changeLine({ number, rivalId, before, after }: VerdictChange): string {
  return `  ${number} and ${rivalId}: ${before} → ${after}`;
}
