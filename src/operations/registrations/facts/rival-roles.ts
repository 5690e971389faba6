import { rolesOf } from '#src/db/registrations/programme-fact-store.ts';
import type { Db } from '#src/db/client.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import type { FoundRival, MatchCandidates } from '#src/operations/matching/find-candidates.ts';

/** Adds the roles of the partners of rival registrations, where the programme allows roles together. */
export async function withRoles(
  tx: Db,
  candidates: ReadonlyMap<string, MatchCandidates>,
  engagement: EngagementPolicy,
): Promise<ReadonlyMap<string, MatchCandidates>> {
  const { field, together } = ruleSetting(engagement, 'co_sell');
  if (field === null || together.length === 0) return candidates;
  const ids = [...candidates.values()].flatMap(({ rivals }) =>
    rivals.flatMap(({ rival }) => (rival.kind === 'registration' ? [rival.id] : [])),
  );
  const roles = await rolesOf(tx, [...new Set(ids)], field);
  const withRole = ({ rival, facts }: FoundRival): FoundRival =>
    rival.kind === 'registration'
      ? { rival: { ...rival, role: roles.get(rival.id) ?? null }, facts }
      : { rival, facts };
  return new Map([...candidates].map(([id, one]) => [id, { ...one, rivals: one.rivals.map(withRole) }]));
}
