import { z } from 'zod';
import type { FailureClass, RemoteFailure } from '#connectors/contract/failures.ts';

/** An error as HubSpot words it; the vendor asks clients to treat every field as optional. */
export const errorSchema = z.object({
  message: z.string().optional(),
  category: z.string().optional(),
  /** `error`, except at the token endpoint, where it is the reason. */
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

/** Turns a refused call, or one refused row of a batch, into a failure somebody can act on. */
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
  const words = details.flatMap((detail) => detail.message ?? []);
  return {
    class: failureClass,
    code,
    message: words.length > 0 ? words.join(' ') : (body.message ?? `HubSpot answered with status ${status}.`),
    fix: fixFor(failureClass, code, fields, body),
    ...(fields.length > 0 ? { fields } : {}),
    ...(failureClass === 'throttle' ? { retryAfterMs: retryAfterMs ?? windowMs[code] ?? 10_000 } : {}),
  };
}

/**
 * How long the window of a limit is, for answers that do not say how long to wait; a used-up day is worth a
 * look every hour.
 */
const windowMs: Readonly<Record<string, number>> = { SECONDLY: 1_000, DAILY: 3_600_000 };

/** Nothing answered, or what answered was not HubSpot. */
export function unreachable(reason: unknown): RemoteFailure {
  return {
    class: 'retry',
    code: 'UNREACHABLE',
    message:
      reason instanceof Error
        ? `${reason.message}${reason.cause instanceof Error ? `: ${reason.cause.message}` : ''}`
        : String(reason),
    fix: 'Check that this server can reach HubSpot; Fairway tries again by itself.',
  };
}

export function unreadable(path: string, reason: string): RemoteFailure {
  return {
    class: 'retry',
    code: 'UNREADABLE_ANSWER',
    message: `HubSpot’s answer to ${path} was not what it documents: ${reason}`,
    fix: 'Try again later; if it persists, report it with this message, as the API may have changed.',
  };
}

interface Detail {
  readonly message?: string | undefined;
  readonly code?: string | undefined;
  readonly fields: readonly string[];
}

/** Newer answers list the refused properties; older ones only quote them, as JSON, inside the message. */
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

/** Not there, or not writable: no value would help. */
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
  // 477: the account moves between data centres.
  if (status >= 500 || status === 477 || status === 408 || transientCategories.has(body.category ?? ''))
    return 'retry';
  return isLocked(status, body) ? 'retry' : 'validation';
}

/** Of a row whose batch was answered: the status of the call says nothing about it. */
const transientCategories = new Set(['INTERNAL_ERROR', 'UNKNOWN', 'TIMEOUT']);

/**
 * Another write to the record is under way. HubSpot also says conflict of something that exists already,
 * which no waiting helps.
 */
const isLocked = (status: number, { category, message = '' }: HubspotErrorBody): boolean =>
  status === 423 ||
  category === 'LOCKED' ||
  (category === 'CONFLICT' && !/already (exists|has)|existing id/i.test(message));

/** A row that can be sent again in a moment, when the other write is over. */
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
      return 'Copy the access token of the private app again (HubSpot: Settings → Integrations → Private apps) into this connection, or install the OAuth app again.';
    case 'permission': {
      const scopes =
        body.errors?.flatMap(
          (error) => error.context?.['requiredGranularScopes'] ?? error.context?.['requiredScopes'] ?? [],
        ) ?? [];
      return `Give the private app the scopes it lacks${scopes.length > 0 ? ` (${scopes.join(', ')})` : ''}; custom objects also need an Enterprise account.`;
    }
    case 'throttle':
      return code === 'DAILY'
        ? 'The account has used up its API calls for today: wait until midnight, or raise the limit in HubSpot.'
        : 'Nothing to do: Fairway waits for HubSpot’s limit and goes on.';
    case 'mapping':
      return fields.length > 0
        ? `Correct the mapping of ${named}: the property is missing in HubSpot or cannot be written; running the installation again adds Fairway’s own.`
        : 'Run the installation for this connection again: the object or property is not in this HubSpot account.';
    case 'gone':
      return 'The record was deleted or merged in HubSpot; restore it there, or let Fairway forget it.';
    case 'retry':
      return 'Nothing to do: Fairway tries again by itself.';
    case 'validation':
      return validationFix(code, named);
  }
}

function validationFix(code: string, named: string): string {
  switch (code) {
    case 'INVALID_OPTION':
      return `Add this option to ${named} in HubSpot, or map the value to one of the options listed.`;
    case 'CONFLICTING_UNIQUE_VALUE':
      return `Another record already has this value in ${named}: merge or correct one of the two in HubSpot.`;
    default:
      return named === ''
        ? 'Correct the record, or the rule in HubSpot that refuses it, and the next run writes it again.'
        : `Correct ${named} on the record, or the rule in HubSpot that refuses it, and the next run writes it again.`;
  }
}
