import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { adminUser } from './bootstrap.ts';
import { toId18 } from './records/ids.ts';
import type { Org } from './records/org.ts';
import { Writer } from './records/writer.ts';
import { rowError } from './rest/api-error.ts';
import { readInput } from './rest/read-input.ts';

const convertSchema = z.strictObject({ id: z.string(), opportunityId: z.string() });

/** A sales rep converts a lead to an opportunity. The REST API has no call for it. */
export function orgLeadRoutes(app: FastifyInstance, org: Org): void {
  app.post('/sandbox/convert-lead', (request, reply) => {
    const input = readInput(convertSchema, request.body);
    const lead = org.row('Lead', toId18(input.id) ?? '');
    const opportunity = org.row('Opportunity', toId18(input.opportunityId) ?? '');
    if (!lead || !opportunity) throw rowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    const object = org.schema().object('Lead');
    if (!object) throw new Error('the org has no leads');
    const closed = { Status: 'Closed - Converted' };
    org.store.batch(() => {
      new Writer(org, org.schema(), { userId: adminUser(org).Id }).update(object, lead.Id, closed);
      const saved = org.row('Lead', lead.Id) ?? lead;
      org.save(object, {
        ...saved,
        IsConverted: true,
        ConvertedDate: org.stamp().slice(0, 10),
        ConvertedAccountId: opportunity['AccountId'] ?? null,
        ConvertedOpportunityId: opportunity.Id,
      });
    });
    return reply.send({ id: lead.Id });
  });
}
