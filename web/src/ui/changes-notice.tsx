import { Button } from '@mantine/core';
import { Callout } from './layout/callout.tsx';
import type { Seen } from './use-seen.ts';

const mostLines = 20;

/** Names what changed since the person opened the page. A decision waits until they have looked at it. */
export function ChangesNotice({ seen: { changes, accept } }: { readonly seen: Seen }) {
  if (changes.length === 0) return null;
  return (
    <Callout tone="warn" title="This has changed since you opened it">
      <ul>
        {changes.slice(0, mostLines).map(([before, now]) => (
          <li key={`${before} ${now}`}>
            {now ?? 'Removed'}
            {before !== null && <span className="dim"> (before: {before})</span>}
          </li>
        ))}
        {changes.length > mostLines && <li>and {changes.length - mostLines} more</li>}
      </ul>
      <Button size="xs" variant="default" onClick={accept}>
        Continue with the changes
      </Button>
    </Callout>
  );
}
