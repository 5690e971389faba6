import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Org } from './records/org.ts';
import { readInput } from './rest/read-input.ts';
import { addValuesToType } from './records/record-types.ts';
import {
  calculateField,
  deleteField,
  renameField,
  requireField,
  restrictField,
  retireValue,
} from './setup.ts';

const place = { object: z.string(), field: z.string() };
const renameSchema = z.strictObject({ ...place, to: z.string().regex(/^[A-Za-z]\w{0,76}__c$/) });
const deleteSchema = z.strictObject(place);
const requireSchema = z.strictObject({ ...place, required: z.boolean().default(true) });
const restrictSchema = z.strictObject({ ...place, restricted: z.boolean().default(true) });
const typeSchema = z.strictObject({ recordType: z.string(), field: z.string(), values: z.array(z.string()) });
const calculateSchema = z.strictObject({ ...place, id: z.string(), value: z.unknown() });
const retireSchema = z.strictObject({ ...place, value: z.string().min(1) });

/** Changes of fields by an administrator in Setup; not part of a Salesforce API. */
export function orgSetupRoutes(app: FastifyInstance, org: Org): void {
  app.post('/sandbox/fields/rename', (request, reply) => {
    const { to, ...field } = readInput(renameSchema, request.body);
    org.store.batch(() => renameField(org, field, to));
    return reply.send({ field: to });
  });

  app.post('/sandbox/fields/delete', (request, reply) => {
    const field = readInput(deleteSchema, request.body);
    org.store.batch(() => deleteField(org, field));
    return reply.send({ deleted: field.field });
  });

  app.post('/sandbox/fields/require', (request, reply) => {
    const { required, ...field } = readInput(requireSchema, request.body);
    org.store.batch(() => requireField(org, field, required));
    return reply.send({ field: field.field, required });
  });

  app.post('/sandbox/fields/restrict', (request, reply) => {
    const { restricted, ...field } = readInput(restrictSchema, request.body);
    org.store.batch(() => restrictField(org, field, restricted));
    return reply.send({ field: field.field, restricted });
  });

  app.post('/sandbox/record-types/add-values', (request, reply) => {
    const { recordType, field, values } = readInput(typeSchema, request.body);
    org.store.batch(() => addValuesToType(org, recordType, field, values));
    return reply.send({ recordType, field, values });
  });

  app.post('/sandbox/fields/calculate', (request, reply) => {
    const { id, value, ...field } = readInput(calculateSchema, request.body);
    org.store.batch(() => calculateField(org, field, id, value));
    return reply.send({ field: field.field, id });
  });

  app.post('/sandbox/fields/retire-value', (request, reply) => {
    const { value, ...field } = readInput(retireSchema, request.body);
    org.store.batch(() => retireValue(org, field, value));
    return reply.send({ field: field.field, retired: value });
  });
}
