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
import { moveBySource, serviceMoves, type SourceMove, type SourceMoved } from './move-registration.ts';

const term = z.union([
  z.string().max(1_000),
  z.array(z.string().max(100)).max(1_000),
  z.boolean(),
  z.number(),
]);

/** The body of a webhook that submits a registration, in the form that Standard Webhooks recommends. */
const submission = z.object({
  type: z.literal('registration.submit'),
  data: z.strictObject({
    partner: z.string().max(200).default(''),
    key: z.string().trim().min(1).max(200).optional(),
    number: z.string().trim().min(1).max(80).optional(),
    opportunity: z.uuid().optional(),
    terms: z.record(z.string().max(100), term),
  }),
});

/** The body of one that moves a registration. */
const move = z.object({
  type: z.literal('registration.move'),
  data: z.strictObject({
    registration: z.string().trim().min(1).max(200),
    move: z.enum(serviceMoves),
    ifVersion: z.int().optional(),
    reasonCode: z.string().max(100).optional(),
    text: z.string().max(5_000).optional(),
    answer: z.string().max(5_000).optional(),
    fields: z.record(z.string().max(100), term).optional(),
    terms: z.record(z.string().max(100), term).optional(),
  }),
});
const message = z.discriminatedUnion('type', [submission, move]);

const examples = `Send {"type": "registration.submit", "data": {"partner": "P-100", "terms": {…}}} or {"type": "registration.move", "data": {"registration": "order 4711", "move": "answer_info", "answer": "…"}}.`;

const faults = {
  headers:
    'The headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks are missing or cannot be read.',
  time: 'webhook-timestamp is more than five minutes away from now. Correct the clock of the sender.',
  signature: 'The signature does not fit. Sign the bytes of the body with the present secret of the source.',
} as const;

export type Received =
  | { readonly submitted: NonNullable<StepOutcome['result']> }
  | { readonly moved: SourceMoved };

/**
 * Submits or moves what a signed webhook says. `webhook-id`, or a key in the body, is the key of a submission, and a move
 * is made once for each `webhook-id`, so a webhook that is sent again changes nothing. A refused one is on the log of
 * the source.
 *
 * @throws AppError `not_signed_in` for a request that is not signed now with its secret, and every refusal of a
 * submission or move
 */
export async function receiveRegistration(
  deps: Deps,
  source: RegistrationSource,
  received: ReceivedWebhook,
): Promise<Received> {
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

async function receive(deps: Deps, source: RegistrationSource, received: ReceivedWebhook): Promise<Received> {
  const now = deps.sharedClock();
  const fault = webhookFault(received, secretsOf(deps, source, now), now);
  if (fault !== null) throw new AppError('not_signed_in', faults[fault]);
  if (!source.isActive)
    throw new AppError('not_allowed', 'This source is disabled. Ask an admin of Fairway to enable it.');
  const sent = messageIn(received.body);
  if (sent.type === 'registration.move')
    return { moved: await moveBySource(deps, source, moveIn(received.id, sent)) };
  const { partner, key = received.id, terms, ...values } = sent.data;
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
  return { submitted: result };
}

function moveIn(messageId: string, { data }: z.infer<typeof move>): SourceMove {
  const { registration, move: name, ifVersion, reasonCode, text, answer, fields, terms } = data;
  return {
    messageId,
    registration,
    move: name,
    ifVersion,
    with: {
      ...(reasonCode === undefined ? {} : { reasonCode }),
      ...(text === undefined ? {} : { text }),
      ...(answer === undefined ? {} : { answer }),
      ...(fields === undefined ? {} : { fields: termsAsText(fields) }),
      ...(terms === undefined ? {} : { terms: termsAsText(terms) }),
    },
  };
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
  throw new AppError('bad_request', `Correct ${[...new Set(names)].join(', ')}. ${examples}`);
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new AppError('bad_request', 'The body is not JSON in UTF-8.');
  }
}

function termsAsText(
  terms: Readonly<Record<string, z.infer<typeof term>>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(terms).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join('; ') : String(value),
    ]),
  );
}
