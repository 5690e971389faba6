import { recordsByReference } from '#src/db/records/record-view.ts';
import { AppError } from '#src/domain/errors.ts';
import {
  explainMatch,
  type ExplainedRival,
  type Explanation,
} from '#src/operations/matching/explain-match.ts';
import { exitCodes, jsonOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';

export const explainMatchCommand: Command = {
  arguments: [['<registration>', 'its number (DR-2026-0001), its id in the CRM or its id in Fairway']],
  options: [jsonOption],
  examples: ['match explain DR-2026-0001'],
  details: 'Exit code 1 when the result differs from the stored decision.',
  async run(values, [text = '']) {
    return withDeps(async (deps) => {
      const [named] = (await recordsByReference(deps.db, text)).filter(({ kind }) => kind === 'registration');
      if (!named) throw new AppError('not_found', `No registration is named “${text}”.`);
      const explained = await explainMatch(deps, named.id);
      console.log(values['json'] === true ? JSON.stringify(explained) : lines(explained).join('\n'));
      return explained.reproduced ? exitCodes.ok : exitCodes.failed;
    });
  },
};

function lines({
  number,
  outcome,
  modelVersion,
  modelHash,
  normaliserVersion,
  rivals,
  rulesReproduced,
  reproduced,
}: Explanation): string[] {
  return [
    `${number}: ${outcome}; model ${modelVersion} (${modelHash.slice(0, 12)}), normaliser ${normaliserVersion}`,
    ...rivals.flatMap(rivalLines),
    ...(rulesReproduced === false ? ['', '  Today the rules give another result.'] : []),
    ...(rulesReproduced === null
      ? [
          '',
          '  The facts for the rules were not stored at that time: only the matches were worked out again.',
        ]
      : []),
    reproduced ? 'Worked out again: exactly the same.' : 'Worked out again: NOT the same, see above.',
  ];
}

function rivalLines({ findings, foundBy, cleanIf, stored, replayed, reproduced }: ExplainedRival): string[] {
  const { verdict, score, bits, grade } = stored;
  const again = reproduced
    ? []
    : [
        `    now ${replayed.verdict}, score ${replayed.score}, ${replayed.bits} bits, grade ${replayed.grade}`,
      ];
  return [
    '',
    ...findings.map(({ rule, effect, message }) => `  ${effect} (${rule}): ${message}`),
    `    ${verdict}, score ${score}, ${bits} bits, grade ${grade}`,
    ...again,
    ...stored.evidence.map(
      (one) =>
        `    ${one.field.padEnd(12)}${one.level.padEnd(10)}${signed(one.weight)}  ${one.left ?? '–'} | ${one.right ?? '–'}`,
    ),
    `    found by ${foundBy.join(', ')}`,
    ...cleanIf.map((sentence) => `    ${sentence}`),
  ];
}

function signed(weight: number): string {
  return (weight > 0 ? `+${weight.toFixed(1)}` : weight.toFixed(1)).padStart(6);
}
