import type { z } from 'zod';
import type { CrmRecord, WriteBackRow } from '#src/db/sync/write-back-view.ts';
import type { RivalState } from '#src/db/registrations/registration-view.ts';
import { registrationStatuses } from '#src/domain/status.ts';
import type { Finding, RegistrationDecision, Rival } from '#src/domain/registrations/registration.ts';
import { crmRecordAnswer } from '#src/http/crm-record-answer.ts';
import { remoteValueText } from '#src/http/remote-value-text.ts';
import type { conflictCase, writeBack } from './schema.ts';

type Answer = z.infer<typeof conflictCase>;

const severity = { ask: 0, block: 1, review: 2, note: 3 } as const;

/**
 * The findings grouped by rival, because several rules may report the same one. Rivals that stop an approval
 * come first.
 *
 * @param states the present state of the rivals, for a registration that waits for a decision
 */
export function rivalAnswers(
  { findings }: RegistrationDecision,
  crmRecords: readonly CrmRecord[],
  states: readonly RivalState[],
): Answer['rivals'] {
  const stateOf = new Map(states.map((state) => [state.id, state]));
  const rivals = new Map(findings.flatMap(({ rival }) => (rival ? [[rival.id, rival] as const] : [])));
  return [...rivals.values()]
    .map((rival) => ({
      rival: rivalAnswer(rival, stateOf.get(rival.id)),
      findings: findingsOf(findings.filter((finding) => finding.rival?.id === rival.id)),
      crm: crmRecords.filter((record) => record.recordId === rival.id).map(crmRecordAnswer),
    }))
    .toSorted(
      (a, b) =>
        severity[a.findings[0]?.effect ?? 'note'] - severity[b.findings[0]?.effect ?? 'note'] ||
        b.rival.match.score - a.rival.match.score,
    );
}

/** Older decisions do not store the outcome of an opportunity, because they compared only open ones. */
function rivalAnswer(rival: Rival, now: RivalState | undefined): Answer['rivals'][number]['rival'] {
  if (rival.kind === 'customer' || rival.kind === 'lead') return rival;
  if (rival.kind === 'registration') {
    const status = registrationStatuses.find((one) => one === now?.state) ?? rival.status;
    return { ...rival, status, protectedUntil: now ? now.protectedUntil : rival.protectedUntil };
  }
  return {
    ...rival,
    stage: now ? now.state : rival.stage,
    outcome: rival.outcome ?? 'open',
    closedOn: rival.closedOn ?? null,
  };
}

/** The findings about the registration itself, without a rival. */
export function registrationFindings({ findings }: RegistrationDecision): Answer['findings'] {
  return findingsOf(findings.filter(({ rival }) => rival === null));
}

function findingsOf(findings: readonly Finding[]): Answer['findings'] {
  return findings
    .toSorted((a, b) => severity[a.effect] - severity[b.effect])
    .map(({ rule, effect, message }) => ({ rule, effect, message }));
}

/** For each field, the newest write decides the desired value and the state. */
export function writeBackAnswer(row: WriteBackRow): z.infer<typeof writeBack> {
  const states = { done: 'written', pending: 'waiting', dead: 'refused' } as const;
  const fields = new Map<string, z.infer<typeof writeBack>['fields'][number]>();
  for (const intent of row.intents) {
    for (const [name, desired] of Object.entries(intent.fields)) {
      fields.set(name, {
        name,
        desired: remoteValueText(desired),
        current: remoteValueText(row.current[name]),
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
