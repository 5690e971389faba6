import type { FastifyInstance, FastifyReply } from 'fastify';
import { XMLParser } from 'fast-xml-parser';
import { sessionUser } from '#sandbox/salesforce/auth/access-tokens.ts';
import { organizationId } from '#sandbox/salesforce/bootstrap.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';

const parser = new XMLParser({ removeNSPrefix: true });

interface Envelope {
  readonly Envelope?: {
    readonly Header?: { readonly SessionHeader?: { readonly sessionId?: string } };
    readonly Body?: Readonly<Record<string, unknown>>;
  };
}

/**
 * The one call of the SOAP API that has no counterpart in REST: `getUserInfo` names the currency of an org that
 * has only one.
 */
export function userInfoRoutes(app: FastifyInstance, org: Org): void {
  app.addContentTypeParser('text/xml', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.post('/services/Soap/u/:version', (request, reply) => {
    const { Envelope: envelope } = parser.parse(String(request.body)) as Envelope;
    const userId = sessionUser(org, envelope?.Header?.SessionHeader?.sessionId ?? '');
    if (userId === null)
      return fault(reply, 'INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader');
    if (!envelope?.Body || !('getUserInfo' in envelope.Body))
      return fault(reply, 'UNKNOWN_EXCEPTION', 'only getUserInfo is here');
    org.store.recordCall({
      vendor: 'salesforce',
      at: org.now().toISOString(),
      method: 'POST',
      path: request.url,
      status: 200,
      summary: 'user info',
    });
    return answer(
      reply,
      `<getUserInfoResponse xmlns="urn:partner.soap.sforce.com"><result>${elements(userInfo(org, userId))}</result></getUserInfoResponse>`,
    );
  });
}

function userInfo(org: Org, userId: string): Readonly<Record<string, string>> {
  const { currency, currencies, timeZone } = org.profile;
  const organization = org.rows('Organization').values().next().value;
  return {
    // The vendor leaves this one out where several currencies are on.
    ...(currencies === null ? { orgDefaultCurrencyIsoCode: currency } : {}),
    organizationId: organizationId(org),
    organizationMultiCurrency: String(currencies !== null),
    organizationName: String(organization?.['Name'] ?? ''),
    ...(currencies === null ? {} : { userDefaultCurrencyIsoCode: currency }),
    userId,
    userTimeZone: timeZone,
  };
}

const elements = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`)
    .join('');

const envelopeOf = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

const answer = (reply: FastifyReply, body: string): FastifyReply =>
  reply.type('text/xml; charset=utf-8').send(envelopeOf(body));

const fault = (reply: FastifyReply, errorCode: string, message: string): FastifyReply =>
  answer(
    reply.status(500),
    `<soapenv:Fault><faultcode>sf:${errorCode}</faultcode><faultstring>${errorCode}: ${message}</faultstring></soapenv:Fault>`,
  );
