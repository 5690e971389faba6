import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { mappingsQuery } from '../api/queries.ts';
import type { MappedField, MappedObject, MappedSystem } from '../api/types.ts';
import { plural } from '../format.ts';
import { Card, Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { Tabs } from '../ui/layout/tabs.tsx';
import { plain, sentence, systemNames } from '../words.ts';
import { useMay } from '../shell/session.ts';
import { MapAnother } from './map-another.tsx';
import styles from './mappings-page.module.css';
import { MappingsTable } from './mappings-table.tsx';

export function MappingsPage() {
  const query = useQuery(mappingsQuery);
  const mayDraft = useMay('draft_mappings');
  return (
    <Page
      title="Mappings"
      actions={mayDraft && query.data && <MapAnother mappings={query.data.mappings} />}
      lead="How fields of the CRM or ERP become fields of Fairway: direction, transformation, and which side wins."
    >
      <QueryView query={query} rows={10}>
        {({ systems, mappings }) =>
          systems.length === 0 ? (
            <EmptyState title="No mapping">
              This installation lacks Fairway’s default mappings. Reinstall Fairway.
            </EmptyState>
          ) : (
            <div className={styles.objects}>
              {mappings.length > 0 ? (
                <MappingsTable mappings={mappings} />
              ) : (
                <EmptyState title="No connection yet">
                  Connect a CRM or an ERP to map its objects. Below are Fairway’s default mappings.
                </EmptyState>
              )}
              <h2 className={styles.shipped}>Fairway’s default mappings</h2>
              <Systems systems={systems} />
            </div>
          )
        }
      </QueryView>
    </Page>
  );
}

function Systems({ systems }: { readonly systems: readonly MappedSystem[] }) {
  const connected = systems.find((one) => one.connections.length > 0) ?? systems[0];
  const [chosen, choose] = useState(connected?.system ?? '');
  const system = systems.find((one) => one.system === chosen);
  return (
    <Tabs
      label="Mappings by system"
      tabs={systems.map((one) => ({ value: one.system, label: systemNames[one.system] ?? one.system }))}
      value={chosen}
      onChange={choose}
    >
      {system && (
        <div className={styles.objects}>
          <p className={styles.where}>
            {system.connections.length === 0
              ? 'Not connected: there are no example values.'
              : `Used by ${system.connections.join(', ')}. Examples come from one record.`}
          </p>
          {system.objects.map((object) => (
            <ObjectCard
              key={object.object}
              object={object}
              system={systemNames[system.system] ?? system.system}
            />
          ))}
        </div>
      )}
    </Tabs>
  );
}

function ObjectCard({ object, system }: { readonly object: MappedObject; readonly system: string }) {
  const written = object.fields.filter((field) => field.direction !== 'in').length;
  return (
    <Card
      title={
        <>
          {sentence(object.kind)} <span className={styles.name}>{object.object}</span>
        </>
      }
      aside={
        <span className="dim small">
          {plural(object.fields.length - written, 'field')} read, {written} written, version {object.version}
        </span>
      }
      flush
    >
      <div className={styles.scroll} role="region" aria-label={`Fields of ${object.object}`} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{system} field</th>
              <th scope="col">
                <span className={styles.unseen}>Direction</span>
              </th>
              <th scope="col">Fairway field</th>
              <th scope="col">Transformation</th>
              <th scope="col">Who wins</th>
              <th scope="col">Example</th>
            </tr>
          </thead>
          <tbody>
            {object.fields.map((field) => (
              <FieldRow key={`${field.local}-${field.remote}`} field={field} system={system} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

const arrows = {
  in: { sign: '→', says: 'read into Fairway' },
  out: { sign: '←', says: 'written by Fairway' },
  both: { sign: '↔', says: 'read and written' },
} as const;

function FieldRow({ field, system }: { readonly field: MappedField; readonly system: string }) {
  const arrow = arrows[field.direction];
  return (
    <tr>
      <td>
        <span className="mono">{field.remote}</span>
        {field.remoteLabel !== null && <div className="dim small">{field.remoteLabel}</div>}
        {field.present === false && !field.optional && <Pill tone="bad">Not in this {system}</Pill>}
      </td>
      <td className={styles.arrow} data-direction={field.direction} title={arrow.says}>
        <span role="img" aria-label={arrow.says}>
          {arrow.sign}
        </span>
      </td>
      <td>
        {sentence(plain(field.local))}
        {field.required && <span className={styles.required}>required</span>}
      </td>
      <td>
        {field.transform}
        {field.options !== null && <div className="dim small">{field.options}</div>}
      </td>
      <td>{field.owner === 'fairway' ? 'Fairway' : system}</td>
      <td className={styles.example} title={field.example ?? undefined}>
        {field.example ?? <span className="dim">—</span>}
      </td>
    </tr>
  );
}
