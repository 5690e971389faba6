import type { z } from 'zod';
import type { RecordOnPage } from '#src/db/records/record-view.ts';
import type { TimelineEntry } from '#src/db/records/timeline-view.ts';
import { auditedChanges, auditedFields } from '#src/operations/edits/audited-changes.ts';
import { crmRecordAnswer } from '#src/http/crm-record-answer.ts';
import { remoteValueText } from '#src/http/remote-value-text.ts';
import type { EditableFields } from './editable-fields.ts';
import type { record, TimelineAnswerEntry } from './schema.ts';

/** `connectionId|object` → name of the vendor's field → label. */
type Labels = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function recordAnswer(
  { places, ...page }: RecordOnPage,
  fields: EditableFields,
  labels: Labels,
): z.infer<typeof record> {
  return {
    ...page,
    ...fields,
    remoteRecords: places.map((remote) => ({
      record: crmRecordAnswer(remote),
      mergedInto: remote.mergedInto,
      deleted: remote.deleted,
      modifiedAt: remote.modifiedAt,
      pulledAt: remote.pulledAt,
      fields: Object.entries(remote.fields)
        .map(([name, value]) => ({
          name,
          label: labels.get(`${remote.connectionId}|${remote.object}`)?.get(name) ?? name,
          value: remoteValueText(value),
        }))
        .toSorted((a, b) => a.label.localeCompare(b.label)),
    })),
  };
}

export function timelineEntryAnswer(entry: TimelineEntry, labels: Labels): TimelineAnswerEntry {
  const labelsOfObject = labels.get(`${entry.connection?.id}|${entry.object}`);
  const labelOf = (field: string): string => labelsOfObject?.get(field) ?? field;
  switch (entry.type) {
    case 'came': {
      const { what, ours, ...rest } = entry;
      return {
        ...rest,
        type: 'received',
        change: what,
        isEcho: ours,
        changes: Object.entries(entry.changes).map(([field, [before, after]]) => ({
          field,
          label: labelOf(field),
          before: remoteValueText(before),
          after: remoteValueText(after),
        })),
      };
    }
    case 'sent':
      return {
        ...entry,
        type: 'write',
        fields: Object.entries(entry.fields).map(([field, value]) => ({
          field,
          label: labelOf(field),
          value: remoteValueText(value),
        })),
      };
    case 'act': {
      const { before, after, ...rest } = entry;
      return {
        ...rest,
        type: 'action',
        changes: auditedChanges(before, after),
        fields: auditedFields(after),
      };
    }
    case 'resolved':
      return { ...entry, type: 'conflict' };
    case 'problem':
      return entry;
  }
}
