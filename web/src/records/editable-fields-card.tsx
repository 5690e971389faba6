import type { ReactNode } from 'react';
import type { ExtraField } from '../api/types.ts';
import { dayText, stampText } from '../format.ts';
import { Card, Facts } from '../ui/layout/page.tsx';

/** The custom fields of a record; nothing when there are none. */
export function CustomFieldsCard({
  fields,
  aside,
}: {
  readonly fields: readonly ExtraField[];
  readonly aside?: ReactNode;
}) {
  if (fields.length === 0) return null;
  return (
    <Card title="Custom fields" aside={aside}>
      <Facts facts={fields.map((field) => [field.label ?? field.field, editableValueText(field)] as const)} />
    </Card>
  );
}

/** A value as text; null when it is empty. */
export function editableValueText({ type, value }: Pick<ExtraField, 'type' | 'value'>): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (type === 'date') return dayText(value);
  return type === 'instant' ? stampText(value) : value;
}
