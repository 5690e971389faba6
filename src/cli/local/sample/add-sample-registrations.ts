/** Registrations in every state of the lifecycle, for the first look at the console. */
import { listConnections } from '#src/db/connections/connection-store.ts';
import { findPersonByEmail } from '#src/db/people/person-store.ts';
import {
  dealsOfOneCrm,
  insertLifecyclePeople,
  partnersOfOneCrm,
  type ChannelDeal,
  type ChannelPartnerInCrm,
} from '#src/db/registrations/lifecycle/scenario-store.ts';
import { findLifecycle } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { formatMinor } from '#src/domain/money.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { applyLifecycleCommand } from '#src/operations/registrations/lifecycle/apply-command.ts';
import { applyAssessedCommand } from '#src/operations/registrations/lifecycle/command-plan.ts';
import { fireLifecycleTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { learnNews } from '#src/operations/registrations/lifecycle/learn-news.ts';
import type { StepOutcome } from '#src/operations/registrations/lifecycle/run-step.ts';
import { numberOf, submitRegistration } from '#src/operations/registrations/lifecycle/submit-registration.ts';
import { isSandbox } from '#src/cli/local/sandbox.ts';
import { publishPartnerRoles } from './publish-partner-roles.ts';
import {
  peopleJoinedAgo,
  rolesPublishedAgo,
  samplePeople,
  sampleReviewers,
  sampleSteps,
  withRoles,
  type DealName,
  type SampleStep,
} from './sample-steps.ts';

/**
 * Plays the sample registrations through the operations that people use, at the times at which they would have used
 * them. All or none of them are there afterwards. Does nothing when they are there already, or when the CRM has too few
 * partners and deals.
 *
 * @returns the ids by the sample's names
 */
export async function addSampleRegistrations(deps: Deps): Promise<ReadonlyMap<string, string>> {
  if ((await findPersonByEmail(deps.db, sampleReviewers.olga.email)) !== null) return new Map();
  const partners = await partnersOfOneCrm(deps.db, 2);
  const [first] = partners;
  if (first === undefined || partners.length < 2) return new Map();
  const deals = await dealsOfOneCrm(deps.db, first.connectionId);
  const now = deps.sharedClock();
  const ids = await deps.db.transaction(async (tx) => {
    const log = deps.log.child({}, { level: 'error' });
    const sample = { ...deps, db: tx, log, queue: { ...deps.queue, add: refuseJobs } };
    const ago: Ago = (days) => {
      const at = new Date(Math.floor((now.getTime() - days * dayMs) / 1000) * 1000);
      return { ...sample, clock: () => at, sharedClock: () => at };
    };
    await addPeople(ago(peopleJoinedAgo), partners);
    // A version counts for what is submitted after its beginning, so it need not come between the steps.
    const hasRoles = await publishPartnerRoles(ago(rolesPublishedAgo));
    const steps = sampleSteps.filter(({ registration }) => hasRoles || !withRoles.includes(registration));
    return playSteps(sample, { steps, deals, now, ago });
  });
  await relaySoon(deps);
  return ids;
}

/** Adds the sample after the first run, as long as no other CRM than the sandbox is connected, and says so. */
export async function addSamplesToSandbox(deps: Deps): Promise<void> {
  const connections = await listConnections(deps.db);
  if (!connections.every(isSandbox)) return;
  try {
    const { size } = await addSampleRegistrations(deps);
    if (size > 0)
      console.log(`Added ${size} sample registrations with a lifecycle, which together show all its states.`);
  } catch (error) {
    // Everything else works without them.
    deps.log.error({ err: error }, 'the sample registrations were not added');
    console.log(
      'The sample registrations were not added; the log has the reason. All else works without them.',
    );
  }
}

/** Jobs go to the queue when the transaction is committed. */
async function refuseJobs(): Promise<void> {
  throw new AppError('internal', 'The sample registrations are not committed yet.');
}

async function addPeople(deps: Deps, partners: readonly ChannelPartnerInCrm[]): Promise<void> {
  for (const { email, name } of Object.values(sampleReviewers))
    await createLoginLink(deps, { email, name, role: 'ops', isDemo: true });
  await insertLifecyclePeople(
    deps.db,
    Object.values(samplePeople).map(({ email, role, partner }) => ({
      name: email,
      role,
      partnerId: partner === null ? null : (partners[partner]?.id ?? null),
      crmUser: role === 'cam' ? (partners[0]?.owner ?? null) : null,
    })),
  );
}

/** The dependencies so many days before the start. */
type Ago = (days: number) => Deps;

interface Played {
  readonly steps: readonly SampleStep[];
  readonly ago: Ago;
  readonly deals: Readonly<Partial<Record<DealName, ChannelDeal>>>;
  readonly now: Date;
}

const dayMs = 86_400_000;

/** In the order of time, so that each step meets what was true then. */
async function playSteps(
  deps: Deps,
  { steps, ago, deals, now }: Played,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const step of steps.toSorted((a, b) => b.ago - a.ago)) {
    const deal = step.with.deal === undefined ? null : (deals[step.with.deal] ?? null);
    // A CRM without such a deal has no registration about it.
    if (step.with.deal !== undefined && deal === null) continue;
    const isSubmission = step.do === 'submit' || step.do === 'hold';
    const known = ids.get(step.registration);
    if (!isSubmission && known === undefined) continue;
    if (step.do === 'pass' && !(await isInReview(deps, known))) continue;
    const outcome = await playStep(ago(step.ago), step, deal, ids);
    if (outcome.refused !== null)
      throw new AppError(
        'internal',
        `The sample registration "${step.registration}" refuses ${step.do}: ${outcome.refused.reason}.`,
        {
          refused: outcome.refused,
        },
      );
    if (outcome.result !== null && 'created' in outcome.result)
      ids.set(step.registration, outcome.result.created);
  }
  await fireLifecycleTimers(deps, Math.floor(now.getTime() / 1000));
  return ids;
}

async function isInReview({ db }: Deps, id = ''): Promise<boolean> {
  return (await findLifecycle(db, id))?.lifecycle.state === 'in_review';
}

async function playStep(
  deps: Deps,
  step: SampleStep,
  deal: ChannelDeal | null,
  ids: ReadonlyMap<string, string>,
): Promise<StepOutcome> {
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  const { deal: _deal, supersedes, ...values } = step.with;
  const by = step.by === null ? '' : { ...samplePeople, ...sampleReviewers }[step.by].email;
  const registration = ids.get(step.registration) ?? deps.ids();
  const given = {
    ...values,
    ...(deal === null ? {} : { terms: termsOf(deal) }),
    key: `sample ${step.registration}`,
  };
  switch (step.do) {
    case 'submit':
      return submitRegistration(deps, { by, via: 'api', with: given });
    case 'hold':
      return applyAssessedCommand(deps, {
        at,
        by,
        via: 'api',
        do: 'submit',
        registration,
        with: { ...given, number: numberOf(registration) },
      });
    case 'win':
    case 'lose':
      return learnNews(deps, at, {
        fact: 'opportunity',
        event: step.do === 'win' ? 'won' : 'lost',
        opportunity: deal?.id ?? '',
        registration: null,
        reasonCode: values.reasonCode ?? null,
      });
    default:
      return applyLifecycleCommand(deps, {
        at,
        by,
        via: 'console',
        do: step.do === 'pass' ? 'approve' : step.do,
        registration,
        with: {
          ...values,
          opportunity: deal?.id,
          supersedes: supersedes === undefined ? undefined : ids.get(supersedes),
        },
      });
  }
}

function termsOf(deal: ChannelDeal): Readonly<Record<string, string>> {
  const { customer, country, productFamily, amountMinor, currency } = deal;
  return {
    customerName: customer,
    ...(country === null ? {} : { customerCountry: country }),
    productFamily: productFamily ?? 'Gearboxes',
    dealType: 'new',
    amount: formatMinor(amountMinor, currency),
    currency,
  };
}
