import { z } from 'zod';
import { openSecrets } from '#src/db/connections/secrets.ts';
import { addSourceRefusal, type RegistrationSource } from '#src/db/registrations/source-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { webhookFault, type ReceivedWebhook } from '#src/domain/notices/webhook-signature.ts';
import { namedPartner } from '#src/operations/registrations/import/named-partner.ts';
import { refusalError } from '#src/operations/registrations/lifecycle/refusal-error.ts';
import type { StepOutcome } from '#src/operations/registrations/lifecycle/run-step.ts';
import { submitRegistration } from '#src/operations/registrations/lifecycle/submit-registration.ts';

const term = z.union([
  z.string().max(1_000),
  z.array(z.string().max(100)).max(1_000),
  z.boolean(),
  z.number(),
]);

/** The body of a webhook that submits a registration, in the form that Standard Webhooks recommends. */
const message = z.object({
  type: z.literal('registration.submit'),
  data: z.strictObject({
    partner: z.string().max(200).default(''),
    key: z.string().trim().min(1).max(200).optional(),
    number: z.string().trim().min(1).max(80).optional(),
    opportunity: z.uuid().optional(),
    terms: z.record(z.string().max(100), term),
  }),
});

const faults = {
  headers:
    'The headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks are missing or cannot be read.',
  time: 'webhook-timestamp is more than five minutes away from now. Correct the clock of the sender.',
  signature: 'The signature does not fit. Sign the bytes of the body with the present secret of the source.',
} as const;

/**
 * Submits what a signed webhook says. `webhook-id`, or a key in the body, is the key of the submission, so a webhook
 * that is sent again changes nothing. A refused one is on the log of the source.
 *
 * @throws AppError `not_signed_in` for a request that is not signed now with its secret, and every refusal of a submission
 */
export async function receiveRegistration(
  deps: Deps,
  source: RegistrationSource,
  received: ReceivedWebhook,
): Promise<NonNullable<StepOutcome['result']>> {
  try {
    return await receive(deps, source, received);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error;
    await addSourceRefusal(deps.db, {
      sourceId: source.id,
      at: deps.clock(),
      messageId: received.id === '' ? null : received.id.slice(0, 200).replaceAll('\0', ''),
      reason: error.message.slice(0, 2_000),
    });
    throw error;
  }
}

async function receive(
  deps: Deps,
  source: RegistrationSource,
  received: ReceivedWebhook,
): Promise<NonNullable<StepOutcome['result']>> {
  const now = deps.sharedClock();
  const fault = webhookFault(received, secretsOf(deps, source, now), now);
  if (fault !== null) throw new AppError('not_signed_in', faults[fault]);
  if (!source.isActive)
    throw new AppError('not_allowed', 'This source is disabled. Ask an admin of Fairway to enable it.');
  const { partner, key = received.id, terms, ...values } = messageIn(received.body).data;
  const { id, problem } = await namedPartner(deps.db, partner.trim());
  if (problem !== null)
    throw new AppError('bad_request', `partner: ${problem}`, { fields: { partner: problem } });
  const { refused, result } = await submitRegistration(deps, {
    by: source.sender,
    via: 'webhook',
    with: { ...values, ...(id === undefined ? {} : { partner: id }), key, terms: termsAsText(terms) },
  });
  if (refused !== null) throw refusalError(refused);
  if (result === null) throw new AppError('internal', 'The submission has no result.');
  return result;
}

function secretsOf(
  deps: Deps,
  { id, secrets, previousUntil }: RegistrationSource,
  now: Date,
): readonly string[] {
  const { current = '', previous = '' } = openSecrets(deps.config.masterKey, id, secrets);
  const isPreviousAccepted = previous !== '' && previousUntil !== null && previousUntil > now;
  return isPreviousAccepted ? [current, previous] : [current];
}

/** @throws AppError `bad_request` that names the fields */
function messageIn(body: Uint8Array): z.infer<typeof message> {
  const parsed = message.safeParse(jsonIn(body));
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path, code }) => {
    const name = path.map(String).join('.') || 'the body';
    return code === 'unrecognized_keys' ? `${name} has a field that does not belong there` : name;
  });
  throw new AppError(
    'bad_request',
    `Correct ${[...new Set(names)].join(', ')}. Send {"type": "registration.submit", "data": {"partner": "P-100", "terms": {…}}}.`,
  );
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AppError('bad_request', 'The body is not JSON in UTF-8.');
  }
}

function termsAsText(terms: z.infer<typeof message>['data']['terms']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(terms).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join('; ') : String(value),
    ]),
  );
}
