import { differenceOf, type DifferenceLine } from '#mappings/engine/pack/difference.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Deps } from '#src/deps.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';
import { samePack } from '#src/operations/mappings/versions/pack-yaml.ts';
import type { ReadableFile } from './mapping-files.ts';

export interface ComparedFile {
  readonly file: ReadableFile;
  /** The live mapping; null while the kind is not mapped. */
  readonly live: MappingPack | null;
  readonly same: boolean;
  /** The changes that applying the file would make. */
  readonly lines: readonly DifferenceLine[];
}

export function compareFiles(deps: Deps, files: readonly ReadableFile[]): readonly ComparedFile[] {
  return files.map((file) => {
    const live = packsOf(deps, file.connection).find((pack) => pack.kind === file.pack.kind) ?? null;
    const same = live !== null && live.object === file.pack.object && samePack(live, file.pack);
    return { file, live, same, lines: same ? [] : differenceOf(live, file.pack).lines };
  });
}

const marks = { added: '+', removed: '-', changed: '~' } as const;

export function differenceLines({ file, live, same, lines }: ComparedFile): readonly string[] {
  const { kind, object } = file.pack;
  const head = `${file.file}: ${object} as ${kind} of ${file.connection.name}, ${versionState(live)}`;
  if (same) return [`${head}, the same`];
  const unsaid = lines.length === 0 ? ['  the same fields in another order'] : [];
  return [head, ...lines.map(({ change, message }) => `  ${marks[change]} ${message}`), ...unsaid];
}

function versionState(live: MappingPack | null): string {
  if (live === null) return 'nothing is live';
  return live.enabled === false
    ? `version ${live.version} is switched off`
    : `version ${live.version} is live`;
}

export function comparedJson({ file, live, same, lines }: ComparedFile) {
  return {
    file: file.file,
    connection: file.connection.name,
    object: file.pack.object,
    kind: file.pack.kind,
    live: live?.version ?? null,
    same,
    lines,
  };
}
