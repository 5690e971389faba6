import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Api } from '#sandbox/salesforce/rest/api.ts';
import { ApiError } from '#sandbox/salesforce/rest/api-error.ts';
import { isWithheld } from '#sandbox/salesforce/rest/user-permissions.ts';
import { makeId } from '#sandbox/salesforce/records/ids.ts';
import { deployPackage } from './metadata.ts';
import type { DeployOutcome } from './metadata.ts';

interface DeployOptions {
  readonly checkOnly?: boolean;
  readonly rollbackOnError?: boolean;
}

/** Deployments over REST: a multipart request with the zip, then its result by id. */
export function metadataRoutes(app: FastifyInstance, api: Api): void {
  app.post('/metadata/deployRequest', async (request, reply) => {
    api.note(request, 'metadata deploy');
    if (isWithheld(api.org, 'ModifyMetadata'))
      throw new ApiError(
        403,
        'INSUFFICIENT_ACCESS',
        'use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions',
      );
    const { zip, options } = await readUpload(request);
    const startedAt = api.org.stamp();
    const outcome = api.org.store.batch(() => deployPackage(api.org, zip, options.checkOnly ?? false));
    const deploys = api.org.store.collection('salesforce:#deploy');
    const id = makeId('0Af', deploys.size + 1);
    api.org.store.put(
      'salesforce:#deploy',
      id,
      resultOf(id, options, outcome, startedAt, api.userId(request)),
    );
    return reply.status(201).send({
      id,
      deployOptions: options,
      deployResult: { id, done: false, status: 'Pending', success: false },
    });
  });

  app.get('/metadata/deployRequest/:id', (request, reply) => {
    api.note(request, 'metadata deploy status');
    const result = api.org.store.collection('salesforce:#deploy').get((request.params as { id: string }).id);
    if (!result) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    const { details, ...brief } = result;
    const detailed = (request.query as { includeDetails?: string }).includeDetails === 'true';
    return reply.send({ id: brief['id'], deployResult: detailed ? { ...brief, details } : brief });
  });
}

async function readUpload(request: FastifyRequest): Promise<{ zip: Uint8Array; options: DeployOptions }> {
  if (!Buffer.isBuffer(request.body))
    throw new ApiError(400, 'INVALID_MULTIPART_REQUEST', 'The request must be multipart/form-data');
  const form = await new Response(new Uint8Array(request.body), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
  const file = form.get('file');
  const entity = form.get('entity_content') ?? form.get('json');
  if (!(file instanceof Blob))
    throw new ApiError(400, 'INVALID_MULTIPART_REQUEST', 'the part named file is missing');
  const text = entity instanceof Blob ? await entity.text() : (entity ?? '{}');
  const { deployOptions = {} } = JSON.parse(text) as { deployOptions?: DeployOptions };
  return { zip: new Uint8Array(await file.arrayBuffer()), options: deployOptions };
}

function resultOf(
  id: string,
  options: DeployOptions,
  outcome: DeployOutcome,
  startedAt: string,
  userId: string,
): Record<string, unknown> {
  const success = outcome.failures.length === 0;
  return {
    id,
    checkOnly: options.checkOnly ?? false,
    completedDate: startedAt,
    createdBy: userId.slice(0, 15),
    createdDate: startedAt,
    done: true,
    ignoreWarnings: false,
    numberComponentErrors: outcome.failures.length,
    numberComponentsDeployed: success ? outcome.successes.length : 0,
    numberComponentsTotal: outcome.failures.length + outcome.successes.length,
    numberTestErrors: 0,
    numberTestsCompleted: 0,
    numberTestsTotal: 0,
    rollbackOnError: options.rollbackOnError ?? true,
    startDate: startedAt,
    status: success ? 'Succeeded' : 'Failed',
    success,
    details: { componentSuccesses: outcome.successes, componentFailures: outcome.failures },
  };
}
