import { Button } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { Page } from '../ui/layout/page.tsx';
import { EmptyState } from '../ui/layout/states.tsx';

/** An address that is no page, or a page that broke. */
export function LostPage() {
  const broken = useRouteError() !== undefined && useRouteError() !== null;
  return (
    <Page title={broken ? 'This page broke' : 'There is no page here'}>
      <EmptyState
        title={broken ? 'Something in it failed' : 'Check the address'}
        action={
          <Button component={Link} to="/" reloadDocument={broken}>
            To the overview
          </Button>
        }
      >
        {broken
          ? 'Reload it. If it breaks again, tell whoever runs Fairway what you were doing.'
          : 'The link may be old, or something is missing at its end.'}
      </EmptyState>
    </Page>
  );
}
