import { NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useEditor } from '../editor-context.ts';
import styles from './line-editor.module.css';
import type { Step, TransformInfo } from '../../mapping-types.ts';
import type { Row } from '../rows.ts';

/** The part of JSON Schema that step options use. */
interface OptionSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly description?: string;
}

function optionsOf(
  info: TransformInfo | undefined,
): (readonly [name: string, schema: OptionSchema, needed: boolean])[] {
  const { properties = {}, required = [] } = (info?.options ?? {}) as {
    properties?: Record<string, OptionSchema>;
    required?: string[];
  };
  return Object.entries(properties).flatMap(([name, schema]) =>
    name === 'name' ? [] : [[name, schema, required.includes(name)] as const],
  );
}

/** The initial options of a step, complete because the API refuses incomplete steps. */
export function firstOptions(info: TransformInfo | undefined, row: Row): Record<string, unknown> {
  if (info?.name === 'lookup') return { map: firstMap(row) };
  return Object.fromEntries(
    optionsOf(info).flatMap(([name, schema, needed]) =>
      needed ? [[name, firstValue(name, schema, row)]] : [],
    ),
  );
}

/** Maps each CRM value to itself or to the Fairway value with the same spelling. */
function firstMap({ remote, ours }: Row): Record<string, string | boolean> {
  const values = remote?.values ?? [];
  if (values.length === 0)
    return { [remote?.sample?.trim() || 'theirs']: ours?.type === 'boolean' ? true : 'ours' };
  return Object.fromEntries(
    values.flatMap((value) => {
      const alike = ours?.values
        ? ours.values.find((one) => one.toLowerCase() === value.trim().toLowerCase())
        : value.trim();
      const fallback = ours?.type === 'boolean' ? false : ours?.values?.[0];
      const mapped = ours?.type === 'boolean' ? /^(yes|true|ja|oui)$/i.test(value) : (alike ?? fallback);
      return value.trim() === '' || mapped === undefined ? [] : [[value.trim(), mapped]];
    }),
  );
}

function firstValue(name: string, schema: OptionSchema, { remote }: Row): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.type === 'integer') return Math.max(1, schema.minimum ?? 1);
  if (schema.type === 'array')
    return name === 'values' ? [(remote?.values?.[0] ?? remote?.sample) || 'yes'] : [remote?.name ?? ''];
  if (name === 'text') return `{${remote?.name ?? ''}}`;
  if (name === 'cel') return `remote.${remote?.name ?? ''}`;
  if (name === 'field') return 'name';
  return name === 'code' ? 'EUR' : ' ';
}

interface StepOptionsProps {
  readonly step: Step;
  readonly info: TransformInfo;
  readonly onChange: (step: Step) => void;
}

/** The form for a step's options, generated from their schema. A new transform needs no change here. */
export function StepOptions({ step, info, onChange }: StepOptionsProps) {
  const options = optionsOf(info);
  if (options.length === 0) return null;
  return (
    <div className={styles.grid}>
      {options.map(([name, schema, needed]) => (
        <Option
          key={name}
          name={name}
          schema={schema}
          needed={needed}
          value={step[name]}
          onChange={(value) => {
            const { [name]: _, ...rest } = step;
            onChange({ ...rest, name: step.name, ...(value === undefined ? {} : { [name]: value }) });
          }}
        />
      ))}
    </div>
  );
}

interface OptionProps {
  readonly name: string;
  readonly schema: OptionSchema;
  readonly needed: boolean;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

const labels: Readonly<Record<string, string>> = {
  by: 'Factor',
  cel: 'Expression (CEL)',
  code: 'Currency',
  country: 'Country for numbers without a country code',
  field: 'Field of the other record',
  find: 'Find',
  format: 'Format',
  from: 'Fields, in this order',
  length: 'Characters',
  part: 'Part (-1: the last)',
  places: 'Decimals',
  separator: 'Separator',
  text: 'Text with fields in braces',
  values: 'Values',
  with: 'Replace with',
  zone: 'Time zone, such as Europe/Berlin',
};

function Option({ name, schema, needed, value, onChange }: OptionProps) {
  const { remoteFields } = useEditor();
  const label = labels[name] ?? name;
  if (schema.enum) {
    return (
      <Select
        label={label}
        data={[...schema.enum]}
        clearable={!needed}
        value={(value as string | undefined) ?? null}
        onChange={(next) => onChange(next ?? undefined)}
      />
    );
  }
  if (schema.type === 'array') {
    const data = name === 'from' ? remoteFields.map((field) => field.name) : [];
    // The last entry cannot be removed, because an empty list would not be saved.
    return (
      <TagsInput
        label={label}
        data={data}
        limit={50}
        value={(value as string[] | undefined) ?? []}
        onChange={(next) => next.length > 0 && onChange(next)}
      />
    );
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    return (
      <NumberInput
        label={label}
        allowDecimal={false}
        value={(value as number | undefined) ?? ''}
        {...(schema.minimum === undefined || schema.minimum < -1e6 ? {} : { min: schema.minimum })}
        {...(schema.maximum === undefined || schema.maximum > 1e6 ? {} : { max: schema.maximum })}
        onChange={(next) => typeof next === 'number' && onChange(next)}
      />
    );
  }
  const text = String(value ?? '');
  const set = (next: string) => onChange(next === '' && !needed ? undefined : next);
  return name === 'cel' || name === 'text' ? (
    <Textarea
      label={label}
      autosize
      minRows={2}
      className={styles.wide ?? ''}
      classNames={{ input: 'mono' }}
      value={text}
      onChange={(event) => set(event.currentTarget.value)}
    />
  ) : (
    <TextInput label={label} value={text} onChange={(event) => set(event.currentTarget.value)} />
  );
}
