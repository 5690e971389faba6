import type { Deps } from '#src/deps.ts';
import { tryOut, type TryOut } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { comparedJson, compareFiles, differenceLines, type ComparedFile } from './compare-files.ts';
import { folderOf, problemLine, readMappingFiles, requireReadable } from './mapping-files.ts';

export const planMappings: Subcommand = {
  usage: 'FOLDER [--connection NAME] [--json]',
  summary:
    'The difference, and what it would do to the live records: tried out on all of them, and taken back. Ends with 1 when a file does not fit.',
  options: ['connection', 'json'],
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const compared = compareFiles(deps, requireReadable(await readMappingFiles(deps, folder, values)));
      const planned: { readonly one: ComparedFile; readonly outcome: TryOut | null }[] = [];
      // One after the other: they share the CRM's limits.
      for (const one of compared) planned.push({ one, outcome: one.same ? null : await triedOut(deps, one) });
      if (values['json'] === true)
        console.log(
          JSON.stringify(
            planned.map(({ one, outcome }) => ({ ...comparedJson(one), outcome })),
            null,
            2,
          ),
        );
      else
        for (const { one, outcome } of planned)
          console.log([...differenceLines(one), ...(outcome ? outcomeLines(one, outcome) : [])].join('\n'));
      return planned.every(({ outcome }) => outcome === null || outcome.fits) ? 0 : 1;
    });
  },
};

function triedOut(deps: Deps, { file }: ComparedFile): Promise<TryOut> {
  return tryOut(deps, { connectionId: file.connection.id, pack: file.pack }, async () => {});
}

function outcomeLines({ file }: ComparedFile, outcome: TryOut): readonly string[] {
  if (!outcome.fits) return outcome.problems.map((problem) => `  ${problemLine(file.at(problem))}`);
  const { read, fairway, crm, refused } = outcome.report;
  const { changed, added, removed } = fairway;
  return [
    `  of ${read} records: ${changed} would change in Fairway, ${added} be added, ${removed} be removed; ${crm.written} would be written to ${file.connection.name}`,
    ...fairway.fields.map(({ field, count }) => `    ${field}: ${count} in Fairway`),
    ...crm.fields.map(({ field, count }) => `    ${field}: ${count} in ${file.connection.name}`),
    ...refused.map(({ effect, field, count, certain, fix, examples }) => {
      const what =
        effect === 'record' ? 'records' : effect === 'cut' ? 'values cut short' : 'values left out';
      const example = examples[0] ? ` ${examples[0].ref}: ${examples[0].message}` : '';
      return `    refused: ${certain ? '' : 'up to '}${count} ${what}${field === null ? '' : ` of ${field}`}.${example} ${fix}`;
    }),
  ];
}
