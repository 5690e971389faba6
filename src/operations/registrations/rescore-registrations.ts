import { allCases, type StoredCase } from '#src/db/matching/match-case-store.ts';
import { modelHash } from '#src/db/matching/match-model-store.ts';
import { rollBackAfter } from '#src/db/roll-back-after.ts';
import type { Db } from '#src/db/client.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalJson, contentHash } from '#src/domain/content-hash.ts';
import { AppError } from '#src/domain/errors.ts';
import type { MatchVerdict } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { adoptModel } from '#src/operations/matching/adopt-model.ts';
import { evaluateAll } from './evaluate-registrations.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';

/** A changed match verdict on a registration and a rival. `none`: the two were not compared as rivals. */
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
  /** Changes of registrations that the rules may still decide. They happen when the model is applied. */
  readonly open: readonly VerdictChange[];
  /** Open registrations whose status changes. */
  readonly outcomes: readonly { readonly number: string; readonly before: string; readonly after: string }[];
  /** Changes of decided registrations, for people to check. A model never reverses a decision. */
  readonly answered: readonly VerdictChange[];
  readonly applied: boolean;
  /** Identifies exactly these changes; a person who applies the model names it. */
  readonly code: string;
}

export interface RescoreInput {
  /** Null for the live model. */
  readonly model: MatchModel | null;
  /** Null for a dry run. `adoptedBy` is the person who adopts the model, which somebody else has proposed. */
  readonly apply: {
    readonly adoptedBy: string | null;
    /** The `code` of the dry run that the person has read; only programs leave it out. */
    readonly seen?: string;
  } | null;
}

/**
 * Compares the verdicts of a model with every stored decision. A dry run evaluates all open registrations
 * with the model and rolls back. When applied, the model is adopted and the open registrations are evaluated
 * with it.
 *
 * @throws AppError as `adoptModel` does
 */
export async function rescoreRegistrations(
  deps: Deps,
  { model: named, apply }: RescoreInput,
): Promise<Rescoring> {
  const model = named ?? (await liveModel(deps.db));
  const evaluate = async (db: Db, decidingModel: typeof liveModel) => {
    const before = await snapshot(db, model);
    await evaluateAll({ ...deps, db }, async () => {}, decidingModel);
    return { before, after: await snapshot(db, model) };
  };
  const tryOut = () => rollBackAfter(deps.db, (tx) => evaluate(tx, async () => model));
  if (apply?.seen !== undefined) refuseOtherEffect(effectOf(model, await tryOut()), apply.seen);
  // If this stops after the adoption, the next run evaluates the rest with the adopted model.
  if (named && apply?.adoptedBy)
    await adoptModel(deps, { modelHash: modelHash(named), personId: apply.adoptedBy });
  // Another model may have been adopted in the meantime, so an applied run asks for the live one.
  const effect = effectOf(model, apply ? await evaluate(deps.db, liveModel) : await tryOut());
  return { ...effect, applied: apply !== null };
}

interface Snapshots {
  readonly before: ReadonlyMap<string, ScoredCase>;
  readonly after: ReadonlyMap<string, ScoredCase>;
}

/** The changes that the model makes. The code identifies them, so that a person applies only what they have read. */
function effectOf(model: MatchModel, { before, after }: Snapshots): Omit<Rescoring, 'applied'> {
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
    .filter((one) => one.isDecided)
    .flatMap((one) => changesBetween(one, one.verdicts, one.replayed));
  const hash = modelHash(model);
  const named = [...open, ...outcomes, ...answered].map((change) => canonicalJson(change)).toSorted();
  const code = contentHash([hash, named]).slice(0, 12);
  return { modelVersion: model.version, modelHash: hash, cases: after.size, open, outcomes, answered, code };
}

/** @throws AppError `conflict` when the model does something else by now than the person has read */
function refuseOtherEffect({ code, open, outcomes }: Omit<Rescoring, 'applied'>, seen: string): void {
  if (code === seen) return;
  throw new AppError(
    'conflict',
    `What this model changes is no longer what you have read under ${seen}: now it changes ${outcomes.length} outcomes and ${open.length} verdicts. Run it again without --apply, read the list, and apply it with the new code.`,
    { code, seen },
  );
}

type Verdicts = ReadonlyMap<string, MatchVerdict>;

interface ScoredCase {
  readonly number: string;
  readonly status: string;
  readonly isDecided: boolean;
  /** The stored verdicts as one text, to compare. */
  readonly stored: string;
  readonly verdicts: Verdicts;
  /** The model's verdicts on the stored facts. */
  readonly replayed: Verdicts;
}

async function snapshot(db: Db, model: MatchModel): Promise<ReadonlyMap<string, ScoredCase>> {
  const scored = new Map<string, ScoredCase>();
  for await (const one of allCases(db)) scored.set(one.registrationId, scoredOf(one, model));
  return scored;
}

function scoredOf({ number, status, decision, facts }: StoredCase, model: MatchModel): ScoredCase {
  const verdicts = new Map(
    decision.findings.flatMap(({ rival }) => (rival ? [[rival.id, rival.match.verdict] as const] : [])),
  );
  const replayed = new Map(verdicts);
  for (const { id, company } of facts?.rivals ?? [])
    if (facts) replayed.set(id, matchCompanies(facts.company, company, model).verdict);
  const isDecided = !['submitted', 'information_needed', 'in_review'].includes(status);
  const stored = [...verdicts]
    .map(([id, verdict]) => `${id} ${verdict}`)
    .toSorted()
    .join();
  return { number, status, isDecided, stored, verdicts, replayed };
}

function changesBetween({ number, status }: ScoredCase, before: Verdicts, after: Verdicts): VerdictChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((rivalId) => {
    const change = { before: before.get(rivalId) ?? 'none', after: after.get(rivalId) ?? 'none' } as const;
    return change.before === change.after ? [] : [{ number, status, rivalId, ...change }];
  });
}
