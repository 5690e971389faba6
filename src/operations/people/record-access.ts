import { audit, newestAnchor, noPerson, type AuditEntry } from '#src/db/people/audit-store.ts';
import type { Deps } from '#src/deps.ts';

type AccessDeps = Pick<Deps, 'db' | 'clock'>;

/** More refusals in a minute are only in the log, so that a stranger cannot fill the audit trail. */
const refusalsPerMinute = 60;
const windows = new WeakMap<object, { minute: number; count: number }>();

export interface Refusal {
  /** Null for somebody who is not signed in. */
  readonly personId: string | null;
  readonly method: string;
  /** The route, not the address: an address may carry a token. */
  readonly route: string;
  readonly code: string;
  readonly address: string;
}

/** Puts a refused request on the audit trail. */
export async function recordRefusal(deps: AccessDeps, { personId, ...request }: Refusal): Promise<void> {
  if (isFlooded(deps)) return;
  await record(deps, personId, 'access.refused', request);
}

/** Puts the download of a file with payouts or customers on the audit trail, before it is sent. */
export async function recordDownload(
  deps: AccessDeps,
  { personId, ...file }: { readonly personId: string; readonly file: string; readonly about: string },
): Promise<void> {
  await record(deps, personId, 'access.downloaded', file);
}

/** Puts a backup or a restore on the audit trail. Returns the number of the entry. */
export async function recordBackup(
  deps: AccessDeps,
  action: 'access.backed_up' | 'access.restored',
  about: object,
): Promise<bigint> {
  await record(deps, null, action, about);
  return BigInt((await newestAnchor(deps.db))?.entry ?? 0);
}

function isFlooded(deps: AccessDeps): boolean {
  const minute = Math.floor(deps.clock().getTime() / 60_000);
  const known = windows.get(deps.db);
  const window = known?.minute === minute ? known : { minute, count: 0 };
  window.count += 1;
  windows.set(deps.db, window);
  return window.count > refusalsPerMinute;
}

async function record(
  deps: AccessDeps,
  personId: string | null,
  action: string,
  after: object,
): Promise<void> {
  const entry: AuditEntry = {
    actorId: personId,
    action,
    subjectKind: 'access',
    subjectId: personId ?? noPerson,
    before: null,
    after,
    reason: null,
  };
  await deps.db.transaction((tx) => audit(tx, [entry], deps.clock()));
}
