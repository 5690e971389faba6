import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { audit } from '#src/db/people/audit-store.ts';
import { lockConnection, saveWebhookToken, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Opens the door for webhooks that carry no signature: whoever knows the address is believed to be the
 * vendor, as far as a hint is believed at all. Only its hash is kept, so this is the one time it can be told;
 * an address given out before leads nowhere from now on.
 *
 * @throws AppError when this vendor's webhooks need none, or nobody has said where this service is reached
 */
export async function openWebhookAddress(
  deps: Deps,
  { connectionId }: { readonly connectionId: string },
): Promise<string> {
  const { publicUrl } = deps.config;
  if (publicUrl === null)
    throw new AppError(
      'bad_request',
      'Set FAIRWAY_PUBLIC_URL to the address the CRM calls, restart, and try again.',
    );
  const token = randomBytes(32).toString('base64url');
  await changeDoor(deps, connectionId, hashOf(token));
  return `${publicUrl}/webhooks/${connectionId}/${token}`;
}

/** From now on, and at other processes within seconds, nothing that is not signed is taken. */
export async function closeWebhookAddress(
  deps: Deps,
  { connectionId }: { readonly connectionId: string },
): Promise<void> {
  await changeDoor(deps, connectionId, null);
}

async function changeDoor(deps: Deps, connectionId: string, hash: string | null): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const connection = await lockConnection(tx, connectionId);
    if (!connection)
      throw new AppError('not_found', 'There is no such connection. It may have been removed.', {
        connectionId,
      });
    if (deps.connectorFor(connection).webhookProof !== 'address') {
      throw new AppError(
        'bad_request',
        `What calls ${connection.name} is told by its signature or not at all: it needs no secret address.`,
      );
    }
    await saveWebhookToken(tx, connectionId, hash);
    const entry = {
      actorId: null,
      action: hash === null ? 'connection.webhooks_closed' : 'connection.webhooks_opened',
      subjectKind: 'connection',
      subjectId: connectionId,
      before: { open: connection.webhookTokenHash !== null },
      after: { open: hash !== null },
      reason: 'command line',
    } as const;
    await audit(tx, [entry], deps.clock());
  });
}

/** Whether this is the secret part of the connection's address. Takes as long whatever it is. */
export function isWebhookToken(
  { webhookTokenHash }: Pick<Connection, 'webhookTokenHash'>,
  token: string,
): boolean {
  const given = Buffer.from(hashOf(token));
  return timingSafeEqual(given, Buffer.from(webhookTokenHash ?? hashOf(''))) && webhookTokenHash !== null;
}
