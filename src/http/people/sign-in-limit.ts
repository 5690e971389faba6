import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '#src/domain/errors.ts';

const refusalsPerMinute = 10;

export type LimitSignIn = <T>(
  request: FastifyRequest,
  secret: string,
  attempt: () => Promise<T>,
) => Promise<T>;

/**
 * Limits refused sign-ins, by address and by link or passkey. Accepted ones are never limited: behind a proxy
 * that is not declared all people have one address, and a stranger who guesses must not lock the others out.
 * Tokens are too long to guess even without a limit; the limit only reduces a flood of requests.
 */
export function limitSignIns(app: FastifyInstance): LimitSignIn {
  const secretsOf = new WeakMap<FastifyRequest, string>();
  const options = { max: refusalsPerMinute, timeWindow: '1 minute' };
  const byAddress = app.createRateLimit({ ...options, keyGenerator: ({ ip }) => `address ${ip}` });
  const bySecret = app.createRateLimit({
    ...options,
    keyGenerator: (request) => `secret ${secretsOf.get(request) ?? ''}`,
  });
  return async (request, secret, attempt) => {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_signed_in') throw error;
      secretsOf.set(request, createHash('sha256').update(secret).digest('hex'));
      for (const check of [byAddress, bySecret]) {
        const found = await check(request);
        if (!found.isAllowed && found.isExceeded)
          throw new AppError(
            'too_many_requests',
            'Too many refused attempts. Wait a minute; a link or passkey that is right still works.',
          );
      }
      throw error;
    }
  };
}
