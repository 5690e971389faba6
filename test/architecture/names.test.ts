import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folders = ['src', 'connectors', 'mappings', 'workers', 'sandbox', 'bench', 'test', 'web/src'];
const exported = /^export (?:async )?(function\*?|const|class|interface|type|let) (\w+)/gm;
const declared = /\b(?:function\*?|const|class|interface|type|let|readonly) #?(\w+)/g;

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
  'freshen',
  'vanish',
  'vanished',
  'vanishing',
]);

/** Names of settings that the vendors' documentation and libraries define. */
const vendorNames = new Set(['keepAliveMs']);

interface Named {
  readonly file: string;
  readonly name: string;
}

interface Export extends Named {
  readonly sort: string;
}

function declaredIn(file: string, source: string): readonly Named[] {
  const code = source.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  return [...code.matchAll(declared)].map(([, name = '']) => ({ file, name }));
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

function vagueNames(all: readonly Named[]): readonly string[] {
  return all
    .filter(({ name }) => !vendorNames.has(name) && wordsOf(name).some((word) => vagueWords.has(word)))
    .map(({ file, name }) => `${file}: ${name}`);
}

const sources = globSync(
  folders.map((folder) => `${folder}/**/*.{ts,tsx}`),
  { exclude: ['**/node_modules/**', 'web/src/api/schema.d.ts'] },
).map((file) => ({ file, source: readFileSync(file, 'utf8') }));
const all = sources.flatMap(({ file, source }) => exportsOf(file, source));

test('no two exported functions share a name', () => {
  expect(all.length).toBeGreaterThan(1_000);
  expect(sharedNames(all)).toEqual([]);
});

test('no declared name says tell, keep, take, own, stand or claim', () => {
  const others = sources.filter(({ file }) => !file.endsWith('names.test.ts'));
  const names = others.flatMap(({ file, source }) => declaredIn(file, source));
  expect(names.length).toBeGreaterThan(10_000);
  expect(vagueNames(names)).toEqual([]);
});

test('a shared name and a vague name are found', () => {
  const two = ['a.ts', 'b.ts'].flatMap((file) => exportsOf(file, 'export async function readRows() {}'));
  expect(sharedNames(two)).toEqual(['readRows: a.ts, b.ts']);
  const source =
    'const keptRows = 1;\nexport const ownership = 2;\nreadonly told: string;\n  // A class keeps it.';
  expect(vagueNames(declaredIn('a.ts', source))).toEqual(['a.ts: keptRows', 'a.ts: told']);
});
