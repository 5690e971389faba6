/** Plays a worked scenario on the lifecycle and returns, step by step, what its `expected` describes. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { scenarioRefusal } from '#src/cli/cases/lifecycle-cast.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import {
  opportunityCrmFields,
  registrationCrmFields,
} from '#src/domain/registrations/lifecycle/crm-fields.ts';
import { whoMayDecide } from '#src/domain/registrations/lifecycle/deciders.ts';
import { legalMovesByRole } from '#src/domain/registrations/lifecycle/legal-moves.ts';
import type {
  Channel,
  ClockEvents,
  LifecycleRegistration,
} from '#src/domain/registrations/lifecycle/registration.ts';
import { readClockEvents } from '#src/domain/registrations/lifecycle/service-clocks.ts';
import type { LifecycleFact } from '#src/domain/registrations/lifecycle/fact.ts';
import {
  applyCommand,
  applyFact,
  passTime,
  type StepResult,
} from '#src/domain/registrations/lifecycle/step.ts';

const values = z.record(z.string(), z.unknown());
const stepSchema = z.object({
  at: z.string(),
  by: z.string().optional(),
  via: z.string().optional(),
  do: z.string().optional(),
  fact: z.string().optional(),
  registration: z.string().optional(),
  ifVersion: z.number().optional(),
  with: values.default({}),
});
type Step = z.infer<typeof stepSchema>;

const scenarioSchema = z.object({
  id: z.string(),
  title: z.string(),
  programmes: z.array(values).default([{}]),
  steps: z.array(stepSchema),
  expected: z.array(z.unknown()),
});
export type Scenario = z.infer<typeof scenarioSchema>;

const tableSchema = z.looseObject({
  programmeDefaults: values,
  cast: z.object({
    people: z.record(z.string(), values),
    partners: z.record(z.string(), z.object({ name: z.string(), cam: z.string() })),
    opportunityOwner: z.string(),
  }),
});

export const table = tableSchema.parse(readFixture('states.json'));
export const scenarios: readonly Scenario[] = z.array(scenarioSchema).parse(readFixture('given-cases.json'));
/** Our cases, for sentences of the format that no given case shows. `why` in the file quotes the sentence. */
export const moreScenarios: readonly Scenario[] = z
  .array(scenarioSchema)
  .parse(readFixture('more-cases.json'));
const opportunities = [
  'opp-1',
  'opp-2',
  ...[...scenarios, ...moreScenarios].flatMap(({ steps }) =>
    steps.flatMap((step) => step.with['opportunity'] ?? []),
  ),
].map(String);

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

/** The result of every step, in the form of `expected`. */
export function playScenario({ programmes, steps }: Scenario): readonly unknown[] {
  let channel = emptyChannel(programmes[0] ?? {});
  return steps.map((step) => {
    const before = channel;
    const result = applyStep(channel, step);
    channel = result.channel;
    return shownResult(before, result, step);
  });
}

/** The cast without registrations; `programme` is what differs from the defaults. */
export function emptyChannel(programme: Readonly<Record<string, unknown>>): Channel {
  const { people, partners, opportunityOwner } = table.cast;
  const channel: unknown = {
    people,
    partners: Object.fromEntries(
      Object.entries(partners).map(([id, { name, cam }]) => [id, { name, cam, status: 'active' }]),
    ),
    programme: { ...table.programmeDefaults, ...programme },
    registrations: {},
    submissionKeys: {},
    // Every opportunity of the scenarios has the same owner.
    opportunityOwners: Object.fromEntries(
      opportunities.map((opportunity) => [opportunity, opportunityOwner]),
    ),
  };
  return channel as Channel;
}

function applyStep(channel: Channel, step: Step): StepResult {
  const at = seconds(step.at);
  // A published programme is in force without a step about it.
  if (step.fact === 'programme.published')
    return passTime({ ...channel, programme: { ...channel.programme, ...step.with } }, at);
  if (step.fact !== undefined) return applyFact(channel, at, factOf(step.fact, step));
  if (step.do === 'tick') return passTime(channel, at);
  const command: unknown = { ...step, at };
  return applyCommand(channel, command as LifecycleCommand);
}

function factOf(name: string, { registration, with: news }: Step): LifecycleFact {
  const text = (key: string) => (news[key] === undefined || news[key] === null ? null : String(news[key]));
  if (name === 'person.away') {
    const absence = { from: seconds(text('from')), to: seconds(text('to')), delegate: text('delegate') };
    return { fact: name, person: text('person'), absence } as LifecycleFact;
  }
  if (name.startsWith('opportunity.')) {
    const event = name.slice('opportunity.'.length);
    return {
      fact: 'opportunity',
      event,
      opportunity: text('opportunity'),
      registration: registration ?? null,
      reasonCode: text('reasonCode'),
    } as LifecycleFact;
  }
  return { fact: name, registration, ...news } as unknown as LifecycleFact;
}

function shownResult(
  before: Channel,
  { channel, refused, result, timers, notices, putBack }: StepResult,
  step: Step,
) {
  const at = seconds(step.at);
  const registrations = Object.values(channel.registrations).map((registration) => {
    const crm = crmChanges(before, channel, registration, step, putBack);
    return [registration.id, { ...shownRegistration(channel, registration, at), ...crm }] as const;
  });
  return {
    ...(refused === null ? {} : { refused: scenarioRefusal(refused) }),
    ...(result === null ? {} : { result }),
    ...(timers.length === 0
      ? {}
      : { timers: timers.map((timer) => ({ ...timer, at: instantText(timer.at) })) }),
    ...(notices.length === 0 ? {} : { notify: notices }),
    registrations: Object.fromEntries(registrations),
  };
}

function shownRegistration(channel: Channel, registration: LifecycleRegistration, at: number) {
  const { state, version, reasonCode, protectedUntil, programme, approvals, appealClock, infoDeadline } =
    registration;
  return {
    state,
    version,
    reasonCode,
    protectedUntil,
    ...(state === 'in_review' && programme.approvalSteps.length > 1 ? { step: approvals.length + 1 } : {}),
    ...(registration.extensionOpenBy === null ? {} : { extensionOpen: true }),
    ...(state === 'info_requested' ? { infoDeadline } : {}),
    decisionClock: shownClock(registration.decisionClock, at),
    ...(appealClock === null ? {} : { appealClock: shownClock(appealClock, at) }),
    mayDecide: whoMayDecide(channel, registration, at),
    legal: legalMovesByRole(registration, at),
  };
}

function shownClock(events: ClockEvents, at: number) {
  const reading = readClockEvents(events, at);
  return (
    reading && {
      state: reading.state,
      dueAt: reading.dueAt === null ? null : instantText(reading.dueAt),
      elapsedSeconds: reading.elapsed,
      remainingSeconds: reading.remaining,
    }
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** The CRM fields that this step changed. Before the first step of a registration they were empty. */
function crmChanges(
  before: Channel,
  after: Channel,
  registration: LifecycleRegistration,
  step: Step,
  putBack: readonly string[],
) {
  const { id } = registration;
  const at = seconds(step.at);
  const old = before.registrations[id];
  const previous = lastShown.get(old) ?? {};
  const fields = registrationCrmFields(after, registration, at);
  const opportunity = opportunityCrmFields(after, registration);
  lastShown.set(registration, { fields, opportunity });
  const isDecision =
    step.via === 'crm' && step.registration === id && !['submit', 'edit'].includes(step.do ?? '');
  const record = { ...changes(previous.fields, fields), ...(isDecision ? { decision: null } : {}) };
  const deal = opportunity === null ? {} : changes(previous.opportunity ?? undefined, opportunity);
  const crm = {
    ...(Object.keys(record).length === 0 ? {} : { registration: record }),
    ...(Object.keys(deal).length === 0 ? {} : { opportunity: deal }),
    ...(putBack.length > 0 && step.registration === id ? { putBack } : {}),
  };
  return Object.keys(crm).length === 0 ? {} : { crm };
}

/** The CRM's fields after the last step, by the registration as it was then. */
const lastShown = new WeakMap<object, { fields?: Fields; opportunity?: Fields | null }>() as {
  get(key: object | undefined): { fields?: Fields; opportunity?: Fields | null } | undefined;
  set(key: object, value: { fields: Fields; opportunity: Fields | null }): unknown;
};

function changes(before: Fields | undefined, after: Fields): Fields {
  const empty = (name: string) => (name === 'extensionsUsed' ? 0 : null);
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => value !== (before === undefined ? empty(name) : before[name]),
    ),
  );
}

function seconds(text: string | null): number {
  return Math.floor(Date.parse(text ?? '') / 1000);
}

function instantText(at: number): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z');
}
