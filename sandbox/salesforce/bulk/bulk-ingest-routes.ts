import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from '#sandbox/salesforce/rest/api.ts';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import { delimiters, lineEndings, toJobInfo } from './bulk-jobs.ts';
import type { BulkJobs, Job } from './bulk-jobs.ts';
import { resultCsv } from './ingest.ts';
import { readInput } from '#sandbox/salesforce/rest/read-input.ts';

const createSchema = z
  .object({
    object: z.string().min(1),
    operation: z.enum(['insert', 'update', 'upsert', 'delete']),
    externalIdFieldName: z.string().min(1).nullable().default(null),
    columnDelimiter: z.enum(Object.keys(delimiters) as (keyof typeof delimiters)[]).default('COMMA'),
    lineEnding: z.enum(Object.keys(lineEndings) as (keyof typeof lineEndings)[]).default('LF'),
    contentType: z.literal('CSV').default('CSV'),
  })
  .refine((job) => (job.operation === 'upsert') === (job.externalIdFieldName !== null), {
    path: ['externalIdFieldName'],
    message: 'an upsert names its external id field, other operations do not',
  });
const closeSchema = z.object({ state: z.enum(['UploadComplete', 'Aborted']) });

/** Salesforce takes 150 MB after it has encoded the upload in base64. */
const maxUploadBytes = Math.floor((150 * 1_000_000 * 3) / 4);

/** Ingest jobs: rows as one upload of CSV, saved once the job is closed. */
export function bulkIngestRoutes(app: FastifyInstance, api: Api, jobs: BulkJobs): void {
  app.post('/jobs/ingest', (request, reply) => {
    const { contentType: _csv, ...input } = readInput(createSchema, request.body, 'INVALIDJOB');
    const object = api.schema(request).object(input.object);
    if (!object) throw new ApiError(400, 'INVALIDENTITY', `Unknown object: ${input.object}`);
    api.note(request, `bulk ${input.operation} ${object.name}`);
    checkKey(api, request, input.object, input.externalIdFieldName);
    const job = jobs.create({
      ...input,
      kind: 'ingest',
      object: object.name,
      createdById: api.userId(request),
      state: 'Open',
      apiVersion: api.version(request),
      allowDuplicates: api.allowsDuplicates(request),
      client: api.clientOf(request),
    });
    return reply.send(toJobInfo(job));
  });

  app.put(
    '/jobs/ingest/:id/batches',
    { bodyLimit: maxUploadBytes, errorHandler: tooLarge },
    (request, reply) => {
      const job = jobOf(api, jobs, request, 'upload');
      if (job.state !== 'Open' || 'csv' in jobs.part('data', job.id))
        throw new ApiError(400, 'INVALIDJOBSTATE', 'Data can be uploaded once, to an open job');
      jobs.putPart('data', job.id, { csv: String(request.body ?? '') });
      return reply.status(201).send();
    },
  );

  app.patch('/jobs/ingest/:id', (request, reply) => {
    const { state } = readInput(closeSchema, request.body, 'INVALIDJOB');
    const job = jobOf(api, jobs, request, state === 'Aborted' ? 'abort' : 'close');
    return reply.send(toJobInfo(jobs.move(job, state, { faults: request.faults ?? [] })));
  });

  app.get('/jobs/ingest', (request, reply) => {
    api.note(request, 'bulk ingest jobs');
    return reply.send({ done: true, records: jobs.list('ingest').map(toJobInfo), nextRecordsUrl: null });
  });
  app.get('/jobs/ingest/:id', (request, reply) => reply.send(toJobInfo(jobOf(api, jobs, request, 'status'))));
  app.delete('/jobs/ingest/:id', (request, reply) => {
    jobs.remove(jobOf(api, jobs, request, 'delete job'));
    return reply.status(204).send();
  });
  resultRoutes(app, api, jobs);
}

function resultRoutes(app: FastifyInstance, api: Api, jobs: BulkJobs): void {
  for (const kind of ['successful', 'failed'] as const) {
    app.get(`/jobs/ingest/:id/${kind}Results`, (request, reply) => {
      const job = ended(jobOf(api, jobs, request, `${kind} results`));
      const outcome = kind === 'successful' ? 'sf__Created' : 'sf__Error';
      return sendCsv(
        reply,
        String(jobs.part('results', job.id)[kind] ?? resultCsv(job, ['sf__Id', outcome], [])),
      );
    });
  }
  /** Rows are saved in one go, so a job that was aborted or failed has processed none of them. */
  app.get('/jobs/ingest/:id/unprocessedrecords', (request, reply) => {
    const job = ended(jobOf(api, jobs, request, 'unprocessed records'));
    const csv = String(jobs.part('data', job.id)['csv'] ?? '');
    return sendCsv(reply, job.state === 'JobComplete' ? csv.slice(0, csv.indexOf('\n') + 1) : csv);
  });
}

const sendCsv = (reply: FastifyReply, csv: string): FastifyReply =>
  reply.type('text/csv; charset=UTF-8').send(csv);

function ended(job: Job): Job {
  if (['JobComplete', 'Aborted', 'Failed'].includes(job.state)) return job;
  throw new ApiError(400, 'INVALIDJOBSTATE', `A job in the state ${job.state} has no results`);
}

function jobOf(api: Api, jobs: BulkJobs, request: FastifyRequest, what: string): Job {
  const job = jobs.find('ingest', (request.params as { id: string }).id);
  api.note(request, `bulk ${job.operation} ${what} ${job.object}`);
  return job;
}

function checkKey(api: Api, request: FastifyRequest, objectName: string, keyName: string | null): void {
  if (keyName === null) return;
  const key = api.schema(request).field(api.object(request, objectName), keyName);
  if (!key || !(key.externalId || key.type === 'id')) {
    const message = `InvalidJob : Field name provided, ${keyName} does not match an External ID, Salesforce Id, or indexed field for ${objectName}`;
    throw new ApiError(400, 'INVALIDJOB', message);
  }
}

function tooLarge(
  error: Error & { statusCode?: number },
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (error.statusCode !== 413) throw error;
  const message = 'The upload is larger than 150 MB after base64 encoding';
  void reply.status(413).send([{ errorCode: 'REQUEST_ENTITY_TOO_LARGE', message }]);
}
