import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { openProblemCounts } from '#src/db/runs/overview-view.ts';
import { waitingRegistrations } from '#src/db/registrations/registration-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

const loopback = /^(127\.|::1$|::ffff:127\.)/;
const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Prometheus metrics at `/metrics`: for who sends METRICS_KEY, or without one for a scraper on the same machine.
 * Behind a proxy every request comes from this machine, so a public address needs the key.
 */
export function addMetrics(app: FastifyInstance, deps: Deps): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addGauges(registry, deps);
  const durations = new Histogram({
    name: 'fairway_http_request_duration_seconds',
    help: 'Time to answer an HTTP request.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? '(none)';
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayRead(request, deps.config)) throw new AppError('not_found', 'There is nothing here.');
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

function mayRead(request: FastifyRequest, { metricsKey, publicUrl }: Deps['config']): boolean {
  if (metricsKey !== null) {
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${metricsKey}`));
  }
  return (
    publicUrl === null &&
    loopback.test(request.socket.remoteAddress ?? '') &&
    // A page of another site can make its name point to this machine, but not change the header.
    loopbackHost.test(request.headers.host ?? '') &&
    request.headers['x-forwarded-for'] === undefined &&
    request.headers.forwarded === undefined
  );
}

function addGauges(registry: Registry, deps: Deps): void {
  const registers = [registry];
  new Gauge({
    name: 'fairway_registrations_waiting',
    help: 'Registrations without an answer.',
    labelNames: ['promise'],
    registers,
    async collect() {
      const now = deps.clock();
      const { count, late } = await waitingRegistrations(deps.db, now);
      this.set({ promise: 'past' }, late);
      this.set({ promise: 'within' }, count - late);
    },
  });
  new Gauge({
    name: 'fairway_problems_open',
    help: 'Records that could not be read, mapped or written.',
    registers,
    async collect() {
      this.set((await openProblemCounts(deps.db)).records);
    },
  });
}
