import type { FastifyRequest } from 'fastify';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { Site } from '#src/operations/people/passkeys.ts';

/**
 * The address of the console, which passkeys are bound to: the public address, or `localhost`. Any other host in
 * a request is ignored.
 *
 * @throws AppError `conflict` where browsers have no passkeys: over plain http except at `localhost`
 */
export function siteOf({ config }: Pick<Deps, 'config'>, request: FastifyRequest): Site {
  const address = new URL(config.publicUrl ?? `http://${request.host}`);
  const isLocal = address.hostname === 'localhost';
  const isTrusted = address.protocol === 'https:' || isLocal;
  if (isTrusted && (config.publicUrl !== null || isLocal))
    return { rpId: address.hostname, origin: address.origin };
  throw new AppError(
    'conflict',
    'Passkeys need https or localhost. Open Fairway at http://localhost with its port, or set FAIRWAY_PUBLIC_URL to its https:// address.',
  );
}
