import type { Config } from '#src/config/config.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { importMapping, type Imported } from '#src/operations/mappings/versions/import-mapping.ts';
import { textOption } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { actingEmail, actingPerson, namedAuthors } from './acting-person.ts';
import { checkFiles } from './check-files.ts';
import {
  folderOf,
  problemLine,
  readMappingFiles,
  requireReadable,
  type ReadableFile,
} from './mapping-files.ts';

export const applyMappings: Subcommand = {
  usage: 'FOLDER --as EMAIL [--author EMAIL,…] [--note TEXT] [--connection NAME] [--json]',
  summary:
    'Hands in what the files say differently from what is live. Somebody else approves it in the console; until then nothing changes.',
  options: ['as', 'author', 'note', 'connection', 'json'],
  async run(values, positionals) {
    const folder = folderOf(positionals);
    const email = actingEmail(values);
    return withDeps(async (deps, config) => {
      const person = await actingPerson(deps, email, ['ops', 'admin']);
      const files = requireReadable(await readMappingFiles(deps, folder, values));
      await refuseMisfits(deps, files);
      const note = textOption(values['note']);
      const { authorIds, strangers } = await namedAuthors(deps, values);
      const told = [];
      for (const { file, connection, pack } of files) {
        const imported = await importMapping(deps, {
          connectionId: connection.id,
          pack,
          note,
          personId: person.id,
          authorIds,
        });
        told.push({
          file,
          connection: connection.name,
          ...imported,
          address: addressOf(config, connection.id, pack),
        });
      }
      for (const email of strangers)
        console.error(`${email} is nobody here, and so cannot approve it in any case.`);
      if (values['json'] === true) console.log(JSON.stringify(told, null, 2));
      else for (const one of told) console.log(`${one.file}: ${words(one)}`);
      return 0;
    });
  },
};

/** All of them or none: half a change may be worse than none. */
async function refuseMisfits(deps: Deps, files: readonly ReadableFile[]): Promise<void> {
  const problems = (await checkFiles(deps, files)).flatMap((one) => one.problems);
  if (problems.length === 0) return;
  throw new AppError('bad_request', `Nothing was handed in:\n${problems.map(problemLine).join('\n')}`);
}

function words({ did, version, address }: Imported & { readonly address: string }): string {
  switch (did) {
    case 'nothing':
      return `says what is live already (version ${version}).`;
    case 'waits':
      return `was handed in before as version ${version} and waits for approval: ${address}`;
    case 'submitted':
      return `handed in as version ${version}. Somebody else approves it: ${address}`;
  }
}

function addressOf(
  { publicUrl, port }: Config,
  connectionId: string,
  { object, kind }: ReadableFile['pack'],
): string {
  return `${publicUrl ?? `http://localhost:${port}`}/mappings/${connectionId}/${encodeURIComponent(object)}?kind=${kind}`;
}
