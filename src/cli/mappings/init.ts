import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writtenPack } from '#mappings/engine/pack/written-pack.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { stringify } from 'yaml';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';
import { fileNameOf } from '#src/operations/mappings/versions/export-mapping.ts';
import { packToYaml } from '#src/operations/mappings/versions/pack-yaml.ts';
import {
  suggestedField,
  suggestMapping,
  type Suggestions,
} from '#src/operations/mappings/versions/suggest-mapping.ts';
import { connectionOption, exitCodes, jsonOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { folderOf, folderToFill } from './mapping-files.ts';
import { schemaLine } from './schema-file.ts';

export const initMappings: Command = {
  arguments: [['<folder>', 'the folder with the mapping files, for example crm-mappings']],
  options: [connectionOption, jsonOption],
  examples: ['mappings init crm-mappings'],
  details: 'Existing files are not changed. Suggestions for your custom fields are written as comments.',
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const results: Started[] = [];
      for (const connection of await folderToFill(deps, folder, values)) {
        for (const pack of packsOf(deps, connection))
          results.push(await startFile(deps, folder, connection, pack));
      }
      if (values['json'] === true) console.log(JSON.stringify(results));
      else for (const one of results) console.log(resultLine(one));
      return exitCodes.ok;
    });
  },
};

interface Started {
  readonly file: string;
  readonly did: 'written' | 'unchanged';
  readonly suggestions: number;
  readonly sampleProblem: string | null;
}

async function startFile(
  deps: Deps,
  folder: string,
  connection: Connection,
  pack: MappingPack,
): Promise<Started> {
  const file = join(folder, fileNameOf(connection, pack.kind));
  const { object, kind } = pack;
  const suggested = await suggestMapping(deps, { connectionId: connection.id, object, kind });
  const text = [schemaLine, packToYaml(pack).trimEnd(), ...suggestionLines(suggested), ''].join('\n');
  return {
    file,
    did: (await writeNew(file, text)) ? 'written' : 'unchanged',
    suggestions: suggested.suggestions.length,
    sampleProblem: suggested.sampleProblem,
  };
}

/** False when the file exists: it may contain a person's work. */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Suggestions as comments. Removing the comment mark maps the field. */
function suggestionLines({ suggestions, sampleCount }: Suggestions): readonly string[] {
  if (suggestions.length === 0) return [];
  const known = suggestions.flatMap((one) => {
    const field = suggestedField(one);
    return field ? [`  # ${lineOf(field)} # ${one.reason}`] : [];
  });
  const fresh = suggestions.filter((one) => one.newField !== null);
  const extras = fresh.map(({ newField, reason }) => `#   - ${inline(newField)} # ${reason}`);
  const lines = fresh.map(
    ({ newField, remote }) => `  # ${lineOf({ local: `extra.${newField?.name}`, remote, direction: 'in' })}`,
  );
  const from =
    sampleCount === 0 ? 'names and types' : `names, types and the values of ${sampleCount} records`;
  return [
    `  # Suggested from ${from}; not mapped yet. Remove the comment mark to map one.`,
    ...known,
    ...lines,
    ...(extras.length === 0
      ? []
      : ['# Each extra field above is declared here first:', '# extra:', ...extras]),
  ];
}

function lineOf(field: MappingPack['fields'][number]): string {
  const pack = writtenPack({ system: '', object: '', kind: 'account', version: 1, fields: [field] });
  return `- ${inline((pack['fields'] as readonly unknown[])[0])}`;
}

const inline = (value: unknown): string =>
  stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: false,
    lineWidth: 0,
    singleQuote: true,
  }).trimEnd();

function resultLine({ file, did, suggestions, sampleProblem }: Started): string {
  const found =
    suggestions === 0 ? '' : `, with ${suggestions} ${suggestions === 1 ? 'suggestion' : 'suggestions'}`;
  const without = sampleProblem === null ? '' : ` Sample values could not be read: ${sampleProblem}`;
  return did === 'unchanged'
    ? `${file}: exists already and was not changed`
    : `${file}: written${found}.${without}`;
}
