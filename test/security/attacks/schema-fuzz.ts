import type { InjectOptions } from 'fastify';
import { z } from 'zod';
import type { Role } from '#src/db/schema/people.ts';
import { buildApp } from '#src/http/app.ts';
import type { Attack, AttackResult, AttackSize } from '#test/security/attack-contract.ts';
import { sessionOf } from '#test/http/http-test.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import {
  attemptMaker,
  operationsOf,
  type Attempt,
  type Operation,
  type OpenApiDocument,
} from '#test/security/requests/generate-requests.ts';
import { harvestValues } from '#test/security/requests/harvest-values.ts';

const roles = ['admin', 'ops', 'finance', 'viewer', null] as const satisfies readonly (Role | null)[];
/** Requests in progress at the same time, so that they also meet each other's locks. */
const lanes = 4;
const shownFailures = 30;

/**
 * Requests generated from the OpenAPI document that the app itself serves: mostly well formed, with hostile
 * values in some places. No answer may be a failure of ours, and every answer has the documented form.
 */
export const schemaFuzz: Attack = {
  summary: 'requests made from the OpenAPI document, as each role; no 5xx, every answer as documented',
  sizes: { long: 100_000, short: 250 },
  run,
};

async function run({ attempts, seed, log }: AttackSize): Promise<AttackResult> {
  await using service = await startBootedService();
  await using stack = new AsyncDisposableStack();
  const { deps } = service;
  const app = buildApp(deps);
  stack.defer(() => app.close());
  await app.ready();
  const document = app.swagger() as OpenApiDocument;
  const operations = operationsOf(document);
  const check = answerCheck(operations);
  let persons = 0;
  const signIn = async (role: Role | null): Promise<Record<string, string>> => {
    persons += 1;
    return role === null ? {} : { fairway_session: await sessionOf(deps, role, `${role}-${persons}`) };
  };
  const known = await harvestValues(app, await signIn('admin'));
  const attemptAt = attemptMaker(operations, known);
  const statuses = new Map<number, number>();
  const failures = new Map<string, { readonly count: number; readonly example: string }>();
  for (const role of roles) {
    let cookies = await signIn(role);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < attempts) {
        const number = next;
        next += 1;
        const attempt = attemptAt({ seed, number: number + roles.indexOf(role) * attempts });
        const request: InjectOptions = { ...attempt.request, cookies };
        const answer = await app.inject(request);
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
        const problem = check(attempt, answer);
        if (problem !== null) {
          const key = `${attempt.operation.method} ${attempt.operation.path}: ${problem}`;
          const example = `${role ?? 'a visitor'} ${attempt.request.method} ${attempt.request.url} ${String(attempt.request.payload ?? '')}`;
          const found = failures.get(key);
          failures.set(key, {
            count: (found?.count ?? 0) + 1,
            example: found?.example ?? example.slice(0, 600),
          });
        }
        // Signing out is one of the routes.
        if (role !== null && answer.statusCode === 401) cookies = await signIn(role);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    log(`${role ?? 'a visitor'}: ${attempts} requests, ${failures.size} kinds of failures so far`);
  }
  const broken = [...failures].map(
    ([key, { count, example }]) => `${key} (${count} times), first: ${example}`,
  );
  const count = (low: number, high: number): number =>
    [...statuses].filter(([status]) => status >= low && status < high).reduce((sum, [, one]) => sum + one, 0);
  if (count(200, 300) === 0) broken.push('no request was accepted, so the attack proves little');
  return {
    figures: {
      routes: operations.length,
      requests: count(0, 1000),
      '2xx': count(200, 300),
      '4xx': count(400, 500),
      '5xx': count(500, 600),
    },
    broken: broken.slice(0, shownFailures),
  };
}

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly payload: string;
}

/** Says what is wrong with an answer: a failure of Fairway, or a form that the document does not have. */
function answerCheck(operations: readonly Operation[]) {
  const schemas = new Map<object, z.ZodType>();
  for (const { responses } of operations)
    for (const { content = {} } of Object.values(responses))
      for (const { schema } of Object.values(content))
        if (schema) schemas.set(schema, z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]));
  return ({ operation }: Attempt, { statusCode, headers, payload }: Answer): string | null => {
    if (statusCode >= 500) return `${statusCode} ${payload.slice(0, 200)}`;
    const responses = operation.responses;
    const response = responses[String(statusCode)] ?? responses[`${String(statusCode)[0]}XX`];
    if (!response) return `${statusCode} is not documented`;
    const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
    const described = response.content?.[type];
    if (!described) return `${statusCode} with the type ${type || '(none)'} is not documented`;
    if (type !== 'application/json' || !described.schema) return null;
    const parsed = schemas.get(described.schema)?.safeParse(JSON.parse(payload));
    return parsed?.success === true
      ? null
      : `${statusCode} does not match: ${JSON.stringify(parsed?.error?.issues[0] ?? null).slice(0, 200)}`;
  };
}
