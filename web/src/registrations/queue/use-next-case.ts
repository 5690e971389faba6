import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from 'react-router';
import { registrationsQuery } from '../../api/queries.ts';
import { queueView } from './queue-address.ts';

const queuePath = '/registrations';

export interface NextCase {
  /** True when the page was opened from the queue, so that the next case opens after a decision. */
  readonly fromQueue: boolean;
  /** Null when the view has no other registration. */
  readonly open: (() => void) | null;
  /** Opens the next case, or the queue when this was the last one. */
  readonly goOn: () => void;
}

/** The registration after this one in the view of the queue that the page was opened from, or else of those that wait. */
export function useNextCase(id: string): NextCase {
  const navigate = useNavigate();
  const { state } = useLocation() as { state: { readonly from?: string } | null };
  const from = state?.from ?? '';
  const fromQueue = from === queuePath || from.startsWith(`${queuePath}?`);
  const queue = fromQueue ? from : queuePath;
  const view = queueView(new URLSearchParams(queue.slice(queuePath.length)));
  const { data } = useQuery(registrationsQuery(view, view.cursor));
  const ids =
    data?.registrations.filter((one) => one.id === id || one.deferred === null).map((one) => one.id) ?? [];
  const next = ids[ids.indexOf(id) + 1] ?? ids.find((one) => one !== id);
  const open = () => void navigate(`${queuePath}/${next}`, { state: { from: queue } });
  return {
    fromQueue,
    open: next === undefined ? null : open,
    goOn: next === undefined ? () => void navigate(queue) : open,
  };
}
