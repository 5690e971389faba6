import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { asCrm } from '#connectors/contract/connector.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { lockConnection, saveWebhookToken, type Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Creates a secret webhook URL for a vendor that does not sign its requests. Only a hash of its secret part is
 * stored, so the URL is returned once and cannot be shown again. The previous URL stops working.
 *
 * @throws AppError `bad_request` when the vendor signs its webhooks, or FAIRWAY_PUBLIC_URL is not set
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
  await changeTokenHash(deps, connectionId, hashOf(token));
  return `${publicUrl}/webhooks/${connectionId}/${token}`;
}

/** Deletes the webhook URL. Other processes refuse it within seconds. */
export async function closeWebhookAddress(
  deps: Deps,
  { connectionId }: { readonly connectionId: string },
): Promise<void> {
  await changeTokenHash(deps, connectionId, null);
}

async function changeTokenHash(deps: Deps, connectionId: string, hash: string | null): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const connection = await lockConnection(tx, connectionId);
    if (!connection)
      throw new AppError('not_found', 'There is no such connection. It may have been removed.', {
        connectionId,
      });
    if (asCrm(deps.connectorFor(connection))?.webhookProof !== 'address') {
      throw new AppError(
        'bad_request',
        `Webhooks of ${connection.name} are recognised by their signature, so it needs no secret address.`,
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

/** True for the secret part of the connection's webhook URL. Compares in constant time. */
export function isWebhookToken(
  { webhookTokenHash }: Pick<Connection, 'webhookTokenHash'>,
  token: string,
): boolean {
  const given = Buffer.from(hashOf(token));
  return timingSafeEqual(given, Buffer.from(webhookTokenHash ?? hashOf(''))) && webhookTokenHash !== null;
}
