import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from 'react-router';
import { recordQuery } from '../api/queries.ts';
import type { RecordDetail, RecordKind } from '../api/types.ts';
import { CrmLink } from '../ui/crm-link.tsx';
import { Card, Facts, Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { QueryView } from '../ui/layout/states.tsx';
import { When } from '../ui/when.tsx';
import { plain, recordKinds, sentence } from '../words.ts';
import { EditButton } from './edit-button.tsx';
import { CustomFieldsCard, editableValueText } from './editable-fields-card.tsx';
import styles from './record-page.module.css';
import { TimelineCard } from './timeline-card.tsx';

const parent = { to: '/records', label: 'Records' };

/** One record with its timeline and the last values of each CRM. */
export function RecordPage() {
  const { kind = '', id = '' } = useParams();
  if (kind !== 'account' && kind !== 'opportunity')
    return <Navigate to={kind === 'registration' ? `/registrations/${id}` : '/records'} replace />;
  return <KnownRecord kind={kind} id={id} />;
}

function KnownRecord({ kind, id }: { readonly kind: RecordKind; readonly id: string }) {
  const query = useQuery(recordQuery(kind, id));
  const record = query.data;
  return (
    <Page
      parent={parent}
      title={record?.name ?? recordKinds[kind]}
      mark={record?.deleted && <Pill tone="quiet">Deleted</Pill>}
      lead={record && recordKinds[record.kind]}
    >
      <QueryView query={query} rows={8}>
        {(data) => (
          <div className={styles.columns}>
            <TimelineCard kind={kind} id={id} />
            <div className={styles.stack}>
              <SharedCard record={data} />
              <CustomFieldsCard fields={data.extra.filter(({ field }) => !isShared(data, field))} />
              {data.remoteRecords.map((place) => (
                <PlaceCard key={`${place.record.connection}-${place.record.extId}`} place={place} />
              ))}
              {data.remoteRecords.length === 0 && (
                <Card title="In the CRM">
                  <span className="dim">No CRM record is linked.</span>
                </Card>
              )}
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

const isShared = ({ editable }: RecordDetail, field: string): boolean =>
  editable.some((one) => one.field === field);

/** The fields that can be changed here and in the CRM. */
function SharedCard({ record }: { readonly record: RecordDetail }) {
  const { kind, id, name, editable } = record;
  if (editable.length === 0) return null;
  const edited = { kind, id, name: name ?? recordKinds[kind], editable, currency: null };
  return (
    <Card title="Synced both ways (editable here)" aside={<EditButton record={edited} />}>
      <Facts
        facts={editable.map(
          (field) => [field.label ?? sentence(plain(field.field)), editableValueText(field)] as const,
        )}
      />
    </Card>
  );
}

function PlaceCard({ place }: { readonly place: RecordDetail['remoteRecords'][number] }) {
  const { record, mergedInto, deleted, fields, modifiedAt, pulledAt } = place;
  return (
    <Card
      title={`In ${record.connection}`}
      aside={!deleted && mergedInto === null && <CrmLink record={record} />}
    >
      {mergedInto !== null && (
        <p className={styles.note}>
          <code>{record.extId}</code> was merged into <code>{mergedInto}</code>.
        </p>
      )}
      {deleted && mergedInto === null && (
        <p className={styles.note}>Deleted in the CRM. These are its last values.</p>
      )}
      {mergedInto === null && (
        <div className={styles.fields}>
          <Facts
            facts={fields.map(
              ({ label, name, value }) =>
                [label, value === null ? null : <span key={name}>{value}</span>] as const,
            )}
          />
        </div>
      )}
      {pulledAt !== null && (
        <p className={styles.note}>
          Changed in the CRM <When at={modifiedAt} />, read <When at={pulledAt} />.
        </p>
      )}
    </Card>
  );
}
