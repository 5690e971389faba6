import { queryOptions } from '@tanstack/react-query';
import { api, expectAnswer } from '../api/client.ts';
import type { Get } from '../api/types.ts';

export type WebhookEndpoint = Get<'/api/webhook-endpoints'>['endpoints'][number];
export type WebhookDelivery = Get<'/api/webhook-endpoints/{id}/deliveries'>['deliveries'][number];

const refreshMs = 5_000;

export const webhookEndpointsQuery = queryOptions({
  queryKey: ['webhook-endpoints'],
  queryFn: () => expectAnswer(api.GET('/api/webhook-endpoints')),
  refetchInterval: refreshMs,
});

export function webhookDeliveriesQuery(id: string) {
  return queryOptions({
    queryKey: ['webhook-endpoints', id, 'deliveries'],
    queryFn: () =>
      expectAnswer(api.GET('/api/webhook-endpoints/{id}/deliveries', { params: { path: { id } } })),
    refetchInterval: refreshMs,
  });
}

export const noticeMailQuery = queryOptions({
  queryKey: ['notice-mail'],
  queryFn: () => expectAnswer(api.GET('/api/notices/mail')),
  refetchInterval: refreshMs,
});
