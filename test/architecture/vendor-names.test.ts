import { globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/**
 * The folders that must work with any vendor. A vendor's name, in code or in a comment, belongs into its
 * connector, its mapping pack, the sandbox, the documentation and the tests.
 */
const folders = ['src', 'workers', 'mappings/engine', 'connectors/contract'];

/** Files that may name a vendor, with the reason. */
const allowed: ReadonlyMap<string, string> = new Map([
  ['src/cli/local/sandbox.ts', 'starts the stand-ins for the vendors, which have names'],
  ['src/cli/local/try-sandbox.ts', 'prints how each of the stand-ins is connected'],
  [
    'src/domain/matching/fields/shared-hosts.ts',
    'lists domains that many companies share, also those of vendors',
  ],
]);

/** Every vendor's folder has the name that the registry gives the vendor. */
const connected = readdirSync('connectors', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'contract')
  .map((entry) => entry.name);
const planned = ['netsuite', 'tryton'];
const kinds = [...connected, ...planned];

/** `files` is also an English word, so it only counts as a whole string. */
const patterns = kinds.map((kind) =>
  kind === 'files' ? /(['"`])files\1/ : new RegExp(kind.replace(/[^a-z0-9]/gi, '.?'), 'i'),
);

/** `file:line: text` for each line that names a vendor. */
function namesIn(file: string, source: string): readonly string[] {
  return source
    .split('\n')
    .flatMap((line, n) =>
      patterns.some((one) => one.test(line)) ? [`${file}:${n + 1}: ${line.trim()}`] : [],
    );
}

describe('vendors’ names', () => {
  const files = globSync(folders.map((folder) => `${folder}/**/*.{ts,tsx,js,sql,yaml,json}`));

  test('are known', () => {
    expect(connected).toEqual(expect.arrayContaining(['files', 'hubspot', 'salesforce']));
  });

  test('appear nowhere but in the vendors’ own folders', () => {
    expect(files.length).toBeGreaterThan(400);
    const named = files
      .filter((file) => !allowed.has(file))
      .flatMap((file) => namesIn(file, readFileSync(file, 'utf8')));
    expect(named).toEqual([]);
  });

  test('are still in every file that may have them', () => {
    expect(
      [...allowed.keys()].filter((file) => namesIn(file, readFileSync(file, 'utf8')).length === 0),
    ).toEqual([]);
  });

  test.each([
    ['a comparison with a kind', "if (connection.kind === 'salesforce') return null;"],
    ['a comment', '// HubSpot answers with 207.'],
    ['a part of a name', 'const hubspotTypeIds = {};'],
    ['a vendor whose connector is planned', "import { create } from './netsuite.ts';"],
    ['the kind that is an English word', "kind === 'files'"],
  ])('are found in %s', (_, line) => {
    expect(namesIn('src/x.ts', `const a = 1;\n${line}\n`)).toEqual([`src/x.ts:2: ${line}`]);
  });

  test('are not found in an English sentence about files', () => {
    expect(namesIn('src/x.ts', '// Reads the files of a folder.')).toEqual([]);
  });
});
