import { Anchor, Select, TextInput, type TextInputProps } from '@mantine/core';
import { Link } from 'react-router';
import type { EditableField } from '../api/types.ts';
import { plain, policyText, sentence } from '../words.ts';

interface EditFieldProps {
  readonly field: EditableField;
  /** What an amount is in. */
  readonly currency: string | null;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** Hints of different length must not push the inputs of one row apart. */
const hintLast: NonNullable<TextInputProps['inputWrapperOrder']> = ['label', 'input', 'error', 'description'];

const dealTypes = [
  { value: 'new', label: 'New business' },
  { value: 'renewal', label: 'Renewal' },
];

/** One field, with what becomes of it when the CRM is changed, too. */
export function EditField({ field, currency, value, error, onChange }: EditFieldProps) {
  const { required, type, asked } = field;
  const common = {
    label: sentence(plain(field.field)) + (type === 'decimal' && currency !== null ? ` (${currency})` : ''),
    description: asked ? askedText : `If it changes in ${field.connection}, too: ${policyText(field.policy, field.connection)}.`,
    required,
    disabled: asked,
    error,
    inputWrapperOrder: hintLast,
  };
  if (field.field === 'dealType') {
    return <Select {...common} data={dealTypes} value={value} allowDeselect={false} onChange={(next) => onChange(next ?? value)} />;
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
    Both sides have changed it. Answer under{' '}
    <Anchor component={Link} to="/conflicts" inherit underline="always">
      Conflicts
    </Anchor>{' '}
    first.
  </>
);
