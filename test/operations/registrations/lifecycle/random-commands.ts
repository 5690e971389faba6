/** Random commands of the cast: legal and illegal ones, of people who may give them and of others. */
import { scenarioEmail, scenarioPeople } from '#src/cli/cases/lifecycle-cast.ts';
import type { Seeded } from '#src/cli/match/seeded.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { reasonsFor } from '#src/domain/registrations/lifecycle/reasons.ts';
import { hasRoleFor, moveNames, type Move } from '#src/domain/registrations/lifecycle/states.ts';
import type { StepOutcome } from '#src/operations/registrations/lifecycle/run-step.ts';
import { terms, type LifecycleFixture } from './lifecycle-fixture.ts';

export const twoApprovalSteps = [
  { name: 'one', anyOf: ['olga', 'omar'].map(scenarioEmail) },
  { name: 'two', anyOf: ['omar', 'otto'].map(scenarioEmail) },
];

/** A command that was given, and what came of it. */
export interface GivenCommand {
  readonly command: LifecycleCommand;
  readonly outcome: StepOutcome;
}

export const isSame = ({ result }: StepOutcome): boolean => result !== null && 'same' in result;

/** The text by which the event of a random command is found; null for other events. */
export function markerOf(given: unknown): string | null {
  return typeof given === 'object' && given !== null && 'text' in given && typeof given.text === 'string'
    ? given.text
    : null;
}

/** Moves that are tried more often, because few of them are possible. */
const oftenTried = [
  ...Array.from({ length: 12 }, () => 'approve' as const),
  ...(['reject', 'reject', 'appeal', 'overturn', 'edit'] as const),
];

export function someCommand(
  random: Seeded,
  { partners, opportunity }: LifecycleFixture,
  {
    ids,
    marker,
    at,
    newId,
  }: {
    readonly ids: readonly string[];
    readonly marker: string;
    readonly at: number;
    readonly newId: string;
  },
): LifecycleCommand {
  const isSubmission = ids.length === 0 || random.chance(0.2);
  const move: LifecycleCommand['do'] = isSubmission ? 'submit' : random.pick([...moveNames, ...oftenTried]);
  const reasons = move === 'submit' || move === 'edit' ? null : reasonsFor(move);
  const names = Object.keys(scenarioPeople);
  const able = names.filter((name) => isAble(name, move));
  return {
    at,
    by: random.pick(random.chance(0.9) && able.length > 0 ? able : names),
    via: random.pick(['console', 'api', 'crm'] as const),
    do: move,
    registration: isSubmission ? newId : random.pick(ids),
    with: {
      text: marker,
      question: 'Who signs?',
      ...(reasons === null ? {} : { reasonCode: random.pick(reasons) }),
      fields: { amount: `${random.below(9)}000.00` },
      ...(move === 'convert' ? { opportunity } : {}),
      ...(ids.length > 0 && random.chance(0.3)
        ? { supersedes: random.pick(ids), supersededBy: random.pick(ids) }
        : {}),
      rules: random.pick(['clear', 'review', 'review', 'review', 'block'] as const),
      deal: random.pick(['d1', 'd2', 'd3', 'd4', 'd5', 'd6']),
      terms: { ...terms, amount: `${random.below(4)}000.00` },
      ...(isSubmission ? { partner: random.pick(Object.values(partners)) } : {}),
    },
  };
}

function isAble(name: string, move: Move | 'submit' | 'edit'): boolean {
  const role = scenarioPeople[name]?.role;
  if (role === undefined) return false;
  return move === 'submit' || move === 'edit'
    ? !['finance', 'auditor', 'admin'].includes(role)
    : hasRoleFor(move, role);
}

/** A submission of pat for a deal of its own, with the verdict of the rules. */
export function submission(
  { partners }: LifecycleFixture,
  {
    registration,
    marker,
    at,
    rules,
  }: {
    readonly registration: string;
    readonly marker: string;
    readonly at: number;
    readonly rules: 'clear' | 'review';
  },
): LifecycleCommand {
  return {
    at,
    by: scenarioEmail('pat'),
    via: 'api',
    do: 'submit',
    registration,
    with: { text: marker, terms, deal: registration, rules, partner: partners['acme'] },
  };
}
