import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  exitCodes,
  jsonOption,
  printResult,
  textOption,
  UsageError,
  type Command,
} from '#src/cli/command.ts';
import { environmentFault } from '#src/cli/faults/fault-sentence.ts';
import { actingEmail, actingPerson } from '#src/cli/mappings/acting-person.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import type { ImportRowPreview } from '#src/db/schema/submissions.ts';
import type { Deps } from '#src/deps.ts';
import { runImport } from '#src/operations/registrations/import/run-import.ts';
import { showImport } from '#src/operations/registrations/import/show-import.ts';
import { startImport } from '#src/operations/registrations/import/start-import.ts';

const pageSize = 1_000;

export const importRegistrations: Command = {
  arguments: [['<file>', 'a CSV file whose header has the fields of the form']],
  options: [
    ['--as <email>', 'the person who submits the registrations; operations'],
    ['--preview', 'only say what would happen to each row'],
    ['--encoding <name>', 'the encoding of a file that is neither UTF-8 nor UTF-16, such as windows-1252'],
    jsonOption,
  ],
  examples: [
    'registrations import deals.csv --as olga@vendor.example --preview',
    'registrations import deals.csv --as olga@vendor.example',
  ],
  details: 'Exit code 1 means that rows were refused. It is safe to run it again with the corrected file.',
  async run(values, [file]) {
    const email = actingEmail(values);
    if (file === undefined) throw new UsageError('Name the CSV file.');
    const content = await readFile(file).catch((error: unknown) => {
      throw new UsageError(environmentFault(error) ?? `${file} cannot be read.`);
    });
    return withDeps(async (deps) => {
      const person = await actingPerson(deps, email, ['ops']);
      const { importId } = await startImport(deps, {
        fileName: basename(file),
        content,
        encoding: textOption(values['encoding']),
        isPreview: values['preview'] === true,
        personId: person.id,
      });
      await runImport(deps, { importId });
      const { next: _, outcomes: __, ...summary } = await showImport(deps, importId, { after: 0, limit: 1 });
      const refused = await importedRows(deps, importId, 'refused');
      const created = summary.isPreview ? await importedRows(deps, importId, 'created') : [];
      const { counts } = summary;
      printResult(values, { ...summary, refused, ...(summary.isPreview ? { created } : {}) }, [
        ...created.flatMap(({ line, preview }) =>
          preview === null ? [] : [`${file}:${line}: ${previewSentence(preview)}`],
        ),
        ...refused.map(
          ({ line, problems }) =>
            `${file}:${line}: ${problems.map(({ field, message }) => `${field}: ${message}`).join(' ')}`,
        ),
        `${summary.isPreview ? 'Would be' : 'Result'}: ${counts.created} created, ${counts.updated} updated, ${counts.same} the same, ${refused.length} refused.`,
      ]);
      return refused.length === 0 ? exitCodes.ok : exitCodes.failed;
    });
  },
};

async function importedRows(deps: Deps, importId: string, result: 'refused' | 'created') {
  const rows = [];
  for (let after: number | null = 0; after !== null;) {
    const page: Awaited<ReturnType<typeof showImport>> = await showImport(deps, importId, {
      after,
      limit: pageSize,
      result,
    });
    rows.push(...page.outcomes);
    after = page.next;
  }
  return rows;
}

/** `in review. Large deals: Review by olga@vendor.example or omar@vendor.example, until 2026-06-17 08:00 UTC.` */
function previewSentence({ state, route, steps, decisionDue }: ImportRowPreview): string {
  if (decisionDue === null) return `${stateWords(state)}.`;
  const asked = steps
    .map(({ name, people }) => `${name} by ${people.join(' or ') || 'no one'}`)
    .join(', then ');
  return `${stateWords(state)}. ${route}: ${asked}, until ${decisionDue.slice(0, 16).replace('T', ' ')} UTC.`;
}

function stateWords(state: string | null): string {
  return state?.replaceAll('_', ' ') ?? 'would be submitted';
}
