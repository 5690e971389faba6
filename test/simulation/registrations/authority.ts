/** The approvals and answers that a person gave who may not, read from the stored events without the rules' code. */
import { scenarioEmail, scenarioPeople } from '#src/cli/cases/lifecycle-cast.ts';
import type { StoredEvent } from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';

interface Before {
  readonly version: number;
  readonly approvals: readonly string[];
  readonly editedBy: readonly string[];
}

export function wronglyDecided(
  events: readonly StoredEvent[],
  steps: readonly { readonly anyOf: readonly string[] }[],
): readonly string[] {
  const wrong: string[] = [];
  const submitters = new Map<string, string>();
  const decided = new Set<string>();
  for (const { registration, move, actor, refusal, before, via } of events) {
    if (typeof actor !== 'string' || refusal !== null) continue;
    if (before === null || move === 'resubmit') submitters.set(registration, actor);
    if (!['approve', 'reject', 'uphold', 'overturn'].includes(move)) continue;
    const { version, approvals, editedBy } = before as Before;
    const what = `${move} of ${registration} version ${version} by ${actor} via ${String(via)}`;
    if (decided.has(`${registration} ${version}`)) wrong.push(`${what}: decided twice`);
    decided.add(`${registration} ${version}`);
    const involved = new Set([submitters.get(registration), ...editedBy]);
    const isAppeal = move === 'uphold' || move === 'overturn';
    const able = (steps[approvals.length]?.anyOf ?? []).filter(
      (name) => !involved.has(name) && !approvals.includes(name),
    );
    const mayDecide = isAppeal
      ? scenarioPeople[actor]?.role === 'ops' && !involved.has(actor)
      : able.includes(actor) || (able.length === 0 && actor === scenarioEmail('lena'));
    if (!mayDecide) wrong.push(what);
  }
  return wrong;
}
