import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importsOf } from './imports.ts';
import { brokenImports, coveredFolders, processEntries, renderPicture } from './layers.ts';

describe('the picture', () => {
  const files = globSync(
    coveredFolders.map((folder) => `${folder}/**/*.ts`),
    { exclude: ['**/node_modules/**'] },
  );

  test('every import goes down it', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => brokenImports(file, readFileSync(file, 'utf8')))).toEqual([]);
  });

  test('docs/ARCHITECTURE.md shows it as the table has it', () => {
    expect(readFileSync('docs/ARCHITECTURE.md', 'utf8')).toContain(`\n\`\`\`\n${renderPicture()}\n\`\`\`\n`);
  });

  test('every process entry it names exists', () => {
    expect(processEntries.filter((entry) => !files.includes(entry))).toEqual([]);
  });
});

describe('the check bites', () => {
  const refused = [
    [
      'a value that reaches for the database',
      'src/domain/money.ts',
      "import { db } from '#src/db/client.ts'",
    ],
    ['a type is an import too', 'src/domain/money.ts', "import type { Db } from '#src/db/client.ts'"],
    ['a re-export is an import too', 'src/domain/money.ts', "export * from '#test/db/client.ts'"],
    ['a lazy import is an import too', 'src/domain/money.ts', "const x = await import('#src/db/client.ts')"],
    ['two rooms of one floor', 'src/db/client.ts', "import { x } from '#src/queue/jobs.ts'"],
    ['an operation that looks up', 'src/operations/register-deal.ts', "import { x } from '#src/http/app.ts'"],
    [
      'one vendor that uses another',
      'connectors/hubspot/client.ts',
      "import { x } from '#test/salesforce/client.ts'",
    ],
    ['a product that knows the sandbox', 'src/cli/start.ts', "import { Store } from '#sandbox/store.ts'"],
    ['a sandbox that knows the product', 'sandbox/store.ts', "import { x } from '#src/domain/record.ts'"],
    [
      'a product that knows its tests',
      'src/domain/money.ts',
      "import { x } from '#test/support/database.ts'",
    ],
  ] as const;
  test.each(refused)('%s is refused', (_, file, source) => {
    expect(brokenImports(file, source)).toHaveLength(1);
  });

  test('the message says which import, and what is allowed', () => {
    expect(brokenImports('mappings/engine/apply.ts', "import { db } from '#src/db/client.ts'")).toEqual([
      'mappings/engine/apply.ts imports src/db/client.ts: mappings/engine (contracts) may import src/domain',
    ]);
  });

  const allowed = [
    ['down one floor', 'src/http/app.ts', "import { x } from '#src/operations/register-deal.ts'"],
    ['down several floors', 'src/http/app.ts', "import { x } from '#src/domain/money.ts'"],
    ['within a room', 'src/db/client.ts', "import { x } from './schema/work.ts'"],
    ['the registry names every vendor', 'connectors/registry.ts', "import { x } from './hubspot/client.ts'"],
    ['a process entry builds its floor', 'src/cli/start.ts', "import { x } from '#src/http/app.ts'"],
    ['packages are another rule’s business', 'src/domain/money.ts', "import { z } from 'zod'"],
  ] as const;
  test.each(allowed)('%s is allowed', (_, file, source) => {
    expect(brokenImports(file, source)).toEqual([]);
  });
});

test('imports are found in code and nowhere else', () => {
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
