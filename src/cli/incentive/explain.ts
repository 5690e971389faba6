import { writeFile } from 'node:fs/promises';
import { exitCodes, jsonOption, printResult, textOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { explainLine } from '#src/operations/incentive/books/explain-line.ts';
import { lineWords } from './line-words.ts';

export const explainIncentive: Command = {
  arguments: [['<line>', 'a document, or a document and a line: I-1001 or I-1001:2']],
  options: [
    ['--book <name>', 'the books; not needed when there are only one'],
    ['--proof <file>', 'also write a proof that `incentive verify` checks without a database'],
    jsonOption,
  ],
  examples: ['incentive explain I-1001', 'incentive explain I-1001:2 --proof line.json'],
  details:
    'Says for each amount that a line of a document has earned how it came about: version, tier, basis, segments, releases, caps, rounding, remainder, and the hashes of the facts. A proof contains the facts about the payee, and those of others only where a budget is shared with them.',
  run: (values, [text = '']) =>
    withDeps(async (deps) => {
      const [, document = text, line] = /^(.*):(\d+)$/.exec(text) ?? [];
      const proofs = await explainLine(deps, {
        book: textOption(values['book']),
        document,
        line: line === undefined ? null : Number(line),
      });
      const file = textOption(values['proof']);
      if (file !== null) await writeFile(file, `${JSON.stringify(proofs)}\n`, { mode: 0o600 });
      printResult(
        values,
        proofs.map((proof) => proof.line),
        proofs.flatMap(lineWords),
      );
      return exitCodes.ok;
    }),
};
