import { Anchor, Select, TextInput, type TextInputProps } from '@mantine/core';
import { Link } from 'react-router';
import type { EditableField } from '../api/types.ts';
import { plain, policyText, sentence } from '../words.ts';

interface EditFieldProps {
  readonly field: EditableField;
  /** The currency of an amount. */
  readonly currency: string | null;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** Aligns the inputs of one row although their hints have different lengths. */
const hintLast: NonNullable<TextInputProps['inputWrapperOrder']> = ['label', 'input', 'error', 'description'];

/** The choices of a field with a fixed set of values; null for other fields. */
function choicesOf({ field, type, values }: EditableField) {
  if (field === 'dealType')
    return [
      { value: 'new', label: 'New business' },
      { value: 'renewal', label: 'Renewal' },
    ];
  if (type === 'boolean')
    return [
      { value: 'true', label: 'Yes' },
      { value: 'false', label: 'No' },
    ];
  return values?.map((value) => ({ value, label: value })) ?? null;
}

/** One field, with the policy for the case that the CRM changes it too. */
export function EditField({ field, currency, value, error, onChange }: EditFieldProps) {
  const { required, type, hasOpenConflict } = field;
  const common = {
    label:
      (field.label ?? sentence(plain(field.field))) +
      (type === 'decimal' && currency !== null ? ` (${currency})` : ''),
    description: hasOpenConflict
      ? askedText
      : `If it also changes in ${field.connection}: ${policyText(field.policy, field.connection)}.`,
    required,
    disabled: hasOpenConflict,
    error,
    inputWrapperOrder: hintLast,
  };
  const choices = choicesOf(field);
  if (choices) {
    const mayBeEmpty = field.field !== 'dealType' && !required;
    return (
      <Select
        {...common}
        data={choices}
        value={value === '' ? null : value}
        clearable={mayBeEmpty}
        allowDeselect={mayBeEmpty}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  return (
    <TextInput
      {...common}
      type={type === 'date' ? 'date' : 'text'}
      inputMode={type === 'decimal' ? 'decimal' : undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const askedText = (
  <>
    Both sides changed it. Decide under{' '}
    <Anchor component={Link} to="/conflicts" inherit underline="always">
      Conflicts
    </Anchor>{' '}
    first.
  </>
);
