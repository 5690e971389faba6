import type { Deps } from '#src/deps.ts';
import { saveDescription } from '#src/db/connections/connection-store.ts';
import { checkMapping, freshDescription } from '#src/operations/mappings/versions/check-mapping.ts';
import type { FileProblem, MappingFile } from './mapping-files.ts';

export interface CheckedFile {
  readonly file: MappingFile;
  readonly problems: readonly FileProblem[];
  readonly warnings: readonly FileProblem[];
}

/**
 * Checks each file against the vendor's object as it is now; one call a file. @throws AppError
 * `connection_failed`
 */
export async function checkFiles(deps: Deps, files: readonly MappingFile[]): Promise<readonly CheckedFile[]> {
  const checked: CheckedFile[] = [];
  for (const file of files) {
    const { connection, pack } = file;
    if (!pack) {
      checked.push({ file, problems: file.problems, warnings: [] });
      continue;
    }
    const description = await freshDescription(deps, connection, pack.object);
    const { problems, warnings } = await checkMapping(deps, connection, pack, description);
    await saveDescription(deps.db, connection.id, description, deps.clock());
    checked.push({ file, problems: problems.map(file.at), warnings: warnings.map(file.at) });
  }
  return checked;
}
