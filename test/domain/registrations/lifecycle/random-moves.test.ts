/** Random moves at random instants keep what must always hold. `SEED=…` repeats a run. */
import { expect, test } from 'vitest';
import { seeded, type Seeded } from '#src/cli/match/seeded.ts';
import { addDays } from '#src/domain/period.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { whoMayDecide } from '#src/domain/registrations/lifecycle/deciders.ts';
import { editableFields } from '#src/domain/registrations/lifecycle/editable-fields.ts';
import { legalMoves } from '#src/domain/registrations/lifecycle/legal-moves.ts';
import { reasonsFor } from '#src/domain/registrations/lifecycle/reasons.ts';
import type { Channel, LifecycleRegistration } from '#src/domain/registrations/lifecycle/registration.ts';
import {
  canMoveFrom,
  hasRoleFor,
  livingStates,
  moveNames,
  protectedStates,
} from '#src/domain/registrations/lifecycle/states.ts';
import type { LifecycleFact } from '#src/domain/registrations/lifecycle/fact.ts';
import {
  applyCommand,
  applyFact,
  passTime,
  type StepResult,
} from '#src/domain/registrations/lifecycle/step.ts';
import { emptyChannel } from './scenario.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

test('whatever people, the CRM and the clock do: no wrong decider, no illegal move, no second registration of a deal, nothing silent', () => {
  for (let schedule = 0; schedule < 60; schedule += 1) play(seeded(seed + schedule), seed + schedule);
});

function play(random: Seeded, scheduleSeed: number): void {
  let channel = emptyChannel({
    approvalSteps: random.chance(0.5)
      ? [{ name: 'one', anyOf: ['olga', 'omar'] }]
      : [
          { name: 'one', anyOf: ['olga', 'omar'] },
          { name: 'two', anyOf: ['omar', 'carl'] },
        ],
    activityDays: random.chance(0.5) ? 40 : null,
    expiryAfterConversion: random.chance(0.5) ? 'runs' : 'stops',
    protectionDays: 45,
  });
  let at = Date.parse('2026-06-01T07:00:00Z') / 1000;
  for (let index = 0; index < 80; index += 1) {
    at += random.pick([0, 0, 60, 3600, 7 * 3600, 86_400, 9 * 86_400]);
    const before = channel;
    const command = random.chance(0.75) ? someCommand(random, channel, at) : null;
    const result = command
      ? applyCommand(channel, command)
      : random.chance(0.3)
        ? passTime(channel, at)
        : applyFact(channel, at, someFact(random, channel));
    channel = result.channel;
    const what = JSON.stringify({ seed: scheduleSeed, index, command, refused: result.refused });
    try {
      checkStep(before, result, at);
      if (command) checkCommand(before, result, command);
    } catch (error) {
      throw new Error(`${String(error)}\n${what}`, { cause: error });
    }
  }
}

function checkStep(before: Channel, { channel, timers, notices }: StepResult, at: number): void {
  const all = Object.values(channel.registrations);
  for (const registration of all) {
    const old = before.registrations[registration.id];
    const isProtected = protectedStates.includes(registration.state);
    if (isProtected) expect(registration.protectedUntil).not.toBeNull();
    if (registration.state === 'approved' && registration.extensionOpenBy === null)
      expect(new Date(at * 1000).toISOString() < `${addDays(registration.protectedUntil ?? '', 1)}T`).toBe(
        true,
      );
    if (old === undefined) continue;
    if (old.state !== registration.state) {
      expect(registration.version).toBe(old.version + 1);
      // Without a person who may decide, no person is informed that it waits.
      const isForDeciders = registration.state === 'in_review';
      const hasReader = !isForDeciders || whoMayDecide(channel, registration, at).length > 0;
      if (hasReader) expect(notices.some((notice) => notice.registration === registration.id)).toBe(true);
    }
    expect(registration.decisionClock.pauses.every(({ from, to }) => from <= to)).toBe(true);
  }
  for (const timer of timers) expect(timer.at).toBeLessThanOrEqual(at);
  expect(new Set(timers.map((timer) => JSON.stringify(timer))).size).toBe(timers.length);
  for (const { to } of notices) for (const person of to) expect(channel.people).toHaveProperty(person);
}

/** The number of living registrations that share their partner and deal with another one. */
function twins({ registrations }: Channel): number {
  const living = Object.values(registrations).filter(({ state }) => livingStates.includes(state));
  return living.length - new Set(living.map(({ partner, deal }) => `${partner} ${deal}`)).size;
}

/** A refused command changes nothing but what timers changed; an accepted one was allowed to that person. */
function checkCommand(before: Channel, result: StepResult, command: LifecycleCommand): void {
  // The state in which the command arrived: after the timers of earlier seconds.
  const { channel } = passTime(before, command.at - 1);
  const registration = channel.registrations[command.registration];
  if (result.refused !== null || registration === undefined) return checkRefused(before, result, command);
  const role = channel.people[command.by]?.role ?? 'auditor';
  if (command.do === 'submit' || command.do === 'resubmit')
    // Reopening and an appeal may leave two registrations for a deal, which a person then decides about.
    expect(twins(result.channel)).toBeLessThanOrEqual(twins(channel));
  if (command.do === 'submit' || command.do === 'undo') return;
  if (command.do === 'edit') {
    const editable = editableFields(registration.state, role);
    return expect(Object.keys(command.with.fields ?? {}).every((field) => editable.includes(field))).toBe(
      true,
    );
  }
  expect(canMoveFrom(command.do, registration.state) && hasRoleFor(command.do, role)).toBe(true);
  expect(legalMoves(registration, role, command.at)).toContain(command.do);
  if (['approve', 'reject', 'uphold', 'overturn'].includes(command.do)) {
    expect(whoMayDecide(channel, registration, command.at)).toContain(command.by);
    expect(registration.submittedBy).not.toBe(command.by);
    expect(registration.editedBy).not.toContain(command.by);
  }
}

function checkRefused(before: Channel, { channel, refused }: StepResult, command: LifecycleCommand): void {
  if (refused === null) return;
  const { channel: clockOnly } = passTime(before, command.at);
  const content = ({ version: _version, crmRefusal: _refusal, ...rest }: LifecycleRegistration) => rest;
  expect(Object.values(channel.registrations).map(content)).toEqual(
    Object.values(clockOnly.registrations).map(content),
  );
}

const people = [
  'pat',
  'rob',
  'portal',
  'ria',
  'carl',
  'cora',
  'olga',
  'omar',
  'otto',
  'lena',
  'fin',
  'ada',
  'crm:1',
];

/** Mostly a move that the state allows, by a person whose role has it. */
function someCommand(random: Seeded, channel: Channel, at: number): LifecycleCommand {
  const ids = Object.keys(channel.registrations);
  const id = ids.length < 2 || random.chance(0.1) ? null : random.pick(ids);
  const state = id === null ? null : channel.registrations[id]?.state;
  const fitting = moveNames.filter((move) => state && canMoveFrom(move, state));
  const wanted =
    id === null
      ? 'submit'
      : random.pick([...(fitting.length > 0 && random.chance(0.8) ? fitting : moveNames), 'edit'] as const);
  const reasons = wanted === 'submit' || wanted === 'edit' ? null : reasonsFor(wanted);
  const able = people.filter((name) => {
    const role = channel.people[name]?.role;
    return wanted === 'submit' || wanted === 'edit' || (role !== undefined && hasRoleFor(wanted, role));
  });
  const other = random.pick([...ids, 'R0']);
  return {
    at,
    by: random.pick(random.chance(0.85) ? able : people),
    via: random.pick(['console', 'api', 'csv', 'webhook', 'crm'] as const),
    do: wanted,
    registration: id ?? `R${ids.length + 1}`,
    with: {
      reasonCode: reasons === null || random.chance(0.1) ? undefined : random.pick(reasons),
      text: random.chance(0.9) ? 'Because.' : undefined,
      question: 'Who signs?',
      fields: { [random.pick(['amount', 'customerName'])]: `${random.below(9)}` },
      opportunity: random.chance(0.5) ? random.pick(['opp-1', 'opp-2']) : undefined,
      supersedes: random.chance(0.3) ? other : undefined,
      supersededBy: other,
      rules: random.pick(['clear', 'review', 'review', 'block', 'pending'] as const),
      deal: random.pick(['d1', 'd2', 'd3']),
      terms: { customerName: 'Nordwind GmbH', productFamily: 'Network', amount: `${random.below(4)}000.00` },
      partner: random.chance(0.3) ? undefined : random.pick(['acme', 'bolt']),
    },
  };
}

function someFact(random: Seeded, channel: Channel): LifecycleFact {
  const registration = random.pick([...Object.keys(channel.registrations), 'R0']);
  const partner = random.pick(['acme', 'bolt']);
  const opportunity = random.pick(['opp-1', 'opp-2']);
  return random.pick<LifecycleFact>([
    { fact: 'partner.suspended', partner },
    { fact: 'partner.reinstated', partner },
    { fact: 'rules.done', registration, rules: 'clear', rulesCode: undefined },
    ...(['won', 'lost', 'reopened', 'stage', 'deleted'] as const).map((event): LifecycleFact => ({
      fact: 'opportunity',
      event,
      opportunity,
      registration: null,
      reasonCode: 'price',
    })),
    { fact: 'opportunity', event: 'linked', opportunity, registration, reasonCode: null },
  ]);
}
