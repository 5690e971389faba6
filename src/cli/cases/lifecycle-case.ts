/** Plays a worked scenario of the lifecycle through the operations, on a database that is empty before. */
import { z } from 'zod';
import {
  insertLifecyclePeople,
  insertOpportunities,
  insertPartners,
} from '#src/db/registrations/lifecycle/scenario-store.ts';
import type { Deps } from '#src/deps.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { LifecycleFact } from '#src/domain/registrations/lifecycle/fact.ts';
import { moveNames } from '#src/domain/registrations/lifecycle/states.ts';
import { applyAssessedCommand } from '#src/operations/registrations/lifecycle/command-plan.ts';
import { fireLifecycleTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { learnNews } from '#src/operations/registrations/lifecycle/learn-news.ts';
import type { StepOutcome } from '#src/operations/registrations/lifecycle/run-step.ts';
import {
  showLifecycle,
  type LifecycleShown,
} from '#src/operations/registrations/lifecycle/show-lifecycle.ts';
import { jsonDifferences, type CaseResult, type NamedCase } from './case-file.ts';
import {
  scenarioEmail,
  scenarioOpportunityOwner,
  scenarioPartners,
  scenarioPeople,
  scenarioProgramme,
  scenarioRefusal,
  withScenarioNames,
} from './lifecycle-cast.ts';
import { publishScenarioProgramme } from './scenario-programme.ts';
import { scenarioIds, type ScenarioIds } from './scenario-ids.ts';

/** Only the settings with names of people are read here. */
const programmeDifferences = z.looseObject({
  approvalSteps: z.array(z.object({ name: z.string(), anyOf: z.array(z.string()) })).optional(),
  lead: z.string().optional(),
});

const instant = z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1000));
const text = z.string();
const optionalText = text.nullish().transform((value) => value ?? undefined);
const texts = z.record(text, z.union([text, z.number()]).transform(String));
const verdict = z.enum(['clear', 'review', 'block', 'pending']);

/** Other values come with the command as its evidence. */
const commandValues = z.looseObject({
  reasonCode: optionalText,
  text: optionalText,
  question: optionalText,
  answer: optionalText,
  fields: texts.optional(),
  opportunity: optionalText,
  supersedes: optionalText,
  supersededBy: optionalText,
  rules: verdict.optional(),
  rulesCode: optionalText,
  deal: optionalText,
  terms: texts.optional(),
  number: optionalText,
  partner: optionalText,
  key: optionalText,
});

const commandStep = z.object({
  at: instant,
  by: text,
  via: z.enum(['console', 'api', 'csv', 'webhook', 'crm']),
  do: z.enum(['submit', 'edit', ...moveNames]),
  registration: text,
  ifVersion: z.number().optional(),
  with: commandValues.prefault({}),
});
const tickStep = z.object({ at: instant, do: z.literal('tick'), by: text.optional() });

const partnerFact = <const N extends string>(fact: N) =>
  z.object({ at: instant, fact: z.literal(fact), with: z.object({ partner: text }) });
const opportunityFacts = ['linked', 'won', 'lost', 'reopened', 'stage', 'deleted'] as const;
const opportunityFact = z.object({
  at: instant,
  fact: z.enum(opportunityFacts.map((name) => `opportunity.${name}` as const)),
  registration: text.optional(),
  with: z.looseObject({ opportunity: text, reasonCode: optionalText }),
});
const factStep = z.union([
  opportunityFact,
  z.object({
    at: instant,
    fact: z.literal('person.away'),
    with: z.object({ person: text, delegate: text, from: instant, to: instant }),
  }),
  z.object({ at: instant, fact: z.literal('person.left'), with: z.object({ person: text }) }),
  partnerFact('partner.suspended'),
  partnerFact('partner.reinstated'),
  partnerFact('partner.terminated'),
  z.object({
    at: instant,
    fact: z.literal('partner.merged'),
    with: z.object({ from: text, into: text }),
  }),
  z.object({
    at: instant,
    fact: z.literal('programme.published'),
    with: programmeDifferences,
  }),
  z.object({
    at: instant,
    fact: z.literal('rules.done'),
    registration: text,
    with: z.object({ rules: verdict, rulesCode: optionalText }),
  }),
]);
const stepSchema = z.union([tickStep, commandStep, factStep]);
type Step = z.infer<typeof stepSchema>;

const scenarioSchema = z.object({
  programmes: z.array(programmeDifferences).default([{}]),
  steps: z.array(stepSchema).min(1),
  expected: z.array(z.looseObject({ registrations: z.record(text, z.unknown()).optional() })),
});
type Scenario = z.infer<typeof scenarioSchema>;

/** A scenario that cannot be read, or that the operations cannot play, fails with the reason. */
export async function runLifecycleCase(deps: Deps, named: NamedCase): Promise<CaseResult> {
  const { id, title } = named;
  const parsed = scenarioSchema.safeParse(named);
  if (!parsed.success)
    return { id, title, differences: [`the scenario cannot be read: ${z.prettifyError(parsed.error)}`] };
  try {
    const played = await playScenario(deps, parsed.data);
    return { id, title, differences: jsonDifferences(parsed.data.expected, played) };
  } catch (error) {
    return { id, title, differences: [`the scenario cannot be played: ${String(error)}`] };
  }
}

async function playScenario(deps: Deps, scenario: Scenario): Promise<readonly unknown[]> {
  const ids = scenarioIds(scenario);
  const [first] = scenario.steps;
  const state = { programme: programmeOf(scenarioProgramme, scenario.programmes[0] ?? {}) };
  await insertCast(deps, ids);
  await publishScenarioProgramme(deps, first?.at ?? 0, state.programme);
  const played: unknown[] = [];
  for (const step of scenario.steps) {
    const outcome = await play(deps, ids, step, state);
    played.push(withScenarioNames(await stepShown(deps, { ids, step, outcome })));
  }
  return played;
}

/** Publishing it checks the values. */
function programmeOf(
  before: LifecycleProgramme,
  { approvalSteps, lead, ...differing }: z.infer<typeof programmeDifferences>,
): LifecycleProgramme {
  return {
    ...before,
    ...differing,
    ...(approvalSteps && {
      approvalSteps: approvalSteps.map(({ name, anyOf }) => ({ name, anyOf: anyOf.map(scenarioEmail) })),
    }),
    ...(lead === undefined ? {} : { lead: lead && scenarioEmail(lead) }),
  };
}

async function insertCast({ db }: Deps, ids: ScenarioIds): Promise<void> {
  const partners = Object.entries(scenarioPartners).map(([code, { name, cam }]) => ({
    id: ids.partner(code),
    accountId: ids.account(code),
    name,
    owner: cam,
  }));
  await insertPartners(db, partners);
  const people = Object.entries(scenarioPeople).map(([name, { role, partner }]) => ({
    name,
    role,
    partnerId: partner == null ? null : ids.partner(partner),
    crmUser: name,
  }));
  await insertLifecyclePeople(db, people);
  await insertOpportunities(
    db,
    ids.opportunities.map((name) => ({ id: ids.opportunity(name), name, owner: scenarioOpportunityOwner })),
  );
}

async function play(
  deps: Deps,
  ids: ScenarioIds,
  step: Step,
  state: { programme: LifecycleProgramme },
): Promise<StepOutcome> {
  if ('fact' in step) {
    if (step.fact !== 'programme.published') return learnNews(deps, step.at, newsOf(ids, step));
    state.programme = programmeOf(state.programme, step.with);
    await publishScenarioProgramme(deps, step.at, state.programme);
    return fireLifecycleTimers(deps, step.at);
  }
  if (step.do === 'tick') return fireLifecycleTimers(deps, step.at);
  const { opportunity, supersedes, supersededBy, partner, ...values } = step.with;
  const named = <T>(value: string | undefined, idOf: (name: string) => T) =>
    value === undefined ? undefined : idOf(value);
  return applyAssessedCommand(deps, {
    ...step,
    by: scenarioEmail(step.by),
    registration: ids.registration(step.registration),
    with: {
      ...values,
      number: values.number ?? step.registration,
      deal: values.deal ?? step.registration,
      opportunity: named(opportunity, ids.opportunity),
      supersedes: named(supersedes, ids.registration),
      supersededBy: named(supersededBy, ids.registration),
      partner: named(partner, ids.partner),
    },
  });
}

function newsOf(
  ids: ScenarioIds,
  step: Exclude<Extract<Step, { readonly fact: string }>, { readonly fact: 'programme.published' }>,
): LifecycleFact {
  switch (step.fact) {
    case 'person.away': {
      const { person, delegate, ...times } = step.with;
      const absence = { ...times, delegate: scenarioEmail(delegate) };
      return { fact: step.fact, person: scenarioEmail(person), absence };
    }
    case 'person.left':
      return { fact: step.fact, person: scenarioEmail(step.with.person) };
    case 'partner.suspended':
    case 'partner.reinstated':
    case 'partner.terminated':
      return { fact: step.fact, partner: ids.partner(step.with.partner) };
    case 'partner.merged':
      return { fact: step.fact, from: ids.partner(step.with.from), into: ids.partner(step.with.into) };
    case 'rules.done':
      return {
        fact: step.fact,
        registration: ids.registration(step.registration),
        rules: step.with.rules,
        rulesCode: step.with.rulesCode,
      };
    default: {
      const event = opportunityFacts.find((name) => step.fact === `opportunity.${name}`);
      if (event === undefined) throw new RangeError(`there is no news ${step.fact}`);
      return {
        fact: 'opportunity',
        event,
        opportunity: ids.opportunity(step.with.opportunity),
        registration: step.registration === undefined ? null : ids.registration(step.registration),
        reasonCode: step.with.reasonCode ?? null,
      };
    }
  }
}

/** A step in the form of `expected`. */
async function stepShown(
  deps: Deps,
  { ids, step, outcome }: { readonly ids: ScenarioIds; readonly step: Step; readonly outcome: StepOutcome },
): Promise<unknown> {
  const { refused, result, timers, notices } = outcome;
  const nameOf = ids.registrationName;
  const registrations: Record<string, unknown> = {};
  for (const name of ids.registrations) {
    const id = ids.registration(name);
    const shown = await showLifecycle(deps, id, { at: step.at });
    if (shown !== null) registrations[name] = { ...registrationShown(shown), ...crmShown(ids, outcome, id) };
  }
  return {
    ...(refused === null ? {} : { refused: scenarioRefusal(refused) }),
    ...(result === null
      ? {}
      : {
          result: Object.fromEntries(Object.entries(result).map(([what, id]) => [what, nameOf(String(id))])),
        }),
    ...(timers.length === 0
      ? {}
      : {
          timers: timers.map(({ at, registration, timer }) => ({
            at: instantText(at),
            registration: nameOf(registration),
            timer,
          })),
        }),
    ...(notices.length === 0
      ? {}
      : { notify: notices.map((notice) => ({ ...notice, registration: nameOf(notice.registration) })) }),
    registrations,
  };
}

function registrationShown({
  registration,
  step,
  infoDeadline,
  decisionClock,
  appealClock,
  mayDecide,
  legal,
}: LifecycleShown) {
  const { state, version, reasonCode, protectedUntil, extensionOpenBy } = registration;
  return {
    state,
    version,
    reasonCode,
    protectedUntil,
    ...(step === null ? {} : { step }),
    ...(extensionOpenBy === null ? {} : { extensionOpen: true }),
    ...(infoDeadline === null ? {} : { infoDeadline }),
    decisionClock: clockText(decisionClock),
    ...(appealClock === null ? {} : { appealClock: clockText(appealClock) }),
    mayDecide,
    legal,
  };
}

function clockText(clock: LifecycleShown['decisionClock']) {
  return clock && { ...clock, dueAt: clock.dueAt === null ? null : instantText(clock.dueAt) };
}

function crmShown(ids: ScenarioIds, { crm }: StepOutcome, id: string) {
  const changes = crm.get(id);
  if (changes === undefined) return {};
  const { registration } = changes;
  const supersededBy = registration?.['supersededBy'];
  const named = typeof supersededBy === 'string' ? { supersededBy: ids.registrationName(supersededBy) } : {};
  return {
    crm: {
      ...changes,
      ...(registration === undefined ? {} : { registration: { ...registration, ...named } }),
    },
  };
}

function instantText(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z');
}
