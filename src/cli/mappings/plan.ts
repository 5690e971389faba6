import type { Deps } from '#src/deps.ts';
import { dryRunPack, type DryRunFindings } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { connectionOption, exitCodes, jsonOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { comparedJson, compareFiles, differenceLines, type ComparedFile } from './compare-files.ts';
import { folderOf, problemLine, readMappingFiles, requireReadable } from './mapping-files.ts';

export const planMappings: Command = {
  arguments: [['<folder>', 'the folder with the mapping files, for example crm-mappings']],
  options: [connectionOption, jsonOption],
  examples: ['mappings plan crm-mappings'],
  details:
    'Applies the files to every record in a transaction that is rolled back. Exit code 1 when a file does not fit.',
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const compared = compareFiles(deps, requireReadable(await readMappingFiles(deps, folder, values)));
      const planned: { readonly one: ComparedFile; readonly outcome: DryRunFindings | null }[] = [];
      // One after the other, because they share the CRM's call limits.
      for (const one of compared) planned.push({ one, outcome: one.same ? null : await dryRun(deps, one) });
      if (values['json'] === true)
        console.log(JSON.stringify(planned.map(({ one, outcome }) => ({ ...comparedJson(one), outcome }))));
      else
        for (const { one, outcome } of planned)
          console.log([...differenceLines(one), ...(outcome ? outcomeLines(one, outcome) : [])].join('\n'));
      return planned.every(({ outcome }) => outcome === null || outcome.fits)
        ? exitCodes.ok
        : exitCodes.failed;
    });
  },
};

function dryRun(deps: Deps, { file }: ComparedFile): Promise<DryRunFindings> {
  return dryRunPack(deps, { connectionId: file.connection.id, pack: file.pack }, async () => {});
}

function outcomeLines({ file }: ComparedFile, outcome: DryRunFindings): readonly string[] {
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
