import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useEditor } from '../editor-context.ts';
import styles from './lookup-table.module.css';
import type { OurField, Step } from '../../mapping-types.ts';
import type { Row } from '../rows.ts';

type Ours = string | boolean;

interface LookupStep {
  readonly map: Readonly<Record<string, Ours>>;
  readonly otherwise?: Ours | null;
  readonly otherwiseRemote?: string | null;
}

interface LookupTableProps {
  readonly step: Step;
  readonly row: Row;
  readonly onChange: (step: Step) => void;
}

/**
 * Maps the CRM's values to Fairway's: one row per picklist value, and a last row for all others.
 */
export function LookupTable({ step, row, onChange }: LookupTableProps) {
  const { crm, editable } = useEditor();
  const { map, otherwise, otherwiseRemote } = step as unknown as LookupStep;
  const listed = (row.remote?.values ?? []).map((value) => value.trim()).filter((value) => value !== '');
  const keys = [...new Set([...listed, ...Object.keys(map)])];
  const set = (next: Partial<Record<keyof LookupStep, unknown>>) => {
    const whole = { ...step, ...next };
    onChange(Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as Step);
  };
  const setOne = (key: string, value: Ours | null) => {
    const { [key]: _, ...rest } = map;
    const left = value === null || value === '' ? rest : { ...map, [key]: value };
    if (Object.keys(left).length > 0) set({ map: left });
  };
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">In {crm}</th>
          <th scope="col">In Fairway</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key}>
            <th scope="row">
              {key}
              {listed.length > 0 && !listed.includes(key) && (
                <span className={styles.gone}>not in the picklist</span>
              )}
            </th>
            <td>
              <Value
                label={`${key} in Fairway`}
                ours={row.ours}
                value={map[key] ?? null}
                empty="not mapped"
                onChange={(value) => setOne(key, value)}
              />
            </td>
          </tr>
        ))}
        <tr>
          <th scope="row">All others</th>
          <td>
            <Value
              label="All others in Fairway"
              ours={row.ours}
              value={otherwise ?? null}
              empty="refused and listed"
              onChange={(value) => set({ otherwise: value ?? undefined })}
            />
          </td>
        </tr>
        <tr>
          <th scope="row">
            <Select
              aria-label={`Written to ${crm} for all other values of Fairway`}
              data={listed}
              clearable
              size="xs"
              placeholder="refused and listed"
              value={otherwiseRemote ?? null}
              onChange={(value) => set({ otherwiseRemote: value ?? undefined })}
            />
          </th>
          <td className="dim small">is written for all other values of Fairway</td>
        </tr>
      </tbody>
      {editable && (
        <tfoot>
          <tr>
            <td colSpan={2}>
              <NewValue
                known={keys}
                onAdd={(key) =>
                  setOne(key, row.ours?.type === 'boolean' ? true : (row.ours?.values?.[0] ?? key))
                }
              />
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

interface ValueProps {
  readonly label: string;
  readonly ours: OurField | null;
  readonly value: Ours | null;
  /** The meaning of an empty value. */
  readonly empty: string;
  readonly onChange: (value: Ours | null) => void;
}

function Value({ label, ours, value, empty, onChange }: ValueProps) {
  if (ours?.type === 'boolean') {
    const choices = [
      { value: 'true', label: 'yes' },
      { value: 'false', label: 'no' },
    ];
    return (
      <Select
        size="xs"
        aria-label={label}
        clearable
        placeholder={empty}
        data={choices}
        value={value === null ? null : String(value)}
        onChange={(next) => onChange(next === null ? null : next === 'true')}
      />
    );
  }
  if (ours?.values) {
    return (
      <Select
        size="xs"
        aria-label={label}
        clearable
        placeholder={empty}
        data={ours.values}
        value={value === null ? null : String(value)}
        onChange={onChange}
      />
    );
  }
  return (
    <TextInput
      size="xs"
      aria-label={label}
      placeholder={empty}
      value={value === null ? '' : String(value)}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    />
  );
}

function NewValue({
  known,
  onAdd,
}: {
  readonly known: readonly string[];
  readonly onAdd: (key: string) => void;
}) {
  const [text, setText] = useState('');
  const key = text.trim();
  const add = () => {
    if (key === '' || known.includes(key)) return;
    onAdd(key);
    setText('');
  };
  return (
    <div className={styles.more}>
      <TextInput
        size="xs"
        aria-label="Another value of the CRM"
        placeholder="Another value of the CRM"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
        rightSection={
          text && (
            <ActionIcon variant="transparent" size="sm" aria-label="Clear" onClick={() => setText('')}>
              <IconX size={14} />
            </ActionIcon>
          )
        }
      />
      <Button size="compact-sm" variant="default" disabled={key === '' || known.includes(key)} onClick={add}>
        Add
      </Button>
    </div>
  );
}
