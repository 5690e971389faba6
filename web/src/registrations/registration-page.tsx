import { Button, Kbd } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { registrationQuery } from '../api/queries.ts';
import type { Registration } from '../api/types.ts';
import { dayText, overdueText, stampText } from '../format.ts';
import { TimelineCard } from '../records/timeline-card.tsx';
import { MoneyText } from '../ui/money.tsx';
import { Card, Facts, Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { QueryView } from '../ui/layout/states.tsx';
import { type Label, registrationStatus } from '../words.ts';
import { DecisionCard } from './decision-card.tsx';
import { EditButton } from '../records/edit-button.tsx';
import { CustomFieldsCard } from '../records/editable-fields-card.tsx';
import { FindingsList } from './findings-list.tsx';
import styles from './registration-page.module.css';
import { LifecycleCard } from './lifecycle/lifecycle-card.tsx';
import { stateNames } from './lifecycle/lifecycle-words.ts';
import { PrecedenceDate } from './precedence-date.tsx';
import { useButtonKeys } from '../ui/use-button-keys.ts';
import { useNextCase } from './queue/use-next-case.ts';
import { RivalCard } from './rival-card.tsx';
import { WriteBackCard } from './write-back-card.tsx';

const queue = { to: '/registrations', label: 'Registrations' };

/** One registration with everything that competes with it. */
export function RegistrationPage() {
  const { id = '' } = useParams();
  const query = useQuery(registrationQuery(id));
  const registration = query.data;
  const next = useNextCase(id);
  const onDecided = next.fromQueue ? next.goOn : undefined;
  useButtonKeys();
  return (
    <Page
      parent={queue}
      actions={
        next.open !== null && (
          <Button
            variant="default"
            data-key="n"
            aria-keyshortcuts="n"
            onClick={next.open}
            rightSection={
              <Kbd size="xs" aria-hidden>
                n
              </Kbd>
            }
          >
            Next
          </Button>
        )
      }
      title={registration?.number ?? 'Registration'}
      mark={registration && <Pill tone={stateOf(registration).tone}>{stateOf(registration).label}</Pill>}
      lead={registration && <Lead registration={registration} />}
    >
      <QueryView query={query} rows={10}>
        {(data) => (
          <div className={styles.columns}>
            <div className={styles.stack}>
              <RegistrationCard registration={data} />
              <CustomFieldsCard fields={data.extra} />
              <ConflictSection registration={data} />
              <TimelineCard kind="registration" id={data.id} />
            </div>
            <div className={styles.stack}>
              {data.hasLifecycle ? (
                <LifecycleCard key={id} registration={data} onDecided={onDecided} />
              ) : (
                <DecisionCard key={id} registration={data} onDecided={onDecided} />
              )}
              <WriteBackCard writeBack={data.writeBack} />
            </div>
          </div>
        )}
      </QueryView>
    </Page>
  );
}

const stateOf = ({ state, status }: Registration): Label =>
  state === null ? registrationStatus[status] : stateNames[state];

function Lead({ registration }: { readonly registration: Registration }) {
  return (
    <>
      {registration.partnerName} registers {registration.customerName}
      {registration.overdue && registration.answerDueAt !== null && (
        <strong className={styles.late}> · answer {overdueText(registration.answerDueAt)}</strong>
      )}
    </>
  );
}

function RegistrationCard({ registration }: { readonly registration: Registration }) {
  const { opportunity } = registration;
  return (
    <Card title="Registration" aside={<EditButton record={editedRecord(registration)} />}>
      <div className={styles.facts}>
        <Facts
          facts={[
            ['Partner', registration.partnerName],
            ['Customer', registration.customerName],
            ['Domain', registration.customerDomain],
            ['Country', registration.customerCountry],
            ['Contact', registration.contactEmail],
          ]}
        />
        <Facts
          facts={[
            ['Deal', registration.dealType === 'new' ? 'New business' : 'Renewal'],
            ['Product', registration.productFamily],
            ['Amount', <MoneyText key="amount" money={registration.amount} />],
            ['Expected close', registration.expectedClose && dayText(registration.expectedClose)],
            ['Submitted', stampText(registration.submittedAt)],
            ['Precedence from', <PrecedenceDate key="precedence" registration={registration} />],
            [
              'Opportunity',
              opportunity && `${opportunity.name}${opportunity.stage ? `, ${opportunity.stage}` : ''}`,
            ],
          ]}
        />
      </div>
    </Card>
  );
}

const editedRecord = ({ id, number, editable, amount }: Registration) =>
  ({ kind: 'registration', id, name: number, editable, currency: amount?.currency ?? null }) as const;

function ConflictSection({ registration }: { readonly registration: Registration }) {
  const conflict = registration.conflictCase;
  if (conflict === null || (conflict.rivals.length === 0 && conflict.findings.length === 0)) {
    return (
      <Card title="Conflict case">
        <p className={styles.clear}>
          {registration.status === 'submitted'
            ? 'Not evaluated yet. The next run compares it with other registrations and open opportunities.'
            : 'No conflict: no other registration and no opportunity of our sales team is about this customer.'}
        </p>
      </Card>
    );
  }
  return (
    <section className={styles.stack} aria-labelledby="conflict">
      <div className={styles.conflict}>
        <h2 id="conflict">Conflict case</h2>
        <span className="dim small">
          Programme version {conflict.programVersion}, matching model {conflict.modelVersion}
        </span>
      </div>
      {conflict.findings.length > 0 && (
        <Card title="The registration" flush>
          <FindingsList findings={conflict.findings} />
        </Card>
      )}
      {conflict.rivals.map((entry) => (
        <RivalCard key={entry.rival.id} entry={entry} registration={registration} />
      ))}
    </section>
  );
}
