import swagger from '@fastify/swagger';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import { addBodyLimits } from './plugins/body-limits.ts';
import { auditRefusals } from './plugins/audit-refusals.ts';
import { addConfirmations } from './plugins/confirmation.ts';
import { addConsole } from './plugins/console.ts';
import { addErrorAnswers, answerUnreadableAddress } from './plugins/errors.ts';
import { addMetrics } from './plugins/metrics.ts';
import { addRateLimits } from './plugins/rate-limit.ts';
import { compileValidator } from './plugins/request-validation.ts';
import { addSameOrigin } from './plugins/same-origin.ts';
import { addSecurityHeaders } from './plugins/security-headers.ts';
import { addSessions } from './plugins/session.ts';
import { answerUnreadableRequest } from './plugins/unreadable-request.ts';
import { resources } from './routes.ts';

/** In milliseconds. A client that is slower than this is cut off, so that it cannot hold a connection for ever. */
export interface ServerTimeouts {
  /** For all headers of a request. */
  readonly headers: number;
  /** For a whole request with its body, which has a few megabytes at most. */
  readonly request: number;
  /** Without any byte in either direction: a slow answer, or a client that does not read. */
  readonly idle: number;
  /** The time between two searches for requests that are too slow. */
  readonly check: number;
}

const defaultTimeouts: ServerTimeouts = { headers: 10_000, request: 30_000, idle: 120_000, check: 2_000 };

/** The API and the console, ready to listen or to `inject` into. */
export function buildApp(deps: Deps, timeouts: ServerTimeouts = defaultTimeouts): FastifyInstance {
  const log: FastifyBaseLogger = deps.log.child({ part: 'http' });
  const app = Fastify({
    loggerInstance: log,
    // The error handler logs refused and failed requests; a line for each request would hide them.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 256 * 1024,
    requestTimeout: timeouts.request,
    connectionTimeout: timeouts.idle,
    http: { headersTimeout: timeouts.headers, connectionsCheckingInterval: timeouts.check },
    genReqId: () => deps.ids(),
    frameworkErrors: answerUnreadableAddress,
    clientErrorHandler: answerUnreadableRequest,
    trustProxy: deps.config.trustedProxies.length > 0 ? [...deps.config.trustedProxies] : false,
    routerOptions: { ignoreTrailingSlash: true },
  });
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(serializerCompiler);
  addErrorAnswers(app, auditRefusals(deps));
  addSecurityHeaders(app, deps);
  addSessions(app, deps);
  addSameOrigin(app, deps);
  addConfirmations(app, deps);
  addRateLimits(app);
  addBodyLimits(app);
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Fairway',
        version: '1',
        description: 'Registrations, conflicts, payouts and what runs them. Sign in with a one-time link.',
      },
    },
    transform: jsonSchemaTransform,
  });
  app.register(async (api) => {
    addMetrics(api, deps);
    for (const { prefix, routes } of resources) api.register(routes(deps), { prefix });
  });
  addConsole(app);
  return app;
}
