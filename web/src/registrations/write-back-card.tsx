import type { WriteBack } from '../api/types.ts';
import { CrmLink } from '../ui/crm-link.tsx';
import { Card } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { When } from '../ui/when.tsx';
import { crmNameText, crmValueText, type Tone } from '../words.ts';
import styles from './write-back-card.module.css';

const states: Readonly<
  Record<WriteBack['fields'][number]['state'], { readonly label: string; readonly tone: Tone }>
> = {
  written: { label: 'Written', tone: 'good' },
  waiting: { label: 'Waiting', tone: 'info' },
  refused: { label: 'Refused', tone: 'bad' },
};

/** The fields that Fairway writes to the CRM for this registration, and their state. */
export function WriteBackCard({ writeBack }: { readonly writeBack: readonly WriteBack[] }) {
  if (writeBack.length === 0) {
    return (
      <Card title="In the CRM">
        <p className={styles.none}>No CRM record is linked yet.</p>
      </Card>
    );
  }
  return (
    <Card title="In the CRM" flush>
      {writeBack.map((record) => (
        <div key={`${record.record.object}-${record.record.extId}`} className={styles.record}>
          <div className={styles.head}>
            <strong title={record.record.object}>{crmNameText(record.record.object)}</strong>
            <CrmLink record={record.record} />
          </div>
          {record.fields.length === 0 && (
            <p className={styles.none}>Nothing has been written to this record.</p>
          )}
          <dl className={styles.fields}>
            {record.fields.map((field) => (
              <div key={field.name}>
                <dt title={field.name}>{crmNameText(field.name)}</dt>
                <dd>
                  <span className={styles.value} title={field.desired ?? undefined}>
                    {field.desired === null ? (
                      <span className="dim">empty</span>
                    ) : (
                      crmValueText(field.desired)
                    )}
                  </span>
                  <Pill tone={states[field.state].tone}>{states[field.state].label}</Pill>
                </dd>
              </div>
            ))}
          </dl>
          {record.failure && (
            <p className={styles.failure}>
              {record.record.connection} answered: {record.failure.message} {record.failure.fix}
            </p>
          )}
          {record.writtenAt !== null && (
            <p className={styles.none}>
              Last written <When at={record.writtenAt} />
            </p>
          )}
        </div>
      ))}
    </Card>
  );
}
