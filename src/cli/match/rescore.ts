import { proposeModel } from '#src/operations/matching/adopt-model.ts';
import {
  rescoreRegistrations,
  type Rescoring,
  type VerdictChange,
} from '#src/operations/registrations/rescore-registrations.ts';
import { actingEmail, actingPerson } from '#src/cli/mappings/acting-person.ts';
import { exitCodes, jsonOption, textOption, UsageError, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { namedModel } from './named-model.ts';

/** The roles that may change the model are those that review registrations. */
const deciders = ['admin', 'ops'] as const;

export const rescoreCommand: Command = {
  options: [
    ['--model <model>', 'a model file, version or hash; the live model when it is missing'],
    ['--propose', 'store the model, so that another person can apply it'],
    ['--apply', 'make a proposed model live; open registrations are evaluated again'],
    ['--seen <code>', 'with --model and --apply: the code of the dry run that you have read'],
    ['--as <email>', 'the person who proposes or applies'],
    jsonOption,
  ],
  examples: [
    'match rescore --model model.json',
    'match rescore --model model.json --propose --as olga@vendor.example',
  ],
  details: 'Without --propose and --apply nothing is changed.',
  async run(values) {
    const name = textOption(values['model']);
    const [proposes, applies] = [values['propose'] === true, values['apply'] === true];
    if (proposes && applies)
      throw new UsageError('The person who proposes a model cannot apply it. Use --propose or --apply.');
    if (proposes && name === null) throw new UsageError('--propose needs --model: a file or a version.');
    const seen = textOption(values['seen']);
    if (name !== null && applies && seen === null)
      throw new UsageError(
        '--apply needs --seen: the code at the end of the dry run. Run the command without --apply and read what would change.',
      );
    const email = name !== null && (proposes || applies) ? actingEmail(values) : null;
    return withDeps(async (deps) => {
      const model = name === null ? null : await namedModel(deps.db, name);
      const person = email === null ? null : await actingPerson(deps, email, deciders);
      const apply = applies ? { adoptedBy: person?.id ?? null, ...(seen === null ? {} : { seen }) } : null;
      const rescoring = await rescoreRegistrations(deps, { model, apply });
      if (model && person && proposes) await proposeModel(deps, { model, personId: person.id });
      console.log(
        values['json'] === true ? JSON.stringify(rescoring) : lines(rescoring, proposes).join('\n'),
      );
      return exitCodes.ok;
    });
  },
};

function lines(
  { modelVersion, modelHash, cases, open, outcomes, answered, applied, code }: Rescoring,
  proposed: boolean,
): string[] {
  const changes = [
    ...outcomes.map(({ number, before, after }) => `  ${number}: ${before} → ${after}`),
    ...open.map(changeLine),
    ...answered.map((change) => `${changeLine(change)} (already answered as ${change.status}; not changed)`),
  ];
  const hash = modelHash.slice(0, 12);
  return [
    `Model ${modelVersion} (${hash}), ${cases} cases: ${applied ? 'applied' : 'dry run, nothing was changed'}.`,
    ...(changes.length > 0 ? changes : ['  No verdict changes.']),
    ...(applied ? [] : [`The code of these changes is ${code}.`]),
    ...(proposed
      ? [
          `Proposed. Another person applies it: npm run fairway -- match rescore --model ${hash} --apply --seen CODE --as THEIR-EMAIL`,
        ]
      : []),
  ];
}

function changeLine({ number, rivalId, before, after }: VerdictChange): string {
  return `  ${number} and ${rivalId}: ${before} → ${after}`;
}
