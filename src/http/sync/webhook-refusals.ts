import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

const refusalsPerMinute = 60;
const trustedMs = 60 * 60_000;
const maxTrusted = 10_000;

export interface WebhookRefusals {
  /** Counts a refused request. @throws AppError `too_many_requests` from the 61st of an address in a minute. */
  readonly count: (request: FastifyRequest) => Promise<void>;
  /** Exempts the address from the limit for an hour, because it has delivered a valid webhook. */
  readonly trust: (request: FastifyRequest) => void;
}

/**
 * Limits the requests that are refused, by address, so that a flood does not fill the log. An address that
 * delivered a valid webhook in the last hour is never limited: it may be a proxy that the vendor shares with
 * others, and limiting it would lose the vendor's events. Such a proxy has to limit its clients itself.
 */
export function limitRefusals(app: FastifyInstance, deps: Pick<Deps, 'clock'>): WebhookRefusals {
  const trustedUntil = new Map<string, number>();
  const now = (): number => deps.clock().getTime();
  const check = app.createRateLimit({
    max: refusalsPerMinute,
    timeWindow: '1 minute',
    allowList: ({ ip }) => (trustedUntil.get(ip) ?? 0) > now(),
  });
  return {
    async count(request) {
      const found = await check(request);
      if (!found.isAllowed && found.isExceeded)
        throw new AppError(
          'too_many_requests',
          'Too many refused requests from your address. Wait a minute and try again.',
        );
    },
    trust({ ip }) {
      // A Map iterates in the order of insertion, so the first address is the one trusted longest ago.
      trustedUntil.delete(ip);
      trustedUntil.set(ip, now() + trustedMs);
      const [oldest] = trustedUntil.keys();
      if (trustedUntil.size > maxTrusted && oldest !== undefined) trustedUntil.delete(oldest);
    },
  };
}
