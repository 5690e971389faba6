import type { z } from 'zod';
import type { JsonValue } from '#connectors/contract/records.ts';
import type { RecordOnPage } from '#src/db/records/record-view.ts';
import type { TimelineEntry } from '#src/db/records/timeline-view.ts';
import { auditedChanges, auditedFields } from '#src/operations/edits/audited-changes.ts';
import { crmRecordAnswer } from '#src/http/registrations/answer.ts';
import type { EditableFields } from './editable-fields.ts';
import type { record, TimelineAnswerEntry } from './schema.ts';

/** `connectionId|object` → the vendor's field → its label. */
type Labels = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function recordAnswer(
  { places, ...shown }: RecordOnPage,
  fields: EditableFields,
  labels: Labels,
): z.infer<typeof record> {
  return {
    ...shown,
    ...fields,
    remoteRecords: places.map((place) => ({
      record: crmRecordAnswer(place),
      mergedInto: place.mergedInto,
      deleted: place.deleted,
      modifiedAt: place.modifiedAt,
      pulledAt: place.pulledAt,
      fields: Object.entries(place.fields)
        .map(([name, value]) => ({
          name,
          label: labels.get(`${place.connectionId}|${place.object}`)?.get(name) ?? name,
          value: shownValue(value),
        }))
        .toSorted((a, b) => a.label.localeCompare(b.label)),
    })),
  };
}

export function timelineEntryAnswer(entry: TimelineEntry, labels: Labels): TimelineAnswerEntry {
  const known = labels.get(`${entry.connection?.id}|${entry.object}`);
  const labelOf = (field: string): string => known?.get(field) ?? field;
  switch (entry.type) {
    case 'came': {
      const { what, ours, ...shown } = entry;
      return {
        ...shown,
        change: what,
        isEcho: ours,
        changes: Object.entries(entry.changes).map(([field, [before, after]]) => ({
          field,
          label: labelOf(field),
          before: shownValue(before),
          after: shownValue(after),
        })),
      };
    }
    case 'sent':
      return {
        ...entry,
        fields: Object.entries(entry.fields).map(([field, value]) => ({
          field,
          label: labelOf(field),
          value: shownValue(value),
        })),
      };
    case 'act': {
      const { before, after, ...shown } = entry;
      return { ...shown, changes: auditedChanges(before, after), fields: auditedFields(after) };
    }
    case 'resolved':
    case 'problem':
      return entry;
  }
}

/** A vendor's value as people read it; null when it is empty. */
function shownValue(value: JsonValue | undefined): string | null {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
