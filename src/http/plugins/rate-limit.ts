import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { AppError } from '#src/domain/errors.ts';

/**
 * Limits by client address, only where a route asks for one: `config.rateLimit`, or `app.createRateLimit` for
 * routes that count some of their requests. The counters are in memory of this process, for the 5,000
 * addresses seen last: a limit has to hold back a flood, and need not be exact across processes.
 */
export function addRateLimits(app: FastifyInstance): void {
  app.register(rateLimit, {
    global: false,
    errorResponseBuilder: () =>
      new AppError('too_many_requests', 'Too many attempts from your address. Wait a minute and try again.'),
  });
}
