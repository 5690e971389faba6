import { Button, Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core';
import { changeLine, type Line, removeLine } from '../edit-pack.ts';
import { useEditor } from '../editor-context.ts';
import styles from './line-editor.module.css';
import type { LinePartProps } from './line-part.ts';
import type { MappedLine } from '../../mapping-types.ts';
import { policyOptions } from '../../mapping-words.ts';
import type { Row } from '../rows.ts';
import { TransformEditor } from './transform-editor.tsx';

interface LineEditorProps {
  readonly row: Row;
  readonly line: Line;
  readonly onRemoved: () => void;
}

/** All settings of one mapped pair. */
export function LineEditor({ row, line, onRemoved }: LineEditorProps) {
  const { editable, edit } = useEditor();
  const change = (next: (field: MappedLine) => MappedLine) =>
    void edit((edited) => changeLine(edited, line.id, next));
  const remove = () => {
    edit((edited) => removeLine(edited, line.id));
    onRemoved();
  };
  return (
    <fieldset
      className={styles.editor}
      disabled={!editable}
      aria-label={`${line.field.remote} and ${line.field.local}`}
    >
      <div className={styles.grid}>
        <Pair row={row} field={line.field} change={change} />
        <Way row={row} field={line.field} change={change} />
        <Fallback row={row} field={line.field} change={change} />
      </div>
      <TransformEditor row={row} field={line.field} change={change} />
      <Switches row={row} field={line.field} change={change} />
      {[...row.problems.slice(1), ...row.warnings].map(({ path, code, message, fix }) => (
        <p key={`${path} ${code} ${message}`} className={styles.more}>
          {message} {fix}
        </p>
      ))}
      {editable && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          className={styles.remove ?? ''}
          onClick={remove}
        >
          Remove this mapping
        </Button>
      )}
    </fieldset>
  );
}

function Pair({ field, change }: LinePartProps) {
  const { crm, ourFields, remoteFields } = useEditor();
  const theirs = remoteFields.map(({ name, label }) => ({
    value: name,
    label: label === name ? name : `${label} (${name})`,
  }));
  const ours = ourFields.map(({ name, label }) => ({ value: name, label }));
  return (
    <>
      <Select
        label={`${crm} field`}
        searchable
        limit={60}
        data={
          theirs.some((one) => one.value === field.remote)
            ? theirs
            : [{ value: field.remote, label: field.remote }, ...theirs]
        }
        value={field.remote}
        allowDeselect={false}
        onChange={(remote) => remote !== null && change((old) => ({ ...old, remote }))}
      />
      <Select
        label="Fairway field"
        searchable
        limit={60}
        data={
          ours.some((one) => one.value === field.local)
            ? ours
            : [{ value: field.local, label: field.local }, ...ours]
        }
        value={field.local}
        allowDeselect={false}
        onChange={(local) => local !== null && change((old) => ({ ...old, local }))}
      />
    </>
  );
}

function Way({ field, change }: LinePartProps) {
  const { crm, editable } = useEditor();
  return (
    <>
      <div>
        <span className={styles.label}>Direction</span>
        <SegmentedControl
          fullWidth
          size="xs"
          disabled={!editable}
          aria-label="Direction"
          data={[
            { value: 'in', label: '→ read from the CRM' },
            { value: 'both', label: '↔ both ways' },
            { value: 'out', label: '← written to the CRM' },
          ]}
          value={field.direction}
          onChange={(direction) =>
            change((old) => ({ ...old, direction: direction as MappedLine['direction'] }))
          }
        />
      </div>
      {field.direction === 'both' && (
        <Select
          label="When both sides changed it"
          data={policyOptions(crm)}
          value={field.policy ?? 'crm'}
          allowDeselect={false}
          onChange={(policy) =>
            policy !== null &&
            change((old) => ({ ...old, policy: policy as NonNullable<MappedLine['policy']> }))
          }
        />
      )}
    </>
  );
}

function Fallback({ row, field, change }: LinePartProps) {
  const { crm } = useEditor();
  if (field.direction === 'out' || row.ours?.type === 'reference') return null;
  const label = 'Default when blank';
  const description =
    field.direction === 'both'
      ? `A backfill also writes it to ${crm} where the field is blank there.`
      : 'Used as long as the field is blank in the CRM.';
  const { default: fallback } = field;
  const set = (value: string | boolean | undefined) =>
    change(({ default: _, ...old }) =>
      value === undefined || value === '' ? old : { ...old, default: value },
    );
  if (row.ours?.type === 'boolean') {
    return (
      <Select
        {...{ label, description }}
        placeholder="no default"
        clearable
        data={[
          { value: 'true', label: 'yes' },
          { value: 'false', label: 'no' },
        ]}
        value={fallback === undefined ? null : String(fallback)}
        onChange={(value) => set(value === null ? undefined : value === 'true')}
      />
    );
  }
  const choices = choicesFor(row, field);
  if (choices) {
    return (
      <Select
        {...{ label, description }}
        placeholder="no default"
        clearable
        searchable
        data={choices}
        value={fallback === undefined ? null : String(fallback)}
        onChange={(value) => set(value ?? undefined)}
      />
    );
  }
  return (
    <TextInput
      {...{ label, description }}
      placeholder={row.ours?.type === 'date' ? 'no default; a date is 2026-12-31' : 'no default'}
      value={fallback === undefined ? '' : String(fallback)}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

/**
 * The possible defaults, if they can be listed: Fairway's choices, or the CRM's when values are not
 * transformed.
 */
function choicesFor({ ours, remote }: Row, field: MappedLine): string[] | null {
  if (ours?.values) return ours.values;
  return field.transform === undefined && remote?.type === 'picklist' && remote.values
    ? [...new Set(remote.values)]
    : null;
}

function Switches({ row, field, change }: LinePartProps) {
  const asksForLoss =
    field.lossy === true || [...row.problems, ...row.warnings].some(({ code }) => code.includes('loss'));
  const flag = (name: 'required' | 'optional' | 'lossy', on: boolean) =>
    change((old) => {
      const { [name]: _, ...rest } = old;
      return on ? { ...rest, [name]: true } : rest;
    });
  return (
    <div className={styles.switches}>
      <Checkbox
        label={
          field.direction === 'out'
            ? 'Required: never clear it in the CRM'
            : 'Required: skip records where it is empty'
        }
        checked={field.required ?? row.ours?.required ?? false}
        disabled={row.ours?.required ?? false}
        onChange={(event) => flag('required', event.currentTarget.checked)}
      />
      <Checkbox
        label="Optional: ignore this line if the CRM has no such field"
        checked={field.optional ?? false}
        disabled={field.required ?? false}
        onChange={(event) => flag('optional', event.currentTarget.checked)}
      />
      {asksForLoss && (
        <Checkbox
          label="The CRM may change the value when it is written"
          checked={field.lossy ?? false}
          onChange={(event) => flag('lossy', event.currentTarget.checked)}
        />
      )}
    </div>
  );
}
