import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../../api/client.ts';
import { channelQuery } from '../../api/queries.ts';
import { showFailure, showToast } from '../../ui/layout/toast.tsx';

export type ChannelRole = 'partner' | 'rep' | 'cam';

export type ChannelChange =
  | { readonly act: 'role'; readonly email: string; readonly role: ChannelRole; readonly partner?: string }
  | { readonly act: 'leave' | 'return'; readonly email: string }
  | {
      readonly act: 'away';
      readonly email: string;
      readonly from: string;
      readonly to: string;
      readonly delegate: string;
    }
  | { readonly act: 'back'; readonly absence: string }
  | {
      readonly act: 'partner';
      readonly partner: string;
      readonly change: 'suspend' | 'reinstate' | 'terminate';
      readonly reason: string;
    };

/**
 * Changes the channel, says that it is done, and loads the page again.
 *
 * @param options.quiet the caller shows the failure
 */
export function useChannelChange(
  done: string,
  { quiet = false, onDone }: { readonly quiet?: boolean; readonly onDone?: () => void } = {},
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async () => {
      showToast(done, '');
      onDone?.();
      await queries.invalidateQueries({ queryKey: channelQuery.queryKey });
    },
    ...(!quiet && { onError: showFailure }),
  });
}

function send(change: ChannelChange): Promise<unknown> {
  switch (change.act) {
    case 'role': {
      const { email, role, partner } = change;
      const body = { role, ...(partner !== undefined && { partner }) };
      return expectAnswer(api.PUT('/api/channel/people/{email}', { params: { path: { email } }, body }));
    }
    case 'leave':
      return expectAnswer(
        api.POST('/api/channel/people/{email}/leave', { params: { path: { email: change.email } } }),
      );
    case 'return':
      return expectAnswer(
        api.POST('/api/channel/people/{email}/return', { params: { path: { email: change.email } } }),
      );
    case 'away': {
      const { email, from, to, delegate } = change;
      return expectAnswer(
        api.POST('/api/channel/people/{email}/absences', {
          params: { path: { email } },
          body: { from, to, delegate },
        }),
      );
    }
    case 'back':
      return expectAnswer(
        api.DELETE('/api/channel/absences/{id}', { params: { path: { id: change.absence } } }),
      );
    case 'partner': {
      const { partner, change: what, reason } = change;
      return expectAnswer(api.POST('/api/channel/partners', { body: { partner, change: what, reason } }));
    }
  }
}
