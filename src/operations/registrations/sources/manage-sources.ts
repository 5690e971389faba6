import type { Db } from '#src/db/client.ts';
import { openSecrets, sealSecrets } from '#src/db/connections/secrets.ts';
import { audit } from '#src/db/people/audit-store.ts';
import {
  insertSource,
  lockSource,
  updateSource,
  type RegistrationSource,
} from '#src/db/registrations/source-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { newWebhookSecret } from '#src/domain/notices/webhook-signature.ts';
import { namedPartner } from '#src/operations/registrations/import/named-partner.ts';

/** The old secret is accepted, too, for this long after a rotation. */
const rotationMs = 24 * 3_600_000;

export interface SourceAct {
  readonly name: string;
  readonly actorId: string;
}

/**
 * Adds a system that submits registrations by signed webhooks. Its secret is returned here and never again.
 *
 * @param partner the code or id of the partner that it submits for; null for every partner
 * @throws AppError `conflict` for a name that is used, `bad_request` for a partner that does not exist
 */
export async function createSource(
  deps: Deps,
  { name, actorId, partner }: SourceAct & { readonly partner: string | null },
): Promise<{ readonly secret: string }> {
  const { id: partnerId = null, problem } = await namedPartner(deps.db, partner?.trim() ?? '');
  if (problem !== null) throw new AppError('bad_request', `Partner: ${problem}`, { field: 'partner' });
  const id = deps.ids();
  const secret = newWebhookSecret();
  await deps.db.transaction(async (tx) => {
    const row = {
      id,
      name,
      sender: `source ${name}`,
      secrets: sealSecrets(deps.config.masterKey, id, { current: secret }),
      isActive: true,
      createdAt: deps.clock(),
    };
    if (!(await insertSource(tx, row, partnerId)))
      throw new AppError('conflict', `There is a source ${name} already. Choose another name.`, {
        field: 'name',
      });
    await record(deps, tx, { actorId, id, what: 'created', after: { name, partnerId } });
  });
  return { secret };
}

/** Makes a new secret, which is returned here and never again. For a day the old one is accepted, too. */
export async function rotateSource(
  deps: Deps,
  { name, actorId }: SourceAct,
): Promise<{ readonly secret: string }> {
  const { masterKey } = deps.config;
  const secret = newWebhookSecret();
  await deps.db.transaction(async (tx) => {
    const { id, secrets } = await lockKnownSource(tx, name);
    const { current: previous = '' } = openSecrets(masterKey, id, secrets);
    await updateSource(tx, id, {
      secrets: sealSecrets(masterKey, id, { current: secret, previous }),
      previousUntil: new Date(deps.sharedClock().getTime() + rotationMs),
    });
    await record(deps, tx, { actorId, id, what: 'secret_rotated', after: null });
  });
  return { secret };
}

export async function switchSource(
  deps: Deps,
  { name, actorId, isActive }: SourceAct & { readonly isActive: boolean },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const { id, isActive: was } = await lockKnownSource(tx, name);
    if (was === isActive) return;
    await updateSource(tx, id, { isActive });
    await record(deps, tx, { actorId, id, what: isActive ? 'enabled' : 'disabled', after: null });
  });
}

async function lockKnownSource(tx: Db, name: string): Promise<RegistrationSource> {
  const found = await lockSource(tx, name);
  if (found === null) throw new AppError('not_found', `There is no source ${name}.`, { name });
  return found;
}

interface SourceEntry {
  readonly actorId: string;
  readonly id: string;
  readonly what: string;
  readonly after: object | null;
}

async function record(deps: Deps, tx: Db, { actorId, id, what, after }: SourceEntry): Promise<void> {
  const subject = { subjectKind: 'registration_source', subjectId: id } as const;
  const entry = {
    actorId,
    action: `registration_source.${what}`,
    ...subject,
    before: null,
    after,
    reason: null,
  };
  await audit(tx, [entry], deps.clock());
}
