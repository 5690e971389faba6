/** The body of an outbound webhook: small, with ids and links. https://www.standardwebhooks.com: `type`, `timestamp`, `data`. */
import { z } from 'zod';
import { defaultNotices } from '#src/domain/program/document/default-notices.ts';
import type { NoticeFacts } from './notice-facts.ts';

export const testEventType = 'fairway.test';

const eventPrefix = 'registration.';

/** Every type of event that an endpoint can ask for. */
export const webhookEventTypes: readonly string[] = Object.keys(defaultNotices)
  .map((event) => `${eventPrefix}${event}`)
  .toSorted();

/** An event of the lifecycle by its name and, for an escalation, the share of the time that has passed. */
export function eventOfNotice(event: string): { readonly name: string; readonly percent: number | null } {
  const [, percent] = /^escalated_(\d+)$/.exec(event) ?? [];
  return percent === undefined
    ? { name: event, percent: null }
    : { name: 'escalated', percent: Number(percent) };
}

const data = z.strictObject({
  noticeId: z.uuid().meta({ description: 'Names the event. Several endpoints get the same.' }),
  registrationId: z.uuid(),
  number: z.string().meta({ description: 'The number of the registration, as people write it.' }),
  partnerId: z.uuid().meta({ description: 'The partner that registered the deal.' }),
  opportunityId: z.uuid().nullable().meta({ description: 'The linked opportunity.' }),
  state: z.string().meta({ description: 'The state of the registration when the event was recorded.' }),
  version: z.int().meta({ description: 'Increases with each change that a decision is about.' }),
  reasonCode: z.string().nullable().meta({ description: 'The coded reason of the present state.' }),
  protectedUntil: z.iso.date().nullable().meta({ description: 'The last protected day.' }),
  programVersion: z.int().meta({ description: 'The version of the partner programme that counts.' }),
  due: z.iso.datetime().nullable().meta({ description: 'When the answer is due that people wait for.' }),
  refusal: z.string().nullable().meta({
    description: 'Why the last command from the CRM was refused, for crm_refused.',
  }),
  days: z.int().nullable().meta({ description: 'Days until the protection ends, for about_to_expire.' }),
  percent: z.int().nullable().meta({ description: 'The share of the time that has passed, for escalated.' }),
  redacted: z.boolean().meta({
    description: 'True when the partner must not see names and numbers of other partners for the deal.',
  }),
  link: z.url().nullable().meta({ description: 'The page of the registration for people who sign in.' }),
  api: z.string().meta({ description: 'The path of the registration in the API.' }),
});

const eventBody = z.strictObject({
  type: z.enum(webhookEventTypes as [string, ...string[]]),
  timestamp: z.iso.datetime().meta({ description: 'When the event was recorded, in UTC.' }),
  data,
});
const testBody = z.strictObject({
  type: z.literal(testEventType),
  timestamp: z.iso.datetime(),
  data: z.strictObject({ endpointId: z.uuid() }),
});

/** The JSON Schema in `docs/notices/webhook.schema.json`; a test keeps the two equal. */
export function webhookJsonSchema(): object {
  return { title: 'Webhook of Fairway', ...z.toJSONSchema(z.union([eventBody, testBody])) };
}

export interface NoticeToSend {
  readonly id: string;
  readonly registrationId: string;
  readonly at: Date;
  readonly event: string;
  readonly redacted: boolean;
  readonly days: number | null;
  readonly facts: NoticeFacts;
}

/** @param publicUrl the address of the console; null when it is not configured */
export function webhookBody(
  { id, registrationId, at, event, redacted, days, facts }: NoticeToSend,
  publicUrl: string | null,
): { readonly type: string; readonly body: string } {
  const { name, percent } = eventOfNotice(event);
  const type = `${eventPrefix}${name}`;
  const page = `/registrations/${registrationId}`;
  const content: z.input<typeof eventBody> = {
    type,
    timestamp: at.toISOString(),
    data: {
      noticeId: id,
      registrationId,
      ...facts,
      refusal: name === 'crm_refused' ? facts.refusal : null,
      days,
      percent,
      redacted,
      link: publicUrl === null ? null : `${publicUrl}${page}`,
      api: `/api${page}/lifecycle`,
    },
  };
  return { type, body: JSON.stringify(content) };
}

export function testWebhookBody(endpointId: string, at: Date): string {
  const content: z.input<typeof testBody> = {
    type: testEventType,
    timestamp: at.toISOString(),
    data: { endpointId },
  };
  return JSON.stringify(content);
}
