import { useQuery } from '@tanstack/react-query';
import { Card, Facts } from '../ui/layout/page.tsx';
import { QueryView } from '../ui/layout/states.tsx';
import { noticeMailQuery } from './webhook-queries.ts';

const states = {
  sent: 'Sent',
  waiting: 'Waiting',
  sending: 'Being sent',
  failed: 'Refused by the mail server',
  unknown: 'The mail server did not answer; not sent again',
  skipped: 'Not sent',
} as const;

const reasons: Readonly<Record<string, string>> = {
  no_mail_server: 'no mail server is set',
  no_address: 'the person has no e-mail address',
  unsubscribed: 'unsubscribed',
  person_left: 'the person has left',
  registration_erased: 'the registration was erased',
};

/** How many e-mails about registrations were sent, and why others were not. */
export function MailCard() {
  const query = useQuery(noticeMailQuery);
  return (
    <Card title="E-mail about registrations">
      <QueryView query={query}>
        {({ isConfigured, counts }) => (
          <>
            {!isConfigured && (
              <p style={{ margin: 0 }}>
                No mail server is set, so no e-mail is sent. Set SMTP_URL, SMTP_FROM and FAIRWAY_PUBLIC_URL
                and restart.
              </p>
            )}
            <Facts
              facts={counts.map(({ status, reason, count }) => {
                const why = status === 'skipped' && reason !== null ? `: ${reasons[reason] ?? reason}` : '';
                return [`${states[status]}${why}`, count] as const;
              })}
            />
          </>
        )}
      </QueryView>
    </Card>
  );
}
