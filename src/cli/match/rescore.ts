import { rescoreMatches, type Rescoring, type VerdictChange } from '#src/operations/rescore-matches.ts';
import type { Subcommand } from '../sync/subcommand.ts';
import { withDeps } from '../with-deps.ts';

export const rescoreCommand: Subcommand = {
  usage: '[--apply] [--json]',
  summary: 'Which stored verdicts the present model would change; --apply decides the open registrations with it.',
  options: ['apply', 'json'],
  async run(values) {
    return withDeps(async (deps) => {
      const rescoring = await rescoreMatches(deps, values['apply'] === true);
      console.log(values['json'] === true ? JSON.stringify(rescoring, null, 2) : lines(rescoring).join('\n'));
      return 0;
    });
  },
};

function lines({ modelVersion, modelHash, cases, open, outcomes, answered, applied }: Rescoring): string[] {
  const changes = [
    ...outcomes.map(({ number, before, after }) => `  ${number}: ${before} → ${after}`),
    ...open.map(changeLine),
    ...answered.map((change) => `${changeLine(change)} (answered as ${change.status}: stands)`),
  ];
  return [
    `Model ${modelVersion} (${modelHash.slice(0, 12)}), ${cases} cases: ${applied ? 'applied' : 'a dry run, nothing was changed'}.`,
    ...(changes.length > 0 ? changes : ['  No verdict changes.']),
  ];
}

function changeLine({ number, rivalId, before, after }: VerdictChange): string {
  return `  ${number} and ${rivalId}: ${before} → ${after}`;
}
