import type { Config } from '#src/config/config.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { importMapping, type Imported } from '#src/operations/mappings/versions/import-mapping.ts';
import { connectionOption, exitCodes, jsonOption, textOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { actingEmail, actingPerson, namedAuthors } from './acting-person.ts';
import { checkFiles } from './check-files.ts';
import {
  folderOf,
  problemLine,
  readMappingFiles,
  requireReadable,
  type ReadableFile,
} from './mapping-files.ts';

export const applyMappings: Command = {
  arguments: [['<folder>', 'the folder with the mapping files, for example crm-mappings']],
  options: [
    ['--as <email>', 'the person who submits; operations or admin'],
    ['--author <emails>', 'who wrote the files, separated by commas; they cannot approve'],
    ['--note <text>', 'a note for the person who approves'],
    connectionOption,
    jsonOption,
  ],
  examples: ['mappings apply crm-mappings --as olga@vendor.example --note "Cities in upper case"'],
  details: 'Another person approves in the console. Until then nothing changes.',
  async run(values, positionals) {
    const folder = folderOf(positionals);
    const email = actingEmail(values);
    return withDeps(async (deps, config) => {
      const person = await actingPerson(deps, email, ['ops', 'admin']);
      const files = requireReadable(await readMappingFiles(deps, folder, values));
      await refuseMisfits(deps, files);
      const note = textOption(values['note']);
      const { authorIds, strangers } = await namedAuthors(deps, values);
      const results = [];
      for (const { file, connection, pack } of files) {
        const imported = await importMapping(deps, {
          connectionId: connection.id,
          pack,
          note,
          personId: person.id,
          authorIds,
        });
        results.push({
          file,
          connection: connection.name,
          ...imported,
          address: addressOf(config, connection.id, pack),
        });
      }
      for (const email of strangers)
        console.error(`${email} is not a person in Fairway, so they cannot approve this anyway.`);
      if (values['json'] === true) console.log(JSON.stringify(results));
      else for (const one of results) console.log(`${one.file}: ${words(one)}`);
      return exitCodes.ok;
    });
  },
};

/** Either all files are submitted or none, because half a change may do more harm than no change. */
async function refuseMisfits(deps: Deps, files: readonly ReadableFile[]): Promise<void> {
  const problems = (await checkFiles(deps, files)).flatMap((one) => one.problems);
  if (problems.length === 0) return;
  throw new AppError('bad_request', `Nothing was submitted:\n${problems.map(problemLine).join('\n')}`);
}

function words({ did, version, address }: Imported & { readonly address: string }): string {
  switch (did) {
    case 'nothing':
      return `is live already (version ${version}).`;
    case 'waits':
      return `was submitted before as version ${version} and waits for approval: ${address}`;
    case 'submitted':
      return `submitted as version ${version}. Another person must approve it: ${address}`;
  }
}

function addressOf(
  { publicUrl, port }: Config,
  connectionId: string,
  { object, kind }: ReadableFile['pack'],
): string {
  return `${publicUrl ?? `http://localhost:${port}`}/mappings/${connectionId}/${encodeURIComponent(object)}?kind=${kind}`;
}
