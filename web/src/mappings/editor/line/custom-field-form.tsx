import { Button, Group, Select, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { nameFrom, customFieldFor } from '../edit-pack.ts';
import { useEditor } from '../editor-context.ts';
import styles from './line-editor.module.css';
import type { CustomField, RemoteField } from '../../mapping-types.ts';

const types: readonly { readonly value: CustomField['type']; readonly label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'decimal', label: 'Number' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'date', label: 'Date' },
  { value: 'instant', label: 'Date and time' },
];

export const customFieldLabel = ({ label, name }: CustomField): string => label || name;

interface CustomFieldFormProps {
  /** The type of its values. */
  readonly remote: RemoteField;
  readonly onDone: (field: CustomField) => void;
  readonly onCancel: () => void;
}

/** Declares a custom field inside its row. */
export function CustomFieldForm({ remote, onDone, onCancel }: CustomFieldFormProps) {
  const { ourFields } = useEditor();
  const usedNames = new Set(ourFields.map((field) => field.name.replace(/^extra\./, '')));
  const [field, setField] = useState(() => customFieldFor(remote, usedNames));
  const [named, setNamed] = useState(false);
  const clash = usedNames.has(field.name) ? 'A field with this name exists. Choose another name.' : null;
  const wrong = /^[a-z][A-Za-z0-9]{0,59}$/.test(field.name)
    ? clash
    : 'Start with a lower-case letter, then use letters and digits: dealRegion.';
  const relabel = (label: string) =>
    setField((old) => ({ ...old, label, name: named ? old.name : nameFrom(label) || old.name }));
  return (
    <form
      className={styles.grid}
      aria-label="New custom field"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong === null && field.label.trim() !== '') onDone({ ...field, label: field.label.trim() });
      }}
    >
      <TextInput
        label="Label"
        data-autofocus
        maxLength={80}
        value={field.label}
        onChange={(event) => relabel(event.currentTarget.value)}
      />
      <TextInput
        label="Name"
        description="The name in mapping files and in the API."
        value={field.name}
        error={wrong}
        onChange={(event) => {
          setNamed(true);
          const name = event.currentTarget.value;
          setField((old) => ({ ...old, name }));
        }}
      />
      <Select
        label="Type"
        data={types.map((one) => ({ ...one }))}
        value={field.type}
        allowDeselect={false}
        onChange={(type) =>
          type !== null &&
          setField(({ values: _, ...old }) => ({ ...old, type: type as CustomField['type'] }))
        }
      />
      {field.type === 'text' && (
        <TagsInput
          label="Only these values"
          description="Leave empty to allow any text."
          value={field.values ?? []}
          onChange={(values) =>
            setField(({ values: _, ...old }) => (values.length > 0 ? { ...old, values } : old))
          }
        />
      )}
      <Group gap="xs" className={styles.actions ?? ''}>
        <Button type="submit" disabled={wrong !== null || field.label.trim() === ''}>
          Add and map
        </Button>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}
