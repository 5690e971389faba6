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
import { withDeps } from '#src/cli/with-deps.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { folderOf, folderToFill } from './mapping-files.ts';
import { schemaLine } from './schema-file.ts';

export const initMappings: Subcommand = {
  usage: 'FOLDER [--connection NAME] [--json]',
  summary:
    'Writes a file a mapping, with what your own fields could be mapped to as comments. Files that are there stay as they are.',
  options: ['connection', 'json'],
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const told = [];
      for (const connection of await folderToFill(deps, folder, values)) {
        for (const pack of packsOf(deps, connection)) told.push(await begin(deps, folder, connection, pack));
      }
      if (values['json'] === true) console.log(JSON.stringify(told, null, 2));
      else for (const one of told) console.log(words(one));
      return 0;
    });
  },
};

interface Begun {
  readonly file: string;
  readonly did: 'written' | 'kept';
  readonly suggestions: number;
  readonly trouble: string | null;
}

async function begin(deps: Deps, folder: string, connection: Connection, pack: MappingPack): Promise<Begun> {
  const file = join(folder, fileNameOf(connection, pack.kind));
  const { object, kind } = pack;
  const suggested = await suggestMapping(deps, { connectionId: connection.id, object, kind });
  const text = [schemaLine, packToYaml(pack).trimEnd(), ...suggestionLines(suggested), ''].join('\n');
  const trouble = suggested.sampleTrouble;
  return {
    file,
    did: (await writeNew(file, text)) ? 'written' : 'kept',
    suggestions: suggested.suggestions.length,
    trouble,
  };
}

/** False when there is such a file: it is somebody's work. */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** As comments: whoever wants one takes the mark away. */
function suggestionLines({ suggestions, sampleCount }: Suggestions): readonly string[] {
  if (suggestions.length === 0) return [];
  const known = suggestions.flatMap((one) => {
    const field = suggestedField(one);
    return field ? [`  # ${lineOf(field)} # ${one.because}`] : [];
  });
  const fresh = suggestions.filter((one) => one.newField !== null);
  const extras = fresh.map(({ newField, because }) => `#   - ${inline(newField)} # ${because}`);
  const lines = fresh.map(
    ({ newField, remote }) => `  # ${lineOf({ local: `extra.${newField?.name}`, remote, direction: 'in' })}`,
  );
  const from =
    sampleCount === 0 ? 'names and types' : `names, types and the values of ${sampleCount} records`;
  return [
    `  # Suggested from ${from}; not mapped yet. Take away the mark to map one.`,
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

function words({ file, did, suggestions, trouble }: Begun): string {
  const found =
    suggestions === 0 ? '' : `, with ${suggestions} ${suggestions === 1 ? 'suggestion' : 'suggestions'}`;
  const without = trouble === null ? '' : ` Values could not be looked at: ${trouble}`;
  return did === 'kept'
    ? `${file}: is there already and stays as it is`
    : `${file}: written${found}.${without}`;
}
