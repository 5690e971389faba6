import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { openProblemCounts } from '#src/db/runs/overview-view.ts';
import { waitingRegistrations } from '#src/db/registrations/registration-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { overdueCutoff } from '#src/domain/registrations/response-deadline.ts';

const loopback = /^(127\.|::1$|::ffff:127\.)/;

/** Prometheus metrics at `/metrics`, only for a scraper on the same machine. */
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
    // A reverse proxy on this machine connects from loopback, too, but adds the header.
    if (
      !loopback.test(request.socket.remoteAddress ?? '') ||
      request.headers['x-forwarded-for'] !== undefined
    ) {
      throw new AppError('not_found', 'There is nothing here.');
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

function addGauges(registry: Registry, deps: Deps): void {
  const registers = [registry];
  new Gauge({
    name: 'fairway_registrations_waiting',
    help: 'Registrations without an answer.',
    labelNames: ['promise'],
    registers,
    async collect() {
      const { count, late } = await waitingRegistrations(deps.db, overdueCutoff(deps.clock()));
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
