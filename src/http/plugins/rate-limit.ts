import type { FastifyRequest } from 'fastify';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

const windowMs = 60_000;
const allowedPerWindow = 10;
const rememberedAddresses = 10_000;

/**
 * A hook that lets an address try ten times a minute. Counted in this process: tokens are too long to guess,
 * so this only has to keep a flood away from the database, not to be exact.
 */
export function limitAttempts(deps: Pick<Deps, 'clock'>): (request: FastifyRequest) => Promise<void> {
  const attempts = new Map<string, { since: number; count: number }>();
  return async (request) => {
    const now = deps.clock().getTime();
    const seen = attempts.get(request.ip);
    const current = seen && now - seen.since < windowMs ? seen : { since: now, count: 0 };
    current.count += 1;
    if (attempts.size >= rememberedAddresses) attempts.clear();
    attempts.set(request.ip, current);
    if (current.count > allowedPerWindow)
      throw new AppError(
        'too_many_requests',
        'Too many attempts from your address. Wait a minute and try again.',
      );
  };
}
