import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from '#sandbox/salesforce/rest/api.ts';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import { delimiters, lineEndings, toJobInfo } from './bulk-jobs.ts';
import type { BulkJobs, Job, JobOutcome } from './bulk-jobs.ts';
import { readInput } from '#sandbox/salesforce/rest/read-input.ts';
import { settingsOf } from '#sandbox/salesforce/settings.ts';
import { valueAt } from '#sandbox/salesforce/soql/path.ts';
import type { Path } from '#sandbox/salesforce/soql/path.ts';
import { planQuery } from '#sandbox/salesforce/soql/plan.ts';

const createSchema = z.object({
  operation: z.enum(['query', 'queryAll']),
  query: z.string().min(1),
  columnDelimiter: z.enum(Object.keys(delimiters) as (keyof typeof delimiters)[]).default('COMMA'),
  lineEnding: z.enum(Object.keys(lineEndings) as (keyof typeof lineEndings)[]).default('LF'),
});
const abortSchema = z.object({ state: z.literal('Aborted') });
const parallelPages = 5;

/** Query jobs: the results wait as pages of CSV, by locator or several at once. */
export function bulkQueryRoutes(app: FastifyInstance, api: Api, jobs: BulkJobs): void {
  app.post('/jobs/query', (request, reply) => {
    const input = readInput(createSchema, request.body, 'INVALIDJOB');
    const plan = planQuery(api.org, api.schema(request), input.query);
    if (plan.count)
      throw new ApiError(400, 'INVALIDJOB', 'Aggregate functions are not supported in bulk queries');
    api.note(request, `bulk query ${plan.object.name}`);
    const createdById = api.userId(request);
    const job = jobs.create({
      ...input,
      kind: 'query',
      object: plan.object.name,
      createdById,
      state: 'UploadComplete',
      apiVersion: api.version(request),
    });
    return reply.send(toJobInfo(job));
  });

  app.get('/jobs/query', (request, reply) => {
    api.note(request, 'bulk query jobs');
    return reply.send({ done: true, records: jobs.list('query').map(toJobInfo), nextRecordsUrl: null });
  });
  app.get('/jobs/query/:id', (request, reply) => reply.send(toJobInfo(jobOf(api, jobs, request, 'status'))));
  app.patch('/jobs/query/:id', (request, reply) => {
    const job = jobOf(api, jobs, request, 'abort');
    const { state } = readInput(abortSchema, request.body, 'INVALIDJOB');
    return reply.send(toJobInfo(jobs.move(job, state)));
  });
  app.delete('/jobs/query/:id', (request, reply) => {
    jobs.remove(jobOf(api, jobs, request, 'delete'));
    return reply.status(204).send();
  });
  app.get('/jobs/query/:id/results', (request, reply) => sendPage(api, jobs, request, reply));
  app.get('/jobs/query/:id/resultPages', (request, reply) => reply.send(pageList(api, jobs, request)));
}

/** Runs a query job: its results are what the query finds at this moment. */
export function runQuery(api: Api, jobs: BulkJobs, job: Job): JobOutcome {
  const plan = planQuery(api.org, api.org.schemaFor(job.createdById), job.query ?? '');
  const delimiter = delimiters[job.columnDelimiter];
  const rows = plan
    .select({ includeDeleted: job.operation === 'queryAll' })
    .map((row) =>
      plan.columns.map((column) => quoted(cellOf(column, valueAt(api.org, column, row)))).join(delimiter),
    );
  jobs.putPart('results', job.id, {
    header: plan.columns.map((column) => quoted(nameOf(column))).join(delimiter),
    rows,
  });
  return { processed: rows.length, failed: 0 };
}

/** Bulk data spells instants with a `Z`, where the REST API says `+0000`. */
const cellOf = ({ field }: Path, value: unknown): unknown =>
  field.type === 'datetime' && typeof value === 'string' ? value.replace('+0000', 'Z') : value;

const quoted = (value: unknown): string => `"${String(value ?? '').replaceAll('"', '""')}"`;

const nameOf = ({ parents, field }: Path): string =>
  [...parents.map(({ reference }) => reference.relationshipName ?? reference.name), field.name].join('.');

function jobOf(api: Api, jobs: BulkJobs, request: FastifyRequest, what: string): Job {
  const job = jobs.find('query', (request.params as { id: string }).id);
  api.note(request, `bulk query ${what} ${job.object}`);
  return job;
}

interface Results {
  readonly header: string;
  readonly rows: readonly string[];
}

function resultsOf(jobs: BulkJobs, job: Job): Results {
  if (job.state !== 'JobComplete')
    throw new ApiError(400, 'INVALIDJOBSTATE', `A job in the state ${job.state} has no results`);
  return jobs.part('results', job.id) as unknown as Results;
}

/** Locators are opaque to clients: the first row of the page, and the rows of each. */
const toLocator = (from: number, size: number): string =>
  Buffer.from(`${from}:${size}`).toString('base64url');

function fromLocator(locator: string): { readonly from: number; readonly size: number } {
  const [, from, size] = /^(\d+):(\d+)$/.exec(Buffer.from(locator, 'base64url').toString()) ?? [];
  if (from === undefined || size === undefined)
    throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  return { from: Number(from), size: Number(size) };
}

interface PageQuery {
  readonly locator?: string;
  readonly maxRecords?: string;
}

function sendPage(api: Api, jobs: BulkJobs, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const job = jobOf(api, jobs, request, 'results');
  const { header, rows } = resultsOf(jobs, job);
  const { locator, maxRecords } = request.query as PageQuery;
  const at =
    locator === undefined ? { from: 0, size: settingsOf(api.org).bulkPageRows } : fromLocator(locator);
  const size =
    maxRecords === undefined
      ? at.size
      : Math.min(settingsOf(api.org).bulkPageRows, Math.max(1, Number.parseInt(maxRecords, 10) || 1));
  const page = rows.slice(at.from, at.from + size);
  const next = at.from + size < rows.length ? toLocator(at.from + size, size) : 'null';
  const end = lineEndings[job.lineEnding];
  return reply
    .type('text/csv; charset=UTF-8')
    .header('Sforce-Locator', next)
    .header('Sforce-NumberOfRecords', String(page.length))
    .send([header, ...page].map((line) => line + end).join(''));
}

/** The addresses of up to five pages, to be fetched side by side, and of the next list. */
function pageList(api: Api, jobs: BulkJobs, request: FastifyRequest): object {
  const job = jobOf(api, jobs, request, 'result pages');
  const { rows } = resultsOf(jobs, job);
  const { locator } = request.query as PageQuery;
  const { from, size } =
    locator === undefined ? { from: 0, size: settingsOf(api.org).bulkPageRows } : fromLocator(locator);
  const base = `/services/data/v${api.version(request)}/jobs/query/${job.id}`;
  const starts = Array.from({ length: parallelPages }, (_, n) => from + n * size).filter(
    (start) => start === 0 || start < rows.length,
  );
  const next = from + parallelPages * size;
  const more = next < rows.length;
  return {
    resultPages: starts.map((start) => ({ resultUrl: `${base}/results?locator=${toLocator(start, size)}` })),
    nextRecordsUrl: more ? `${base}/resultPages?locator=${toLocator(next, size)}` : null,
    done: !more,
  };
}
