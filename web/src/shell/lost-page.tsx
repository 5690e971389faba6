import { Button } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { Page } from '../ui/layout/page.tsx';
import { EmptyState } from '../ui/layout/states.tsx';

/** The page for an unknown address or after an error. */
export function LostPage() {
  const broken = useRouteError() !== undefined && useRouteError() !== null;
  return (
    <Page title={broken ? 'This page has an error' : 'Page not found'}>
      <EmptyState
        title={broken ? 'Part of the page failed' : 'Check the address'}
        action={
          <Button component={Link} to="/" reloadDocument={broken}>
            To the overview
          </Button>
        }
      >
        {broken
          ? 'Reload the page. If it fails again, report to your Fairway administrator what you were doing.'
          : 'The link may be outdated or incomplete.'}
      </EmptyState>
    </Page>
  );
}
