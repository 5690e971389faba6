import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Api } from './api.ts';
import { ApiError, toErrorBody } from './api-error.ts';
import { readInput } from './read-input.ts';
import { substitute } from './references.ts';

const maxSubrequests = 25;
/** The maximum of queries and collections among the subrequests. */
const maxHeavy = 5;
const maxGraphNodes = 500;
/** After so many graphs have failed, Salesforce gives up on the others. */
const maxFailedGraphs = 14;

const subrequestSchema = z.object({
  method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
  url: z.string().startsWith('/services/data/'),
  referenceId: z.string().regex(/^[A-Za-z]\w*$/),
  body: z.record(z.string(), z.unknown()).nullish(),
  httpHeaders: z.record(z.string(), z.string()).default({}),
});
type Subrequest = z.infer<typeof subrequestSchema>;

const subrequests = z.array(subrequestSchema).min(1);
const compositeSchema = z.object({ allOrNone: z.boolean().default(false), compositeRequest: subrequests });
const graphsSchema = z.object({
  graphs: z.array(z.object({ graphId: z.string().min(1), compositeRequest: subrequests })).min(1),
});

interface SubAnswer {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

/** Several calls as one, each able to use the answers of those before it. */
export function compositeRoutes(app: FastifyInstance, api: Api): void {
  app.post('/composite', async (request) => {
    const { allOrNone, compositeRequest } = readInput(compositeSchema, request.body);
    limit(compositeRequest.length, maxSubrequests, 'subrequests');
    limit(
      compositeRequest.filter(({ url }) => /\/(query|queryAll|composite\/sobjects)\b/.test(url)).length,
      maxHeavy,
      'queries or collections',
    );
    const compositeResponse = await runAll(app, api, request, compositeRequest, allOrNone);
    api.note(request, `composite × ${compositeRequest.length}`);
    return { compositeResponse };
  });

  app.post('/composite/graph', async (request) => {
    const { graphs } = readInput(graphsSchema, request.body);
    limit(graphs.flatMap((graph) => graph.compositeRequest).length, maxGraphNodes, 'nodes');
    const answers: {
      graphId: string;
      graphResponse: { compositeResponse: SubAnswer[] };
      isSuccessful: boolean;
    }[] = [];
    for (const { graphId, compositeRequest } of graphs) {
      const giveUp = answers.filter((answer) => !answer.isSuccessful).length >= maxFailedGraphs;
      const compositeResponse = giveUp
        ? compositeRequest.map(halted)
        : await runAll(app, api, request, compositeRequest, true);
      const isSuccessful = compositeResponse.every(succeeded);
      answers.push({ graphId, graphResponse: { compositeResponse }, isSuccessful });
    }
    api.note(request, `composite graph × ${graphs.length}`);
    return { graphs: answers };
  });
}

function limit(count: number, max: number, what: string): void {
  if (count > max)
    throw new ApiError(400, 'LIMIT_EXCEEDED', `The request has ${count} ${what}; the limit is ${max}`);
}

const succeeded = (answer: SubAnswer): boolean => answer.httpStatusCode < 400;

/**
 * One after the other. With `allOrNone` the first failure rolls back all subrequests, and every other result
 * says so.
 */
async function runAll(
  app: FastifyInstance,
  api: Api,
  request: FastifyRequest,
  parts: readonly Subrequest[],
  allOrNone: boolean,
): Promise<SubAnswer[]> {
  const transaction = api.writer(request);
  const mark = transaction.mark();
  const bodies = new Map<string, unknown>();
  const answers: SubAnswer[] = [];
  for (const part of parts) {
    const answer = await runOne(app, api, request, part, bodies);
    answers.push(answer);
    if (succeeded(answer)) bodies.set(part.referenceId, answer.body);
    else if (allOrNone) {
      api.org.store.batch(() => transaction.rollBack(mark));
      return parts.map((one) => (one === part ? answer : halted(one)));
    }
  }
  return answers;
}

async function runOne(
  app: FastifyInstance,
  api: Api,
  request: FastifyRequest,
  part: Subrequest,
  bodies: ReadonlyMap<string, unknown>,
): Promise<SubAnswer> {
  const { method, referenceId, httpHeaders } = part;
  try {
    const { url, body } = substitute({ url: part.url, body: part.body }, bodies);
    const answer = await api.inner.run(app, request, { method, url, headers: httpHeaders, body });
    const id = answer.status === 201 ? (answer.body as { id?: string } | null)?.id : undefined;
    return {
      body: answer.body,
      httpHeaders: id ? { Location: `${url}/${id}` } : {},
      httpStatusCode: answer.status,
      referenceId,
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { body: toErrorBody(error), httpHeaders: {}, httpStatusCode: error.status, referenceId };
  }
}

function halted({ referenceId }: Subrequest): SubAnswer {
  const message = 'The transaction was rolled back since another operation in the same transaction failed.';
  return {
    body: [{ errorCode: 'PROCESSING_HALTED', message }],
    httpHeaders: {},
    httpStatusCode: 400,
    referenceId,
  };
}
