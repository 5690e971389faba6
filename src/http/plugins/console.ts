import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { AppError } from '#src/domain/errors.ts';

const consoleFolder = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Fairway</title>
<h1>The console is not built yet</h1><p>The API is running. Build the console with <code>npm run build -w web</code>, then restart and reload this page.</p></html>`;

const nothingHere = (): AppError => new AppError('not_found', 'There is nothing here.');

/**
 * Serves the built console. An address without a route is a page of the console, which has its own router,
 * except below `/api`. The router decides what is below it, so that no way to write an address is overlooked.
 */
export function addConsole(app: FastifyInstance, folder = consoleFolder): void {
  const built = existsSync(join(folder, 'index.html'));
  if (built) {
    app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Every file name in assets has a hash of its content.
        reply.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
  app.register(
    async (api) => {
      api.setNotFoundHandler(() => {
        throw nothingHere();
      });
    },
    { prefix: '/api' },
  );
  app.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && !/\.\w+$/.test(request.url.split('?')[0] ?? '');
    if (!wantsPage) throw nothingHere();
    if (!built) return reply.status(503).type('text/html').send(notBuilt);
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
}
