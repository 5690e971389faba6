import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addConsole } from '#src/http/plugins/console.ts';
import { addErrorAnswers } from '#src/http/plugins/errors.ts';

let folder: string;
let app: FastifyInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairway-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>Fairway</title>');
  await writeFile(join(folder, 'assets/index-abc123.js'), 'export {};');
  app = consoleFrom(folder);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

function consoleFrom(from: string): FastifyInstance {
  const made = Fastify();
  addErrorAnswers(made);
  addConsole(made, from);
  return made;
}

describe('the built console', () => {
  test.each(['/', '/registrations', '/sign-in?token=abc'])(
    'answers %s with its page, which is never cached',
    async (url) => {
      const response = await app.inject({ url });
      expect(response.statusCode).toBe(200);
      expect(response.body).toContain('Fairway');
      expect(response.headers['cache-control']).toBe('no-cache');
    },
  );

  test('has its hashed files cached without an end', async () => {
    const response = await app.inject({ url: '/assets/index-abc123.js' });
    expect(response.statusCode).toBe(200);
    expect(response.headers['cache-control']).toContain('immutable');
  });

  test.each(['/assets/index-old000.js', '/api/nothing', '/../package.json'])(
    'does not answer %s with a page',
    async (url) => {
      expect((await app.inject({ url })).statusCode).toBe(404);
    },
  );

  test('takes no mutation for a page', async () => {
    expect((await app.inject({ method: 'POST', url: '/registrations' })).statusCode).toBe(404);
  });
});

test('while the console is not built, its pages say how to build it', async () => {
  const bare = consoleFrom(join(folder, 'nowhere'));
  const response = await bare.inject({ url: '/' });
  await bare.close();
  expect(response.statusCode).toBe(503);
  expect(response.body).toContain('npm run build -w web');
});
