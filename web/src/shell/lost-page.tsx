import { Button } from '@mantine/core';
import { Link, useRouteError } from 'react-router';
import { EmptyState } from '../ui/states.tsx';

/** An address that is no page, or a page that broke. */
export function LostPage() {
  const broken = useRouteError() !== undefined && useRouteError() !== null;
  return (
    <EmptyState
      title={broken ? 'This page broke' : 'There is no page here'}
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
  );
}
