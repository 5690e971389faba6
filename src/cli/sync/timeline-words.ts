import type { JsonValue } from '#connectors/contract/records.ts';
import type { TimelineEntry } from '#src/db/records/timeline-view.ts';
import type { Policy } from '#src/domain/sync/merge.ts';
import { auditedChanges, auditedFields } from '#src/operations/edits/audited-changes.ts';

/** One entry of a timeline for the terminal: a line with the time, and more under it, indented. */
export function entryLines(entry: TimelineEntry): string[] {
  const [head = '', ...more] = sentences(entry);
  return [
    `  ${entry.at.toISOString().slice(0, 19).replace('T', ' ')}  ${head}`,
    ...more.map((line) => `                       ${line}`),
  ];
}

function sentences(entry: TimelineEntry): string[] {
  const crm = entry.connection?.name ?? 'the CRM';
  switch (entry.type) {
    case 'came': {
      const changes = Object.entries(entry.changes).map(
        ([field, [before, after]]) => `${field}: ${shown(before)} → ${shown(after)}`,
      );
      const did = entry.ours ? 'shows what Fairway wrote' : happened[entry.what];
      return [`came: ${crm} ${did} (${entry.extId}), ${learnt[entry.via]}`, ...(entry.ours ? [] : changes)];
    }
    case 'resolved': {
      const { field, winner, base, theirs, ours, policy, mappingVersion, decidedBy } = entry;
      const won = winner === null ? 'a person is asked' : `${winner === 'crm' ? crm : 'Fairway'} won`;
      const why = decidedBy === null ? ruleText(policy, crm) : `${decidedBy} decided`;
      return [
        `both changed ${field}: ${won}, because ${why} (mapping version ${mappingVersion})`,
        `before ${shown(base)}, ${crm} ${shown(theirs)}, Fairway ${shown(ours)}`,
      ];
    }
    case 'sent': {
      const fields = Object.entries(entry.fields).map(([field, value]) => `${field} = ${shown(value)}`);
      const refusal = entry.status === 'dead' || entry.status === 'pending' ? entry.failure : null;
      return [
        `${written[entry.status]} ${crm} (mapping version ${entry.mappingVersion})`,
        ...fields,
        ...(refusal ? [`it answered ${refusal.code}: ${refusal.message}`, refusal.fix] : []),
      ];
    }
    case 'problem':
      return [
        `${entry.status === 'open' ? 'problem' : 'problem, over'}: ${entry.message} (${entry.code})`,
        entry.fix,
      ];
    case 'act': {
      const changes = auditedChanges(entry.before, entry.after).map(
        ({ field, before, after }) => `${field}: ${shown(before)} → ${shown(after)}`,
      );
      const fields = auditedFields(entry.after);
      return [
        `${entry.actor ?? 'Fairway'}: ${entry.action.replaceAll(/[._]/g, ' ')}`,
        ...changes,
        ...(fields.length === 0 ? [] : [fields.join(', ')]),
        ...(entry.reason === null ? [] : [entry.reason]),
      ];
    }
  }
}

const happened = {
  changed: 'changed it',
  deleted: 'no longer has it',
  restored: 'has it again',
  merged: 'merged it into another record',
  erased: 'erased it for privacy',
} as const;

const learnt = {
  read: 'read by a run',
  hint: 'heard at once',
  scan: 'found when everything was compared',
  write: 'learnt from a write',
} as const;

const written = {
  done: 'sent to',
  pending: 'on its way to',
  dead: 'refused by',
  superseded: 'no longer needed by',
} as const;

function ruleText(policy: Policy, crm: string): string {
  switch (policy) {
    case 'crm':
      return `the rule is that ${crm} wins`;
    case 'fairway':
      return 'the rule is that Fairway wins';
    case 'latest':
      return 'the rule is that the later change wins';
    case 'crm_unless_blank':
      return `the rule is that ${crm} wins unless it is empty there`;
    case 'ask':
      return 'the rule is to ask';
  }
}

function shown(value: JsonValue): string {
  if (value === null || value === '') return '(empty)';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
