import { MultiSelect, TextInput } from '@mantine/core';
import { changeWhole, type EditedPack } from './edit-pack.ts';
import { useEditor } from './editor-context.ts';
import styles from './field-list.module.css';

/** The settings for the mapped records: filter and match fields. */
export function RecordsSettings({ edited: { whole, lines } }: { readonly edited: EditedPack }) {
  const { crm, edit, editable, ourFields } = useEditor();
  const labels = new Map(ourFields.map((field) => [field.name, field.label]));
  const mapped = [...new Set([...lines.map(({ field }) => field.local), ...(whole.match ?? [])])];
  const says = [
    whole.filter === undefined ? 'all records' : 'filtered',
    whole.match ? 'matched by fields' : null,
  ];
  return (
    <details className={styles.settings}>
      <summary>
        Which records <span className="dim">{says.filter((one) => one !== null).join(', ')}</span>
      </summary>
      <fieldset disabled={!editable} className={styles.settingsBody}>
        <TextInput
          label="Only records that match"
          description={`An expression over the record in ${crm}, such as remote.Type != "Test". Other records are treated as deleted. Leave empty for all records.`}
          classNames={{ input: 'mono' }}
          value={whole.filter ?? ''}
          onChange={(event) => {
            const filter = event.currentTarget.value;
            edit((old) => changeWhole(old, 'filter', filter.trim() === '' ? undefined : filter));
          }}
        />
        <MultiSelect
          label="Match new records with Fairway records by"
          description="Up to five fields that identify a record. Leave empty to match only by link."
          maxValues={5}
          disabled={!editable}
          data={mapped.map((name) => ({ value: name, label: labels.get(name) ?? name }))}
          value={whole.match ?? []}
          onChange={(match) =>
            void edit((old) => changeWhole(old, 'match', match.length === 0 ? undefined : match))
          }
        />
      </fieldset>
    </details>
  );
}
