import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';
import { fileNameOf } from '#src/operations/mappings/versions/export-mapping.ts';
import { packFromYaml, packToYaml, samePack } from '#src/operations/mappings/versions/pack-yaml.ts';
import { connectionOption, exitCodes, jsonOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { folderOf, folderToFill } from './mapping-files.ts';
import { schemaLine } from './schema-file.ts';

export const exportMappings: Command = {
  arguments: [['<folder>', 'the folder with the mapping files, for example crm-mappings']],
  options: [connectionOption, jsonOption],
  examples: ['mappings export crm-mappings'],
  details: 'A file with the same meaning is not rewritten and keeps its comments.',
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const results = [];
      for (const connection of await folderToFill(deps, folder, values))
        results.push(...(await exportConnection(deps, folder, connection)));
      if (values['json'] === true) console.log(JSON.stringify(results));
      else for (const { file, did } of results) console.log(`${file}: ${did}`);
      return exitCodes.ok;
    });
  },
};

async function exportConnection(deps: Deps, folder: string, connection: Connection) {
  const results: { readonly file: string; readonly did: 'written' | 'unchanged' }[] = [];
  for (const pack of packsOf(deps, connection)) {
    const file = join(folder, fileNameOf(connection, pack.kind));
    const before = await textOf(file);
    const reading = before === null ? null : packFromYaml(before);
    const same = reading?.ok === true && samePack(reading.pack, pack);
    if (!same) await writeFile(file, `${schemaLine}\n${packToYaml(pack)}`);
    results.push({ file, did: same ? 'unchanged' : 'written' });
  }
  return results;
}

/** Null when there is no such file. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
