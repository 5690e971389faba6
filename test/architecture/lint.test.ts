import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

/**
 * A lint configuration that silently matches nothing looks like clean code, so each rule we count on is shown
 * to bite.
 */
const planted = {
  'src/domain/sql.ts': ["import { sql } from 'drizzle-orm';", 'eslint(no-restricted-imports)'],
  'src/domain/files.ts': ["import { readFileSync } from 'node:fs';", 'eslint(no-restricted-imports)'],
  'src/domain/clock.ts': ['export const now = () => Date.now();', 'eslint(no-restricted-properties)'],
  'src/operations/sql.ts': [
    "import { sql } from 'drizzle-orm/postgres-js';",
    'eslint(no-restricted-imports)',
  ],
  'src/operations/queue.ts': ["import { Queue } from 'bullmq';", 'eslint(no-restricted-imports)'],
  'src/db/http.ts': ["import { fastify } from 'fastify';", 'eslint(no-restricted-imports)'],
  'connectors/hubspot/jsforce.ts': ["import { Connection } from 'jsforce';", 'eslint(no-restricted-imports)'],
  'connectors/salesforce/hubspot.ts': [
    "import { Client } from '@hubspot/api-client';",
    'eslint(no-restricted-imports)',
  ],
  'src/http/env.ts': ['export const port = process.env.PORT;', 'node(no-process-env)'],
  'src/http/default.ts': ['export default 1;', 'import(no-default-export)'],
  'src/http/promise.ts': ['export function go() { Promise.resolve(1); }', 'typescript(no-floating-promises)'],
  'src/http/switch.ts': [
    "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; } return 2; }",
    'typescript(switch-exhaustiveness-check)',
  ],
  'src/queue/one.ts': ["import type { Two } from './two.ts'; export type One = Two | 1;", 'import(no-cycle)'],
  'src/queue/two.ts': ["import type { One } from './one.ts'; export type Two = One | 2;", 'import(no-cycle)'],
} as const;
const folders = ['src', 'connectors', 'workers', 'sandbox'];

/** The same imports where they belong. */
const innocent = {
  'src/db/sql.ts': "export { sql } from 'drizzle-orm';",
  'workers/queue.ts': "export { Worker } from 'bullmq';",
  'src/http/server.ts': "export { fastify } from 'fastify';",
  'connectors/salesforce/jsforce.ts': "export { Connection } from 'jsforce';",
  'sandbox/server.ts': "export { fastify } from 'fastify';",
};

let root: string;
let found: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'fairway-lint-'));
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
    copyFileSync(file, join(root, file));
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const files = [
    ...Object.entries(innocent),
    ...Object.entries(planted).map(([file, [source]]) => [file, source] as const),
  ];
  for (const [file, source] of files) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), `${source}\n`);
  }
  const { stdout } = spawnSync(resolve('node_modules/.bin/oxlint'), ['--format=json', ...folders], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  found = byFile(stdout);
});
afterAll(() => rmSync(root, { recursive: true }));

const reportSchema = z.object({ diagnostics: z.array(z.object({ filename: z.string(), code: z.string() })) });

function byFile(report: string): ReadonlyMap<string, readonly string[]> {
  const { diagnostics } = reportSchema.parse(JSON.parse(report));
  const codes = new Map<string, string[]>();
  for (const { filename, code } of diagnostics) codes.set(filename, [...(codes.get(filename) ?? []), code]);
  return codes;
}

test.each(Object.entries(planted))('%s is refused', (file, [, rule]) => {
  expect(found.get(file)).toContain(rule);
});

test.each(Object.keys(innocent))('%s is not refused its import', (file) => {
  expect(found.get(file) ?? []).not.toContain('eslint(no-restricted-imports)');
});
