import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '#src/deps.ts';

const yearSeconds = 31_536_000;

/** Security headers on every answer, the console's pages included. Only the console's files may be cached. */
export function addSecurityHeaders(app: FastifyInstance, deps: Deps): void {
  const https = deps.config.publicUrl?.startsWith('https://') === true;
  app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The console's component library positions elements with inline styles.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    strictTransportSecurity: https ? { maxAge: yearSeconds, includeSubDomains: false } : false,
  });
  // Every answer starts with these headers; the plugin of the console replaces it for its files.
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-store');
  });
}
