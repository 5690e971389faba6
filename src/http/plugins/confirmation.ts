import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isInProduction } from '#src/db/people/approval-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { type ConfirmedKind, useConfirmation } from '#src/operations/people/use-confirmation.ts';
import { liveSessionOf } from './session.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The request needs a passkey's confirmation, once for each request. */
    confirm?: ConfirmedKind;
    /** A session that a link opened may use the route in production, before it has added a passkey. */
    withLink?: boolean;
  }
}

/**
 * In production, a session that a link opened only adds a passkey, and an action that a route declares with
 * `confirm` needs a passkey's answer for exactly this request. While only the sandbox is connected, the click is
 * enough.
 */
export function addConfirmations(app: FastifyInstance, deps: Deps): void {
  app.addHook('onRequest', async (request) => {
    const { access = 'public', confirm, withLink = false } = request.routeOptions.config;
    if (access === 'public') return;
    const isLinkSession = liveSessionOf(request).passkeyId === null;
    if (isLinkSession && !withLink && (await isInProduction(deps.db)))
      throw new AppError('passkey_needed', 'Add a passkey first. A sign-in link is only for that.');
    if (confirm !== undefined) await requireConfirmation(deps, request, confirm);
  });
}

/** @throws AppError `confirmation_needed` in production when no passkey has confirmed this request */
export async function requireConfirmation(
  deps: Deps,
  request: FastifyRequest,
  kind: ConfirmedKind,
): Promise<void> {
  if (!(await isInProduction(deps.db))) return;
  await useConfirmation(deps, liveSessionOf(request), { action: `${request.method} ${request.url}`, kind });
}
