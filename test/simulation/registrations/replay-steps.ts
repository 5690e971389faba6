/** Applies the pure rules again to the steps that the database has stored. */
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import type { Notice } from '#src/domain/registrations/lifecycle/notices.ts';
import type { Channel } from '#src/domain/registrations/lifecycle/registration.ts';
import { applyCommand, passTime, type StepResult } from '#src/domain/registrations/lifecycle/step.ts';
import type { LifecycleTimer } from '#src/domain/registrations/lifecycle/timers.ts';
import { seconds, type StoredEvent } from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { markerOf } from '#test/operations/registrations/lifecycle/random-commands.ts';

export interface Replayed {
  readonly registrations: Channel['registrations'];
  readonly notices: readonly Notice[];
  readonly timers: readonly LifecycleTimer[];
  /** Steps whose command the rules refuse for another reason than the stored one, or refuse only here. */
  readonly differences: readonly string[];
}

/**
 * Each step gets the registrations that it locked: those for the deals of its command, and those with an event in it.
 *
 * @param base people, partners and the programme, without registrations
 */
export function replaySteps(
  base: Channel,
  events: readonly StoredEvent[],
  commands: ReadonlyMap<string, LifecycleCommand>,
): Replayed {
  let registrations: Channel['registrations'] = {};
  const notices: Notice[] = [];
  const timers: LifecycleTimer[] = [];
  const differences: string[] = [];
  for (const step of Map.groupBy(events, ({ step: id }) => id).values()) {
    const caused = step.find(({ given }) => markerOf(given) !== null);
    const command = commands.get(markerOf(caused?.given) ?? '');
    const touched = step.map(({ registration }) => registration);
    const inScope = scopeOf(registrations, touched, command);
    const channel = { ...base, registrations: inScope };
    const result = resultOf(channel, step, caused, command);
    const refused = result.refused?.reason ?? null;
    if (refused !== (caused?.refusal ?? null))
      differences.push(`${JSON.stringify(command)}: ${refused} instead of ${String(caused?.refusal)}`);
    registrations = { ...registrations, ...result.channel.registrations };
    notices.push(...result.notices);
    timers.push(...result.timers);
  }
  return { registrations, notices, timers, differences };
}

function resultOf(
  channel: Channel,
  step: readonly StoredEvent[],
  caused: StoredEvent | undefined,
  command: LifecycleCommand | undefined,
): StepResult {
  if (caused === undefined || command === undefined)
    return passTime(channel, Math.max(...step.map(({ at }) => seconds(at))));
  return applyCommand(channel, { ...command, at: seconds(caused.at) });
}

function scopeOf(
  registrations: Channel['registrations'],
  touched: readonly string[],
  command: LifecycleCommand | undefined,
): Channel['registrations'] {
  const { registration, with: values } = command ?? { registration: '', with: {} };
  const named = [registration, values.supersedes ?? '', values.supersededBy ?? ''];
  const deals = new Set(named.flatMap((id) => registrations[id]?.deal ?? []));
  if (command?.do === 'submit') deals.add(values.deal ?? registration);
  return Object.fromEntries(
    Object.entries(registrations).filter(([id, { deal }]) => touched.includes(id) || deals.has(deal)),
  );
}
