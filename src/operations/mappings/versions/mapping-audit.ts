import type { AuditEntry } from '#src/db/people/audit-store.ts';
import type { MappingVersion } from '#src/db/mappings/mapping-version-store.ts';

type What =
  | 'drafted'
  | 'draft_saved'
  | 'draft_discarded'
  | 'submitted'
  | 'approved'
  | 'rejected'
  | 'rolled_back';

export interface MappingAct {
  readonly what: What;
  readonly version: Pick<MappingVersion, 'connectionId' | 'object' | 'kind' | 'version' | 'status'>;
  readonly personId: string;
  /** The version that was live before; null when the kind was not mapped. */
  readonly before?: number | null;
  readonly reason?: string | null;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The audit entry for one step of a mapping version. Its subject is the connection. */
export function mappingAct({
  what,
  version,
  personId,
  before,
  reason = null,
  more = {},
}: MappingAct): AuditEntry {
  const { connectionId, object, kind, version: number, status } = version;
  return {
    actorId: personId,
    action: `mapping.${what}`,
    subjectKind: 'connection',
    subjectId: connectionId,
    before: before === undefined ? null : { version: before },
    after: { object, kind, version: number, status, ...more },
    reason,
  };
}
