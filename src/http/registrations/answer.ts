import type { z } from 'zod';
import type { JsonValue } from '#connectors/contract/records.ts';
import type { CrmRecord, WriteBackRow } from '#src/db/sync/write-back-view.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import type { Finding, RegistrationDecision } from '#src/domain/registrations/registration.ts';
import { answerDueAt } from '#src/domain/registrations/response-deadline.ts';
import { crmRecordUrl } from '#src/operations/connections/crm-record-url.ts';
import type { crmRecord } from '#src/http/schema.ts';
import type { conflictCase, writeBack } from './schema.ts';

/** When the answer was promised, and whether that is missed. */
export function promiseOf(
  { submittedAt, status }: { readonly submittedAt: Date; readonly status: RegistrationStatus },
  now: Date,
) {
  const due = answerDueAt(submittedAt);
  return { answerDueAt: due, overdue: (status === 'submitted' || status === 'in_review') && due < now };
}

export function crmRecordAnswer(place: Omit<CrmRecord, 'recordId'>): z.infer<typeof crmRecord> {
  const { connectionName, connectionKind, settings, object, extId } = place;
  return {
    connection: connectionName,
    system: connectionKind,
    object,
    extId,
    url: crmRecordUrl({ kind: connectionKind, settings, object, extId }),
  };
}

type Answer = z.infer<typeof conflictCase>;

const gravity = { block: 0, review: 1, note: 2 } as const;

/**
 * One entry a rival: the rules speak of the same rival more than once. Those that hold the registration up
 * come first.
 */
export function rivalsOf({ findings }: RegistrationDecision, places: readonly CrmRecord[]): Answer['rivals'] {
  const rivals = new Map(findings.flatMap(({ rival }) => (rival ? [[rival.id, rival] as const] : [])));
  return [...rivals.values()]
    .map((rival) => ({
      rival,
      findings: findingsOf(findings.filter((finding) => finding.rival?.id === rival.id)),
      crm: places.filter((place) => place.recordId === rival.id).map(crmRecordAnswer),
    }))
    .toSorted(
      (a, b) =>
        gravity[a.findings[0]?.effect ?? 'note'] - gravity[b.findings[0]?.effect ?? 'note'] ||
        b.rival.match.score - a.rival.match.score,
    );
}

/** What the rules say of the claim itself. */
export function registrationFindingsOf({ findings }: RegistrationDecision): Answer['findings'] {
  return findingsOf(findings.filter(({ rival }) => rival === null));
}

function findingsOf(findings: readonly Finding[]): Answer['findings'] {
  return findings
    .toSorted((a, b) => gravity[a.effect] - gravity[b.effect])
    .map(({ rule, effect, message }) => ({ rule, effect, message }));
}

/** The newest intent that names a field says what it should hold and how far the writing is. */
export function writeBackAnswer(row: WriteBackRow): z.infer<typeof writeBack> {
  const states = { done: 'written', pending: 'waiting', dead: 'refused' } as const;
  const fields = new Map<string, z.infer<typeof writeBack>['fields'][number]>();
  for (const intent of row.intents) {
    for (const [name, desired] of Object.entries(intent.fields)) {
      fields.set(name, {
        name,
        desired: shown(desired),
        current: shown(row.current[name]),
        state: states[intent.status],
      });
    }
  }
  const last = row.intents.at(-1);
  return {
    record: crmRecordAnswer(row),
    writtenAt: row.writtenAt,
    failure: last?.status === 'done' ? null : (last?.failure ?? null),
    fields: [...fields.values()].toSorted((a, b) => a.name.localeCompare(b.name)),
  };
}

function shown(value: JsonValue | undefined): string | null {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
