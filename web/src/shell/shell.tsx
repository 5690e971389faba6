import { Burger, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect, useRef } from 'react';
import { Navigate, Outlet, useLocation, useNavigation } from 'react-router';
import { Refusal } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import { FailureState } from '../ui/layout/states.tsx';
import { FirstPasskeyPage } from '../people/first-passkey-page.tsx';
import { LogoMark } from './logo.tsx';
import { Notices } from './notices.tsx';
import { Rail } from './rail.tsx';
import { rememberPage } from './return-to.ts';
import styles from './shell.module.css';

/** The frame of every page: navigation at the side, or behind a button on narrow screens. */
export function Shell() {
  const me = useQuery(meQuery);
  const location = useLocation();
  const navigation = useNavigation();
  const [menuOpen, { toggle, close }] = useDisclosure(false);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    close();
    main.current?.scrollTo({ top: 0 });
  }, [location.pathname, close]);

  const isSignedOut = me.error instanceof Refusal && me.error.code === 'not_signed_in';
  const page = location.pathname + location.search;
  useEffect(() => {
    if (isSignedOut && page !== '/') rememberPage(page);
  }, [isSignedOut, page]);

  if (isSignedOut) return <Navigate to="/sign-in" replace />;
  if (!me.data) return me.error && <FailureState error={me.error} retry={() => void me.refetch()} />;
  return (
    <div className={styles.frame}>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <div className={styles.rail}>
        <Rail me={me.data} />
      </div>
      <div className={styles.bar}>
        <Burger
          opened={menuOpen}
          onClick={toggle}
          size="sm"
          color="currentColor"
          aria-label="Navigation"
          aria-expanded={menuOpen}
        />
        <LogoMark size={24} />
        <span className={styles.word}>Fairway</span>
      </div>
      <Drawer.Root opened={menuOpen} onClose={close} size={248}>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Navigation">
          <Drawer.Body className={styles.drawer ?? ''}>
            <Rail me={me.data} />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <main
        id="main"
        ref={main}
        className={styles.main}
        data-loading={navigation.state === 'loading' || undefined}
      >
        <Notices me={me.data} />
        {me.data.needsPasskey ? (
          <FirstPasskeyPage />
        ) : (
          <Suspense>
            <Outlet />
          </Suspense>
        )}
      </main>
    </div>
  );
}
