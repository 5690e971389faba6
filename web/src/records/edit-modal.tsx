import { Button, Modal, Stack } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../api/client.ts';
import type { EditableField } from '../api/types.ts';
import { ModalActions } from '../ui/layout/modal-actions.tsx';
import { recordKinds } from '../words.ts';
import { EditField } from './edit-field.tsx';
import styles from './edit-modal.module.css';
import { type EditedRecord, useEdit } from './use-edit.ts';

/** The typed values by field. Only changed ones are sent. */
type Draft = Readonly<Record<string, string>>;

type Messages = Readonly<Record<string, string>>;

/** A message for each field that changed since the form was opened. */
function movedFields(before: readonly EditableField[], now: readonly EditableField[]): Messages {
  const old = new Map(before.map(({ field, value }) => [field, value]));
  const moved = now.filter(({ field, value }) => old.get(field) !== value);
  return Object.fromEntries(
    moved.map(({ field, value }) => {
      const what =
        value === null ? 'Somebody cleared this field' : `Somebody changed this field to “${value}”`;
      return [field, `${what} while you were editing. Saving again replaces that value.`];
    }),
  );
}

/** The form to edit a record and write the change to its CRM. */
export function EditModal({
  record,
  onClose,
}: {
  readonly record: EditedRecord;
  readonly onClose: () => void;
}) {
  const { kind, name, currency } = record;
  // The record as it was when the form was opened. The API compares an edit with the values the person saw.
  const [editable, setEditable] = useState(record.editable);
  const [moved, setMoved] = useState<Messages>({});
  const [draft, setDraft] = useState<Draft>({});
  const onMoved = (now: readonly EditableField[]) => {
    setMoved(movedFields(editable, now));
    setEditable([...now]);
  };
  const edit = useEdit(record, editable, { onDone: onClose, onMoved });
  const refused = edit.error instanceof Refusal ? edit.error.fields : {};
  const changes = Object.fromEntries(
    editable.flatMap(({ field, value, hasOpenConflict }) => {
      const typed = draft[field]?.trim();
      return hasOpenConflict || typed === undefined || typed === (value ?? '')
        ? []
        : [[field, typed === '' ? null : typed]];
    }),
  );
  const missing = editable.filter(({ field, required }) => required && changes[field] === null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing.length > 0) return;
    setMoved({});
    edit.mutate(changes);
  };
  const targets = [...new Set(editable.map((one) => one.connection))].join(' and ');
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Edit ${name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      size="lg"
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <p className={styles.hint}>Your changes will be written to {targets}.</p>
          <div className={styles.fields}>
            {editable.map((field) => (
              <EditField
                key={field.field}
                field={field}
                currency={currency}
                value={draft[field.field] ?? String(field.value ?? '')}
                error={
                  missing.includes(field)
                    ? `Required for every ${recordKinds[kind].toLowerCase()}.`
                    : (moved[field.field] ?? refused[field.field])
                }
                onChange={(value) => setDraft((old) => ({ ...old, [field.field]: value }))}
              />
            ))}
          </div>
          <ModalActions onCancel={onClose} error={Object.keys(refused).length === 0 ? edit.error : null}>
            <Button type="submit" loading={edit.isPending} disabled={Object.keys(changes).length === 0}>
              Save and write to {targets}
            </Button>
          </ModalActions>
        </Stack>
      </form>
    </Modal>
  );
}
