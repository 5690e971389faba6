import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';
import { fileNameOf } from '#src/operations/mappings/versions/export-mapping.ts';
import { packFromYaml, packToYaml, samePack } from '#src/operations/mappings/versions/pack-yaml.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { folderOf, folderToFill } from './mapping-files.ts';
import { schemaLine } from './schema-file.ts';

export const exportMappings: Subcommand = {
  usage: 'FOLDER [--connection NAME] [--json]',
  summary:
    'Writes what is live over the files, after a change in the console. A file that says the same already keeps its comments.',
  options: ['connection', 'json'],
  async run(values, positionals) {
    const folder = folderOf(positionals);
    return withDeps(async (deps) => {
      const told = [];
      for (const connection of await folderToFill(deps, folder, values))
        told.push(...(await written(deps, folder, connection)));
      if (values['json'] === true) console.log(JSON.stringify(told, null, 2));
      else for (const { file, did } of told) console.log(`${file}: ${did}`);
      return 0;
    });
  },
};

async function written(deps: Deps, folder: string, connection: Connection) {
  const told: { readonly file: string; readonly did: 'written' | 'the same' }[] = [];
  for (const pack of packsOf(deps, connection)) {
    const file = join(folder, fileNameOf(connection, pack.kind));
    const before = await textOf(file);
    const reading = before === null ? null : packFromYaml(before);
    const same = reading?.ok === true && samePack(reading.pack, pack);
    if (!same) await writeFile(file, `${schemaLine}\n${packToYaml(pack)}`);
    told.push({ file, did: same ? 'the same' : 'written' });
  }
  return told;
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
