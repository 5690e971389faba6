import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import { brokenImports, coveredFolders, processEntries, renderPicture } from './layers.ts';

describe('the layers', () => {
  const files = globSync(
    coveredFolders.map((folder) => `${folder}/**/*.ts`),
    { exclude: ['**/node_modules/**'] },
  );

  test('import only lower layers', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => brokenImports(file, readFileSync(file, 'utf8')))).toEqual([]);
  });

  test('are drawn in docs/ARCHITECTURE.md as the table has them', () => {
    expect(readFileSync('docs/ARCHITECTURE.md', 'utf8')).toContain(`\n\`\`\`\n${renderPicture()}\n\`\`\`\n`);
  });

  test('name only process entries that exist', () => {
    expect(processEntries.filter((entry) => !files.includes(entry))).toEqual([]);
  });
});

describe('the check refuses', () => {
  const refused = [
    ['a value that imports the database', 'src/domain/money.ts', "import { db } from '#src/db/client.ts'"],
    ['a type import', 'src/domain/money.ts', "import type { Db } from '#src/db/client.ts'"],
    ['a re-export', 'src/domain/money.ts', "export * from '../db/client.ts'"],
    ['a lazy import', 'src/domain/money.ts', "const x = await import('#src/db/client.ts')"],
    ['an import within one layer', 'src/db/client.ts', "import { x } from '#src/queue/jobs.ts'"],
    ['an import of a higher layer', 'src/operations/place/x.ts', "import { x } from '#src/http/app.ts'"],
    ['a vendor that imports another', 'connectors/hubspot/a.ts', "import { x } from '../salesforce/b.ts'"],
    [
      'a contract that imports a vendor',
      'connectors/contract/a.ts',
      "import { x } from '../salesforce/b.ts'",
    ],
    ['a product that imports the sandbox', 'src/cli/start.ts', "import { Store } from '#sandbox/store.ts'"],
    ['a sandbox that imports the product', 'sandbox/store.ts', "import { x } from '#src/domain/record.ts'"],
    [
      'a product that imports its tests',
      'src/domain/money.ts',
      "import { x } from '#test/support/database.ts'",
    ],
  ] as const;
  test.each(refused)('%s', (_, file, source) => {
    expect(brokenImports(file, source)).toHaveLength(1);
  });

  test('with a message that names the import and what is allowed', () => {
    expect(brokenImports('mappings/engine/apply.ts', "import { db } from '#src/db/client.ts'")).toEqual([
      'mappings/engine/apply.ts imports src/db/client.ts: mappings/engine (contracts) may import src/domain',
    ]);
  });
});

describe('the check allows', () => {
  const allowed = [
    ['the next lower layer', 'src/http/app.ts', "import { x } from '#src/operations/place/x.ts'"],
    ['a much lower layer', 'src/http/app.ts', "import { x } from '#src/domain/money.ts'"],
    ['the same folder', 'src/db/client.ts', "import { x } from './schema/work.ts'"],
    ['the registry to import every vendor', 'connectors/registry.ts', "import { x } from './hubspot/a.ts'"],
    [
      'a vendor to import the contract',
      'connectors/hubspot/a.ts',
      "import { x } from '#connectors/contract/crm.ts'",
    ],
    ['a process entry to import its layer', 'src/cli/start.ts', "import { x } from '#src/http/app.ts'"],
    ['packages, which lint checks', 'src/domain/money.ts', "import { z } from 'zod'"],
  ] as const;
  test.each(allowed)('%s', (_, file, source) => {
    expect(brokenImports(file, source)).toEqual([]);
  });
});

test('imports are found in code and not in comments, strings or templates', () => {
  const source = `
    import a, { b } from './one.ts';
    import './two.ts'; // import './not-this.ts'
    import {
      type C,
    } from "./three.ts";
    /* import d from './nor-this.ts' */
    export { e } from './four.ts';
    const text = "import f from './nor-that.ts'";
    const template = \`import g from './nor-those.ts'\`;
    const lazy = () => import('./five.ts');
    export const from = 'here';
  `;
  expect(importsOf(source)).toEqual(['./one.ts', './two.ts', './three.ts', './four.ts', './five.ts']);
});
