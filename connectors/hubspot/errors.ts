import { z } from 'zod';
import type { FailureClass, RemoteFailure } from '#connectors/contract/failures.ts';

/** HubSpot's error format. Its documentation asks clients to treat every field as optional. */
export const errorSchema = z.object({
  message: z.string().optional(),
  category: z.string().optional(),
  /** Always `error`, except at the token endpoint, which puts the reason here. */
  status: z.string().optional().catch(undefined),
  policyName: z.string().optional(),
  context: z.record(z.string(), z.array(z.coerce.string())).optional().catch(undefined),
  errors: z
    .array(
      z.object({
        message: z.string().optional(),
        code: z.string().optional(),
        context: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
});
export type HubspotErrorBody = z.infer<typeof errorSchema>;

/** Turns a refused call, or one refused row of a batch, into a failure with a fix. */
export function failureOf(
  status: number,
  body: HubspotErrorBody,
  retryAfterMs: number | null,
): RemoteFailure {
  const details = propertyProblems(body);
  const code =
    details.find((detail) => detail.code)?.code ?? body.policyName ?? body.category ?? `HTTP_${status}`;
  const failureClass = classOf(status, code, body);
  const fields = [...new Set(details.flatMap((detail) => detail.fields))];
  const messages = details.flatMap((detail) => detail.message ?? []);
  return {
    class: failureClass,
    code,
    message:
      messages.length > 0 ? messages.join(' ') : (body.message ?? `HubSpot answered with status ${status}.`),
    fix: fixFor(failureClass, code, fields, body),
    ...(fields.length > 0 ? { fields } : {}),
    ...(failureClass === 'throttle' ? { retryAfterMs: retryAfterMs ?? windowMs[code] ?? 10_000 } : {}),
  };
}

/** The wait after a limit when the answer gives none. A daily limit is tried again every hour. */
const windowMs: Readonly<Record<string, number>> = { SECONDLY: 1_000, DAILY: 3_600_000 };

/** HubSpot did not answer, or something else answered in its place. */
export function unreachable(reason: unknown): RemoteFailure {
  return {
    class: 'retry',
    code: 'UNREACHABLE',
    message: `HubSpot could not be reached: ${
      reason instanceof Error
        ? `${reason.message}${reason.cause instanceof Error ? `: ${reason.cause.message}` : ''}`
        : String(reason)
    }`,
    fix: 'Check that this server can reach HubSpot’s API. A connection that is stored is tried again.',
  };
}

export function unreadable(path: string, reason: string): RemoteFailure {
  return {
    class: 'retry',
    code: 'UNREADABLE_ANSWER',
    message: `HubSpot’s answer to ${path} does not have the documented format: ${reason}`,
    fix: 'Try again later. If it happens again, report this message, because the API may have changed.',
  };
}

interface Detail {
  readonly message?: string | undefined;
  readonly code?: string | undefined;
  readonly fields: readonly string[];
}

/** Newer answers list the refused properties. Older ones quote them as JSON inside the message. */
function propertyProblems(body: HubspotErrorBody): Detail[] {
  if (body.errors?.length) {
    return body.errors.map(({ message, code, context }) => ({
      message,
      code,
      fields: context?.['propertyName'] ?? context?.['properties'] ?? [],
    }));
  }
  const quoted = /^Property values were not valid: (\[.*\])$/s.exec(body.message ?? '')?.[1];
  const parsed = quoted === undefined ? null : quotedSchema.safeParse(quoted);
  return parsed?.success
    ? parsed.data.map(({ message, error, name }) => ({ message, code: error, fields: [name] }))
    : [];
}

const quotedSchema = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.object({ message: z.string(), error: z.string(), name: z.string() })));

/** No other value would help: the property does not exist or is read-only. */
const mappingCodes = new Set(['PROPERTY_DOESNT_EXIST', 'READ_ONLY_VALUE']);

function classOf(status: number, code: string, body: HubspotErrorBody): FailureClass {
  if (
    mappingCodes.has(code) ||
    /Unable to infer object type|property .* does not exist/i.test(body.message ?? '')
  )
    return 'mapping';
  if (status === 429 || body.category === 'RATE_LIMITS') return 'throttle';
  if (
    status === 401 ||
    body.category === 'INVALID_AUTHENTICATION' ||
    body.category === 'EXPIRED_AUTHENTICATION'
  )
    return 'auth';
  if (status === 403 || body.category === 'MISSING_SCOPES') return 'permission';
  if (status === 404 || body.category === 'OBJECT_NOT_FOUND') return 'gone';
  // HubSpot answers 477 while it moves the account to another data centre.
  if (status >= 500 || status === 477 || status === 408 || transientCategories.has(body.category ?? ''))
    return 'retry';
  return isLocked(status, body) ? 'retry' : 'validation';
}

/** The call of a batch succeeded, so only the category of a row shows a transient error. */
const transientCategories = new Set(['INTERNAL_ERROR', 'UNKNOWN', 'TIMEOUT']);

/**
 * Another write to the record is in progress. HubSpot also reports a conflict for a record that exists
 * already, and waiting does not solve that.
 */
const isLocked = (status: number, { category, message = '' }: HubspotErrorBody): boolean =>
  status === 423 ||
  category === 'LOCKED' ||
  (category === 'CONFLICT' && !/already (exists|has)|existing id/i.test(message));

/** True when the row can be sent again after the other write has finished. */
export const isLock = (failure: RemoteFailure): boolean =>
  failure.class === 'retry' && lockCodes.has(failure.code);
const lockCodes = new Set(['LOCKED', 'CONFLICT', 'HTTP_423']);

function fixFor(
  failureClass: FailureClass,
  code: string,
  fields: readonly string[],
  body: HubspotErrorBody,
): string {
  const named = fields.join(', ');
  switch (failureClass) {
    case 'auth':
      return 'Copy the access token of the service key or app (HubSpot: Settings › Integrations) into this connection again, or install the OAuth app again.';
    case 'permission': {
      const scopes =
        body.errors?.flatMap(
          (error) => error.context?.['requiredGranularScopes'] ?? error.context?.['requiredScopes'] ?? [],
        ) ?? [];
      const add = `Add the missing scopes${scopes.length > 0 ? ` ${scopes.join(', ')}` : ''} to the service key or app (HubSpot: Settings › Integrations).`;
      return scopes.length > 0 && !scopes.some((scope) => scope.includes('.custom.'))
        ? add
        : `${add} Registrations and payouts are custom objects: HubSpot offers these scopes only to accounts with an Enterprise subscription.`;
    }
    case 'throttle':
      return code === 'DAILY'
        ? 'The account has used all its API calls of today. Wait until midnight, or buy a higher API limit from HubSpot.'
        : 'Nothing to do: Fairway waits and then continues.';
    case 'mapping':
      return fields.length > 0
        ? `Correct the mapping of ${named}: the property does not exist in HubSpot or is read-only. Connect the account again to add missing properties of Fairway.`
        : 'The object or property does not exist in this HubSpot account. Connect the account again to add it.';
    case 'gone':
      return 'The record was deleted or merged in HubSpot. Restore it there if it is still needed.';
    case 'retry':
      return 'Nothing to do: Fairway tries again.';
    case 'validation':
      return validationFix(code, named);
  }
}

function validationFix(code: string, named: string): string {
  switch (code) {
    case 'INVALID_OPTION':
      return `Add this option to ${named} (HubSpot: Settings › Properties), or map the value to one of its options.`;
    case 'CONFLICTING_UNIQUE_VALUE':
      return `Another record has the same value in ${named}. Merge the two records or correct one of them in HubSpot.`;
    default:
      return named === ''
        ? 'Correct the record, or the rule that refuses it (HubSpot: Settings › Properties). The next run writes it again.'
        : `Correct ${named} on the record, or the rule that refuses it (HubSpot: Settings › Properties). The next run writes it again.`;
  }
}
