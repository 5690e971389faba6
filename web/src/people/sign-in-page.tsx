import { Button, Code, CopyButton, Loader } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { api, expectAnswer } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import { LogoMark } from '../shell/logo.tsx';
import { pageAfterSignIn } from '../shell/return-to.ts';
import { AskAgain } from './ask-again.tsx';
import { askForPasskey } from './passkey-client.ts';
import styles from './sign-in-page.module.css';

const command = 'npm run fairway -- login';

/** Exchanges the token of a one-time link for a session. Without a token, explains how to get a link. */
export function SignInPage() {
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const token = params.get('token');
  const signIn = useMutation({
    mutationFn: (given: string) => expectAnswer(api.POST('/api/sign-in', { body: { token: given } })),
    onSuccess: (me) => {
      queries.setQueryData(meQuery.queryKey, me);
      void navigate(pageAfterSignIn(), { replace: true });
    },
    // Removes the used token from the address bar and the history.
    onError: () => setParams({}, { replace: true }),
  });
  const byPasskey = useMutation({
    mutationFn: askForPasskey,
    onSuccess: (me) => {
      queries.setQueryData(meQuery.queryKey, me);
      void navigate(pageAfterSignIn(), { replace: true });
    },
  });
  const [asking, setAsking] = useState(false);
  const { mutate } = signIn;
  const started = useRef(false);
  useEffect(() => {
    document.title = 'Sign in · Fairway';
    if (token === null || started.current) return;
    // A link works once, but React mounts components twice in development.
    started.current = true;
    mutate(token);
  }, [token, mutate]);

  const signingIn = token !== null && !signIn.isError;
  return (
    <main className={styles.page}>
      <div className={styles.panel}>
        <div className={styles.brand}>
          <LogoMark size={36} />
          <span>Fairway</span>
        </div>
        {signingIn ? (
          <div className={styles.busy} role="status">
            <Loader size="sm" />
            Signing you in
          </div>
        ) : (
          <>
            <h1 className={styles.title}>{signIn.isError ? 'This link does not work' : 'Sign in'}</h1>
            {signIn.error && (
              <p className={styles.failure} role="alert">
                {signIn.error.message}
              </p>
            )}
            {byPasskey.error && (
              <p className={styles.failure} role="alert">
                {byPasskey.error.message}
              </p>
            )}
            <Button fullWidth loading={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
              Sign in with a passkey
            </Button>
            <p>The first time, open the sign-in link that you were sent. It works once, within 30 minutes.</p>
            <Button variant="subtle" onClick={() => setAsking(!asking)}>
              I cannot sign in
            </Button>
            {asking && <AskAgain />}
            <p>On the machine that runs Fairway, this makes a link:</p>
            <div className={styles.command}>
              <Code block>{command}</Code>
              <CopyButton value={command}>
                {({ copied, copy }) => (
                  <Button variant="default" onClick={copy}>
                    {copied ? 'Copied' : 'Copy'}
                  </Button>
                )}
              </CopyButton>
            </div>
          </>
        )}
      </div>
    </main>
  );
}
