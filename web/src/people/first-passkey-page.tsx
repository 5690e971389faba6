import { Card, Page } from '../ui/layout/page.tsx';
import { AddPasskeyForm } from './add-passkey-form.tsx';

/** The page behind a sign-in link in production: the link only adds a passkey. */
export function FirstPasskeyPage() {
  return (
    <Page
      title="Add a passkey"
      lead="You sign in with a passkey from now on: your fingerprint, your face, a PIN or a security key. A sign-in link is only for adding one."
    >
      <Card>
        <p>
          A passkey that a link added confirms approvals after a waiting time (24 hours by default), or as
          soon as a second admin confirms you. So a stolen link is not enough to approve anything.
        </p>
        <AddPasskeyForm />
      </Card>
    </Page>
  );
}
