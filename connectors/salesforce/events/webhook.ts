import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import type { WebhookRequest, WebhookVerdict } from '#connectors/contract/crm.ts';

/**
 * Entities are not expanded, because no value that we use needs them and a hostile one could grow without
 * limit.
 */
const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: false,
  parseTagValue: false,
  processEntities: false,
  isArray: (name) => name === 'Notification',
});

const recordShape = z.object({ '@_type': z.string(), Id: z.string().regex(/^\w{15}(\w{3})?$/) });
const envelopeShape = z.object({
  Envelope: z.object({
    Body: z.object({
      notifications: z.object({
        OrganizationId: z.string(),
        Notification: z
          .array(z.object({ sObject: recordShape }))
          .min(1)
          .max(100),
      }),
    }),
  }),
});

/** Without this answer Salesforce repeats the message for a day. */
const ack =
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
  '</soapenv:Body></soapenv:Envelope>';

/**
 * The changed records of an outbound message. Null unless it is an outbound message of our org. These
 * messages have no signature, so only their ids are used, as hints.
 */
export function readOutboundMessage(
  request: WebhookRequest,
  organizationId: string | undefined,
): WebhookVerdict | null {
  const text = request.rawBody.toString('utf8');
  if (organizationId === undefined || request.method !== 'POST' || XMLValidator.validate(text) !== true)
    return null;
  const envelope = envelopeShape.safeParse(parser.parse(text));
  if (!envelope.success) return null;
  const { OrganizationId, Notification } = envelope.data.Envelope.Body.notifications;
  if (OrganizationId.slice(0, 15) !== organizationId.slice(0, 15)) return null;
  const hints = Notification.map(({ sObject }) => ({
    object: sObject['@_type'].replace(/^.*:/, ''),
    extId: sObject.Id,
  }));
  return { hints, reply: { contentType: 'text/xml; charset=utf-8', body: ack } };
}
