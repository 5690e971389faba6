import { allCases, type StoredCase } from '#src/db/matching/match-case-store.ts';
import { modelHash } from '#src/db/matching/match-model-store.ts';
import { trial } from '#src/db/roll-back-after.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import type { MatchVerdict } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { adoptModel } from '#src/operations/matching/adopt-model.ts';
import { decideAll } from './evaluate-registrations.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';

/** A verdict on two companies that the model and the present records change. `none`: not among the rivals. */
export interface VerdictChange {
  readonly number: string;
  readonly status: string;
  readonly rivalId: string;
  readonly before: MatchVerdict | 'none';
  readonly after: MatchVerdict | 'none';
}

export interface Rescoring {
  readonly modelVersion: string;
  readonly modelHash: string;
  readonly cases: number;
  /** Of registrations the rules may still answer: these change when it is applied. */
  readonly open: readonly VerdictChange[];
  /** What a changed verdict means for a registration that waits. */
  readonly outcomes: readonly { readonly number: string; readonly before: string; readonly after: string }[];
  /** Of registrations that were answered: for people to look at. An answer is never taken back by a model. */
  readonly answered: readonly VerdictChange[];
  readonly applied: boolean;
}

export interface RescoreInput {
  /** Null: the one that decides now. */
  readonly model: MatchModel | null;
  /** `adoptedBy`: who makes the model the one that decides, having been proposed by somebody else. */
  readonly apply: { readonly adoptedBy: string | null } | null;
}

/**
 * What a model says of every stored decision. A dry run decides as if it counted and takes all of it back;
 * applied, the model is the one that decides from then on, and the open registrations are decided with it.
 *
 * @throws AppError as `adoptModel` does
 */
export async function rescoreRegistrations(
  deps: Deps,
  { model: named, apply }: RescoreInput,
): Promise<Rescoring> {
  const model = named ?? (await liveModel(deps.db));
  const decide = async (db: Db) => {
    const before = await snapshot(db, model);
    await decideAll(
      { ...deps, db },
      async () => {},
      // Somebody may have adopted another meanwhile.
      apply ? liveModel : async () => model,
    );
    return { before, after: await snapshot(db, model) };
  };
  // Should this stop half-way, the next run decides the rest: by then the model is adopted.
  if (named && apply?.adoptedBy)
    await adoptModel(deps, { modelHash: modelHash(named), personId: apply.adoptedBy });
  const { before, after } = apply ? await decide(deps.db) : await trial(deps.db, decide);
  const open: VerdictChange[] = [];
  const outcomes: { number: string; before: string; after: string }[] = [];
  for (const [id, now] of after) {
    const then = before.get(id);
    if (then && then.status !== now.status)
      outcomes.push({ number: now.number, before: then.status, after: now.status });
    if (now.stored !== then?.stored)
      open.push(...changesBetween(now, then?.verdicts ?? new Map(), now.verdicts));
  }
  const answered = [...before.values()]
    .filter((one) => one.isAnswered)
    .flatMap((one) => changesBetween(one, one.verdicts, one.replayed));
  return {
    modelVersion: model.version,
    modelHash: modelHash(model),
    cases: after.size,
    open,
    outcomes,
    answered,
    applied: apply !== null,
  };
}

type Verdicts = ReadonlyMap<string, MatchVerdict>;

interface Scored {
  readonly number: string;
  readonly status: string;
  readonly isAnswered: boolean;
  /** What is stored, as one text. */
  readonly stored: string;
  readonly verdicts: Verdicts;
  /** What the model says of the same facts. */
  readonly replayed: Verdicts;
}

async function snapshot(db: Db, model: MatchModel): Promise<ReadonlyMap<string, Scored>> {
  const scored = new Map<string, Scored>();
  for await (const one of allCases(db)) scored.set(one.registrationId, scoredOf(one, model));
  return scored;
}

function scoredOf({ number, status, decision, facts }: StoredCase, model: MatchModel): Scored {
  const verdicts = new Map(
    decision.findings.flatMap(({ rival }) => (rival ? [[rival.id, rival.match.verdict] as const] : [])),
  );
  const replayed = new Map(verdicts);
  for (const { id, company } of facts?.rivals ?? [])
    if (facts) replayed.set(id, matchCompanies(facts.company, company, model).verdict);
  const isAnswered = status !== 'submitted' && status !== 'in_review';
  const stored = [...verdicts]
    .map(([id, verdict]) => `${id} ${verdict}`)
    .toSorted()
    .join();
  return { number, status, isAnswered, stored, verdicts, replayed };
}

function changesBetween({ number, status }: Scored, before: Verdicts, after: Verdicts): VerdictChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((rivalId) => {
    const change = { before: before.get(rivalId) ?? 'none', after: after.get(rivalId) ?? 'none' } as const;
    return change.before === change.after ? [] : [{ number, status, rivalId, ...change }];
  });
}
