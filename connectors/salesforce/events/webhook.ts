import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import type { WebhookRequest, WebhookVerdict } from '#connectors/contract/crm.ts';

/** Entities stay unread: nothing we take from the message needs them, and a hostile one cannot expand. */
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

/** Without it Salesforce sends the message again for a day. */
const ack =
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
  '</soapenv:Body></soapenv:Envelope>';

/**
 * The records an outbound message says changed; null unless it is one, from our org. These messages carry no
 * signature, which is why they may only wake us: nothing in them is believed but the ids to look at.
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
