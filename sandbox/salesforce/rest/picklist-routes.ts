import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';
import type { Api } from './api.ts';
import { toId18 } from '#sandbox/salesforce/records/ids.ts';
import { recordTypesOf, valuesOfType } from '#sandbox/salesforce/records/record-types.ts';

/**
 * The values that records of one type may have in each picklist.
 * Source: User Interface API Developer Guide, Get Values for All Picklist Fields of a Record Type.
 */
export function picklistRoutes(app: FastifyInstance, api: Api): void {
  app.get('/ui-api/object-info/:object/picklist-values/:recordTypeId', (request, reply) => {
    const { object: name, recordTypeId } = request.params as { object: string; recordTypeId: string };
    const object = api.object(request, name);
    api.note(request, `picklist values ${object.name}`);
    const type = recordTypesOf(api.org, object.name).find((row) => row.Id === toId18(recordTypeId));
    if (!type)
      throw new ApiError(404, 'INVALID_TYPE', `The record type ${recordTypeId} is not on ${object.name}.`);
    const picklists = object.fields.filter((field) => /picklist/.test(field.type));
    return reply.send({
      eTag: type.Id,
      picklistFieldValues: Object.fromEntries(
        picklists.map((field) => [
          field.name,
          {
            controllerValues: {},
            defaultValue: null,
            values: valuesOfType(api.org, type.Id, field).map((value) => ({
              attributes: null,
              label: value,
              validFor: [],
              value,
            })),
          },
        ]),
      ),
    });
  });
}
