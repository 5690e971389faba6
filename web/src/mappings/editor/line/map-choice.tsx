import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { addLine, bestDirection, declareField } from '../edit-pack.ts';
import { useEditor } from '../editor-context.ts';
import styles from './line-editor.module.css';
import { CustomFieldForm } from './custom-field-form.tsx';
import type { Row } from '../rows.ts';

/**
 * The choice for an unmapped field: a field of the other side, or a new custom field.
 */
export function MapChoice({
  row,
  onMapped,
}: {
  readonly row: Row;
  readonly onMapped: (key: string | null) => void;
}) {
  const { editable } = useEditor();
  if (!editable) return <p className={styles.more}>Not mapped.</p>;
  return (
    <div className={styles.editor}>
      {row.remote ? <ForTheirs row={row} onMapped={onMapped} /> : <ForOurs row={row} onMapped={onMapped} />}
    </div>
  );
}

function ForTheirs({
  row,
  onMapped,
}: {
  readonly row: Row;
  readonly onMapped: (key: string | null) => void;
}) {
  const { edit, ourFields } = useEditor();
  const [local, setLocal] = useState<string | null>(row.suggestion?.local ?? null);
  const [creating, setCreating] = useState(false);
  const { remote } = row;
  if (!remote) return null;
  const map = () => {
    const ours = ourFields.find((field) => field.name === local);
    if (!ours) return;
    const line = { local: ours.name, remote: remote.name, direction: bestDirection(remote, ours) };
    onMapped(edit((edited) => addLine(edited, line)).lines.at(-1)?.id ?? null);
  };
  if (creating) {
    return (
      <CustomFieldForm
        remote={remote}
        onCancel={() => setCreating(false)}
        onDone={(field) => {
          const line = {
            local: `extra.${field.name}`,
            remote: remote.name,
            direction: bestDirection(remote, { owner: 'remote', type: field.type }),
          };
          onMapped(edit((edited) => addLine(declareField(edited, field), line)).lines.at(-1)?.id ?? null);
        }}
      />
    );
  }
  return (
    <div className={styles.choice}>
      <Select
        label="Fairway field"
        placeholder="Choose"
        searchable
        limit={60}
        data={ourFields.map(({ name, label }) => ({ value: name, label }))}
        value={local}
        onChange={setLocal}
      />
      <Button onClick={map} disabled={local === null}>
        Map
      </Button>
      {remote.type !== 'reference' && (
        <Button variant="default" onClick={() => setCreating(true)}>
          New custom field
        </Button>
      )}
    </div>
  );
}

function ForOurs({ row, onMapped }: { readonly row: Row; readonly onMapped: (key: string | null) => void }) {
  const { crm, edit, remoteFields } = useEditor();
  const [name, setName] = useState<string | null>(null);
  const { ours } = row;
  if (!ours) return null;
  const map = () => {
    const remote = remoteFields.find((field) => field.name === name);
    if (!remote) return;
    const line = { local: ours.name, remote: remote.name, direction: bestDirection(remote, ours) };
    onMapped(edit((edited) => addLine(edited, line)).lines.at(-1)?.id ?? null);
  };
  return (
    <div className={styles.choice}>
      <Select
        label={`${crm} field`}
        placeholder="Choose"
        searchable
        limit={60}
        data={remoteFields.map((field) => ({ value: field.name, label: `${field.label} (${field.name})` }))}
        value={name}
        onChange={setName}
      />
      <Button onClick={map} disabled={name === null}>
        Map
      </Button>
    </div>
  );
}
