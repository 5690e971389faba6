import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folders = ['src', 'connectors', 'mappings', 'workers', 'sandbox', 'bench', 'test', 'web/src'];
const exported = /^export (?:async )?(function\*?|const|class|interface|type|let) (\w+)/gm;

/** Words that say nothing to a stranger where a standard verb or noun exists. */
const vagueWords = new Set([
  'tell',
  'tells',
  'told',
  'keep',
  'keeps',
  'kept',
  'take',
  'takes',
  'taken',
  'took',
  'own',
  'stand',
  'stands',
  'standing',
  'claim',
  'claims',
]);

interface Export {
  readonly file: string;
  readonly sort: string;
  readonly name: string;
}

function exportsOf(file: string, source: string): readonly Export[] {
  return [...source.matchAll(exported)].map(([, sort = '', name = '']) => ({ file, sort, name }));
}

/** `takeLease` → take, lease. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[ _]/);
}

function sharedNames(all: readonly Export[]): readonly string[] {
  const functions = all.filter(({ sort }) => sort.startsWith('function'));
  const byName = Map.groupBy(functions, ({ name }) => name);
  return [...byName]
    .filter(([, same]) => same.length > 1)
    .map(([name, same]) => `${name}: ${same.map(({ file }) => file).join(', ')}`);
}

function vagueNames(all: readonly Export[]): readonly string[] {
  return all
    .filter(({ name }) => wordsOf(name).some((word) => vagueWords.has(word)))
    .map(({ file, name }) => `${file}: ${name}`);
}

const all = globSync(
  folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
  { exclude: ['**/node_modules/**', 'web/src/api/schema.d.ts'] },
).flatMap((file) => exportsOf(file, readFileSync(file, 'utf8')));

test('no two exported functions share a name', () => {
  expect(all.length).toBeGreaterThan(1_000);
  expect(sharedNames(all)).toEqual([]);
});

test('no exported name says tell, keep, take, own, stand or claim', () => {
  expect(vagueNames(all)).toEqual([]);
});

test('a shared name and a vague name are found', () => {
  const two = ['a.ts', 'b.ts'].flatMap((file) => exportsOf(file, 'export async function readRows() {}'));
  expect(sharedNames(two)).toEqual(['readRows: a.ts, b.ts']);
  expect(vagueNames(exportsOf('a.ts', 'export const keptRows = 1;\nexport const ownership = 2;'))).toEqual([
    'a.ts: keptRows',
  ]);
});
