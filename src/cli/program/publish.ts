import {
  exitCodes,
  jsonOption,
  printResult,
  textOption,
  UsageError,
  type Command,
  type OptionValues,
} from '#src/cli/command.ts';
import { actingEmail, actingPerson, namedAuthors } from '#src/cli/mappings/acting-person.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { importProgram, type ImportedProgram } from '#src/operations/program/import-program.ts';
import { fileArgument, readProgramText } from './program-file.ts';

export const publishProgramFile: Command = {
  arguments: [fileArgument],
  options: [
    ['--as <email>', 'the person who submits; operations or admin'],
    ['--author <emails>', 'who wrote the file, separated by commas; they cannot approve'],
    [
      '--from <date>',
      'the first day on which it is in force, such as 2026-12-01; without it, from the approval on',
    ],
    ['--note <text>', 'a note for the person who approves'],
    jsonOption,
  ],
  examples: [
    'program publish programme.yaml --as olga@vendor.example --from 2026-12-01 --note "60 days of protection"',
  ],
  details: 'Another person approves it. Until then nothing changes. It is safe to run this again.',
  async run(values, [file]) {
    const email = actingEmail(values);
    const effectiveOn = dateOption(values);
    const text = await readProgramText(file);
    return withDeps(async (deps) => {
      const person = await actingPerson(deps, email, ['ops', 'admin']);
      const { authorIds, strangers } = await namedAuthors(deps, values);
      const note = textOption(values['note']);
      const result = await importProgram(deps, { text, note, effectiveOn, personId: person.id, authorIds });
      for (const stranger of strangers)
        console.error(`${stranger} is not a person in Fairway, so they cannot approve this anyway.`);
      printResult(values, result, [`${file}: ${words(result)}`]);
      return exitCodes.ok;
    });
  },
};

function dateOption(values: OptionValues): string | null {
  const date = textOption(values['from']);
  if (date === null) return null;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(date)) return date;
  throw new UsageError(`--from "${date}" is not a date like 2026-12-01.`);
}

function words(result: ImportedProgram): string {
  switch (result.did) {
    case 'nothing':
      return `is the latest version already (version ${result.version}).`;
    case 'waits':
      return 'was submitted before and waits for approval.';
    case 'submitted':
      return 'submitted. Another person must approve it.';
  }
}
