import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { circleIn, forbiddenUses, moduleUses, modules, operationModules, renderModules } from './modules.ts';

const operationFiles = globSync('src/operations/**/*.ts');
const uses = operationFiles.flatMap((file) => moduleUses(file, readFileSync(file, 'utf8')));

describe('the modules of operations', () => {
  test('import only the modules that the table allows', () => {
    expect(operationFiles.length).toBeGreaterThan(50);
    expect(forbiddenUses(uses)).toEqual([]);
  });

  test('never need each other both ways', () => {
    expect(circleIn(operationModules)).toEqual([]);
  });

  test('use everything that the table allows them', () => {
    const used = new Set(uses.map(({ from, to }) => `${from} → ${to}`));
    const listed = Object.entries(operationModules).flatMap(([from, all]) =>
      all.map((to) => `${from} → ${to}`),
    );
    expect(listed.filter((entry) => !used.has(entry))).toEqual([]);
  });

  test('have every file in a module folder', () => {
    expect(operationFiles.filter((file) => posix.dirname(file) === 'src/operations')).toEqual([]);
  });

  test('are listed in docs/ARCHITECTURE.md as the table has them', () => {
    expect(readFileSync('docs/ARCHITECTURE.md', 'utf8')).toContain(`\n${renderModules()}\n`);
  });
});

describe('the grid', () => {
  /** Folders that are no modules, with the layer that has them. */
  const otherFolders: Readonly<Record<string, readonly string[]>> = {
    'src/db': ['schema'],
    'src/http': ['plugins', 'system'],
    'test/http': ['plugins'],
    'web/src': ['api', 'shell', 'ui'],
  };
  const layersOfModules = ['src/domain', 'src/operations', 'src/db', 'src/http', 'web/src'];
  const testLayers = ['test/domain', 'test/operations', 'test/db', 'test/http'];

  test.each([...layersOfModules, ...testLayers])('%s has a folder only for a module', (layer) => {
    const folders = [
      ...new Set(
        globSync(`${layer}/*/**/*.{ts,tsx}`).map((file) => posix.relative(layer, file).split('/')[0]),
      ),
    ];
    expect(folders.length).toBeGreaterThan(3);
    const known: readonly string[] = [...Object.keys(modules), ...(otherFolders[layer] ?? [])];
    expect(folders.filter((folder) => folder === undefined || !known.includes(folder))).toEqual([]);
  });

  test('every module is a folder of at least one layer', () => {
    const folders = layersOfModules.flatMap((layer) =>
      globSync(`${layer}/*/`).map((folder) => posix.basename(folder)),
    );
    expect(Object.keys(modules).filter((name) => !folders.includes(name))).toEqual([]);
  });

  test('every module folder of the server has a README of at most 20 lines', () => {
    const folders = ['src/domain', 'src/operations', 'src/db', 'src/http'].flatMap((layer) => [
      ...new Set(
        globSync(`${layer}/*/**/*.ts`).map((file) => `${layer}/${posix.relative(layer, file).split('/')[0]}`),
      ),
    ]);
    const withoutReadme = folders.filter((folder) => globSync(`${folder}/README.md`).length === 0);
    const readmes = folders.flatMap((folder) => globSync(`${folder}/README.md`));
    const tooLong = readmes.filter((file) => readFileSync(file, 'utf8').trimEnd().split('\n').length > 20);
    expect({ withoutReadme, tooLong }).toEqual({ withoutReadme: [], tooLong: [] });
  });
});

describe('the check refuses', () => {
  test('a module that the table does not allow, and names the import', () => {
    const found = moduleUses(
      'src/operations/people/sign-in.ts',
      "import { x } from '#src/operations/write/x.ts'",
    );
    expect(forbiddenUses(found)).toEqual([
      'src/operations/people/sign-in.ts: people may import no other module, not write',
    ]);
  });

  test('a circle of two modules and of three', () => {
    expect(circleIn({ a: ['b'], b: ['a'] })).toEqual(['a', 'b', 'a']);
    expect(circleIn({ x: ['a'], a: ['b'], b: ['c'], c: ['a'] })).toEqual(['a', 'b', 'c', 'a']);
  });
});
