import { Pill } from '../ui/pill.tsx';
import type { WebhookEndpoint } from './webhook-queries.ts';

const reasons = {
  person: 'Disabled',
  gone: 'Disabled: it answered 410 Gone',
  failing: 'Disabled: it failed for 72 hours',
} as const;

export function EndpointState({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { isActive, disabledBecause, failingSince } = endpoint;
  if (!isActive) return <Pill tone="bad">{reasons[disabledBecause ?? 'person']}</Pill>;
  return failingSince === null ? <Pill tone="good">Active</Pill> : <Pill tone="warn">Failing</Pill>;
}
