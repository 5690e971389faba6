import { globSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';

/** More files than this, and a reader no longer sees at a glance what a folder holds. */
const mostFiles = 20;
const searched = ['src', 'connectors', 'mappings', 'workers', 'sandbox', 'web', 'bench', 'test', 'docs'];

/** Folders with more than `mostFiles` files, with how many. Subfolders are counted by themselves. */
function crowdedFolders(files: readonly string[]): readonly string[] {
  const perFolder = Map.groupBy(files, (file) => posix.dirname(file));
  return [...perFolder]
    .filter(([, inside]) => inside.length > mostFiles)
    .map(([folder, inside]) => `${folder}: ${inside.length} files`);
}

test('a folder holds at most 20 files', () => {
  const files = globSync(
    searched.map((folder) => `${folder}/**/*.*`),
    { exclude: ['**/node_modules/**', '**/dist/**'] },
  );
  expect(files.length).toBeGreaterThan(500);
  expect(crowdedFolders(files)).toEqual([]);
});

test('a folder with 21 files is named, and one with 20 is not', () => {
  const files = (folder: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${folder}/${n}.ts`);
  expect(crowdedFolders([...files('src/full', 20), ...files('src/crowded', 21)])).toEqual([
    'src/crowded: 21 files',
  ]);
});
