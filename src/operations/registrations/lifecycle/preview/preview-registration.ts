import { partnerTerms } from '#src/db/program/partner-terms.ts';
import { findLifecycle } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import { rollBackAfter } from '#src/db/roll-back-after.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { dealFactsOf } from '#src/domain/program/document/conditions.ts';
import { approvalRoute } from '#src/domain/program/document/lifecycle-programme.ts';
import type { FormProblem } from '#src/domain/registrations/form/read-form.ts';
import type { Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import { whoIsAskedByStep } from '#src/domain/registrations/lifecycle/deciders.ts';
import type {
  Channel,
  Instant,
  LifecycleRegistration,
} from '#src/domain/registrations/lifecycle/registration.ts';
import { readClockEvents } from '#src/domain/registrations/lifecycle/service-clocks.ts';
import type { LifecycleState } from '#src/domain/registrations/lifecycle/states.ts';
import type { Finding } from '#src/domain/registrations/registration.ts';
import { programsByVersions } from '#src/operations/program/current-program.ts';
import type { EvaluatedRegistration } from '#src/operations/registrations/evaluation.ts';
import { loadChannel } from '#src/operations/registrations/lifecycle/load-channel.ts';
import { formProblemsOf, refusalError } from '#src/operations/registrations/lifecycle/refusal-error.ts';
import { inStepTransaction, type StepOutcome } from '#src/operations/registrations/lifecycle/run-step.ts';
import { submitIn, type Submission } from '#src/operations/registrations/lifecycle/submit-registration.ts';

/** What would become of a submission. */
export type RegistrationPreview =
  | {
      readonly result: 'refused';
      readonly message: string;
      /** What does not fit the form. */
      readonly problems: readonly Pick<FormProblem, 'field' | 'message'>[];
    }
  | {
      readonly result: 'created' | 'updated' | 'same';
      /** The registration that exists already; null for one that would be created. */
      readonly id: string | null;
      /** What the rules would decide. Null for people of a partner. */
      readonly verdict: PreviewedVerdict | null;
      readonly route: PreviewedRoute;
    };

interface PreviewedVerdict {
  readonly state: LifecycleState;
  readonly reason: string | null;
  readonly protectedUntil: string | null;
  readonly findings: readonly (Pick<Finding, 'rule' | 'effect'> & { readonly message: string })[];
}

/** Who is asked when a person has to decide. */
interface PreviewedRoute {
  readonly programVersion: number;
  readonly name: string;
  readonly steps: readonly { readonly name: string; readonly people: readonly string[] }[];
  /** Null when the calendar cannot count the promised time, and when nothing waits for a decision. */
  readonly decisionDue: Date | null;
}

/**
 * Submits a registration in a transaction that is rolled back, and says what came out. So it is what submitting does, as
 * long as nothing changes before.
 */
export async function previewRegistration(deps: Deps, submission: Submission): Promise<RegistrationPreview> {
  const [tried] = await previewRegistrations(deps, [submission]);
  if (tried === undefined) throw new TypeError('a submission has no preview');
  return tried.preview;
}

export interface PreviewedSubmission {
  readonly outcome: StepOutcome;
  readonly preview: RegistrationPreview;
}

/** What submissions would do now, one after the other. */
export async function previewRegistrations(
  deps: Deps,
  submissions: readonly Submission[],
): Promise<readonly PreviewedSubmission[]> {
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  return inStepTransaction(deps, (tx) =>
    rollBackAfter(tx, async (trial) => {
      const previews: PreviewedSubmission[] = [];
      for (const submission of submissions) previews.push(await previewIn(deps, trial, at, submission));
      return previews;
    }),
  );
}

async function previewIn(
  deps: Deps,
  trial: Db,
  at: Instant,
  submission: Submission,
): Promise<PreviewedSubmission> {
  const { outcome, assessed } = await submitIn(deps, trial, at, submission);
  const { refused, result } = outcome;
  if (refused !== null || result === null) return { outcome, preview: refusedPreview(refused) };
  const id = 'created' in result ? result.created : 'updated' in result ? result.updated : result.same;
  const { registration, channel } = await loadRegistration(trial, id, submission.by, at);
  const preview = {
    result: 'created' in result ? 'created' : 'updated' in result ? 'updated' : 'same',
    id: 'created' in result ? null : id,
    verdict: verdictFor(channel, submission.by, registration, assessed),
    route: await routeOf(trial, channel, registration, at),
  } as const;
  return { outcome, preview };
}

function refusedPreview(refused: Refusal | null): RegistrationPreview {
  if (refused === null) throw new TypeError('a submission has no result and no refusal');
  const problems = formProblemsOf(refused['problems']).map(({ field, message }) => ({ field, message }));
  return { result: 'refused', message: refusalError(refused).message, problems };
}

interface Loaded {
  readonly registration: LifecycleRegistration;
  readonly channel: Channel;
}

async function loadRegistration(tx: Db, id: string, by: string, at: Instant): Promise<Loaded> {
  const row = await findLifecycle(tx, id);
  const { channel } = await loadChannel(tx, row === null ? [] : [row], { by: [by] }, new Date(at * 1000));
  const registration = channel.registrations[id];
  if (registration === undefined) throw new Error(`the registration ${id} was not stored`);
  return { registration, channel };
}

/**
 * A submission leaves a trace and a preview leaves none, so a partner could ask about one customer after another whether
 * another partner has registered it. It sees only its route.
 */
function verdictFor(
  { people }: Channel,
  by: string,
  { state, reasonText, protectedUntil }: LifecycleRegistration,
  assessed: EvaluatedRegistration | null,
): PreviewedVerdict | null {
  const role = people[by]?.role;
  if (role === undefined || role === 'partner' || role === 'service') return null;
  const findings = (assessed?.decision.findings ?? []).map(({ rule, effect, message, publicMessage }) => ({
    rule,
    effect,
    message: role === 'rep' ? publicMessage : message,
  }));
  return { state, reason: reasonText, protectedUntil, findings };
}

async function routeOf(
  tx: Db,
  channel: Channel,
  registration: LifecycleRegistration,
  at: Instant,
): Promise<PreviewedRoute> {
  const { programme, partner, terms, decisionClock } = registration;
  const [version] = await programsByVersions(tx, [programme.version]);
  if (version === undefined) throw new Error(`version ${programme.version} of the programme is missing`);
  const day = new Date(at * 1000).toISOString().slice(0, 10);
  const { code, tier, cam } = (await partnerTerms(tx, [partner]))(partner, day);
  const deal = dealFactsOf(terms, { partnerCode: code, tier, cam });
  const dueAt = decisionClock.stop === null ? (readClockEvents(decisionClock, at)?.dueAt ?? null) : null;
  return {
    programVersion: programme.version,
    name: approvalRoute(version.document, deal).name,
    steps: whoIsAskedByStep(channel, registration, at),
    decisionDue: dueAt === null ? null : new Date(dueAt * 1000),
  };
}
