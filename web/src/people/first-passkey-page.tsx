import { Card, Page } from '../ui/layout/page.tsx';
import { AddPasskeyForm } from './add-passkey-form.tsx';

/** What a sign-in link shows in production: the link is only for adding a passkey. */
export function FirstPasskeyPage() {
  return (
    <Page
      title="Add a passkey"
      lead="You sign in with a passkey from now on: your fingerprint, your face, a PIN or a security key. A sign-in link is only for adding one."
    >
      <Card>
        <p>
          A passkey that a link added confirms approvals after 24 hours, or as soon as a second admin confirms
          you. So nobody who gets hold of a link can approve anything with it.
        </p>
        <AddPasskeyForm />
      </Card>
    </Page>
  );
}
