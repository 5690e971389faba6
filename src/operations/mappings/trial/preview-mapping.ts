import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription, RemoteRecord } from '#connectors/contract/records.ts';
import { localFields, remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping, type CompiledMapping, type MappingProblem } from '#mappings/engine/compile.ts';
import { explainInbound, explainOutbound, type ExplainedField } from '#mappings/engine/explain.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { shownRecords } from '#src/db/mappings/backfill-view.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { recordValues, type RecordValues } from '#src/db/records/record-values-view.ts';
import { unmergedRecordIds } from '#src/db/records/link-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import { rollBackAfter } from '#src/db/roll-back-after.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { runApart } from '#src/operations/mappings/apart/run-apart.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { requireConnection } from '#src/operations/connections/use-connection.ts';
import { refusalCode } from '#src/operations/connections/vendor-refusal.ts';
import { pauseInForce } from '#src/operations/connections/pause-connection.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { withRelated } from '#src/operations/place/related-values.ts';
import { projectedObject } from '#src/operations/write/plan-writes.ts';
import { linesToWrite, desiredValues } from '#src/operations/write/desired-values.ts';
import {
  backfillRecords,
  isPlacedKind,
  isProjected,
  type BackfilledRecord,
  type BackfilledWrite,
  type Refusal,
} from '#src/operations/mappings/backfill/backfill-records.ts';

export interface PreviewInput {
  readonly connectionId: string;
  readonly pack: MappingPack;
  /** The vendor's id of the record. */
  readonly ref: string;
}

/** The effect of a mapping on one record in both directions, with the steps that produce each value. */
export type MappingPreview =
  | { readonly fits: false; readonly problems: readonly MappingProblem[] }
  | {
      readonly fits: true;
      readonly ref: string;
      /** Fairway's record; null when there is none. `after` is also null when the mapping leaves it out. */
      readonly before: RecordValues | null;
      readonly after: RecordValues | null;
      /** From the vendor's fields to Fairway's, step by step. */
      readonly inbound: readonly ExplainedField[];
      /** From Fairway's fields to the vendor's, step by step, for the fields that have a value to write. */
      readonly outbound: readonly ExplainedField[];
      /** The exact write; null when the CRM already has all values. */
      readonly write: (BackfilledWrite & { readonly object: string }) | null;
      readonly refusals: readonly Refusal[];
    };

/**
 * Shows the effect of a mapping on one live record. The record is fetched, mapped by the same code as in a
 * backfill, and everything is rolled back.
 *
 * @throws AppError `not_found` when the CRM does not show the record; `connection_failed` with the CRM's
 * message when it cannot be reached; `bad_request` for a kind that is only written
 */
export async function previewMapping(
  deps: Deps,
  { connectionId, pack, ref }: PreviewInput,
): Promise<MappingPreview> {
  const connection = await requireConnection(deps, connectionId);
  const { kind } = pack;
  if (!isPlacedKind(kind))
    throw new AppError(
      'bad_request',
      `A ${kind} is only written, so there is no record in the CRM to start from. Use a dry run.`,
      {
        kind,
      },
    );
  const fetched = await fetchRecord(deps, connection, pack, ref);
  if (!fetched.mapping) return { fits: false, problems: fetched.problems };
  const { mapping, record, askedAt } = fetched;
  const { currency } = (await currentProgram(deps)).program;
  const { object } = mapping;
  return rollBackAfter(deps.db, async (tx) => {
    await lockObject(tx, connectionId, object);
    // A record that was never placed has no id until it is placed below.
    const ids = async () => [...(await unmergedRecordIds(tx, connectionId, object, [ref])).values()];
    const values = async () => [...(await recordValues(tx, kind, await ids())).values()][0] ?? null;
    const before = await values();
    const read = { pulledAt: askedAt, at: deps.clock(), via: 'hint', replaceBy: 'recheck' } as const;
    await saveRemoteRecords(tx, connectionId, object, [record], read);
    const shown = await shownRecords(tx, connectionId, object, [ref]);
    const input = { connection, mapping, pack, kind, currency, runId: deps.ids() };
    const [result] = await backfillRecords(deps, tx, input, shown);
    const placed = await ids();
    const [desired] =
      isProjected(kind) && placed.length > 0
        ? await desiredValues(tx, projectedObject(deps, { connection, mapping, kind }), placed)
        : [];
    const related = await withRelated(deps, tx, { connection, mapping }, [record]);
    const { write, refusals } = result ?? noResult;
    const lines = linesToWrite(mapping, desired ?? { values: {}, known: null });
    return {
      fits: true,
      ref,
      before,
      after: await values(),
      inbound: explainInbound(mapping, related.get(ref) ?? record.fields),
      outbound: explainOutbound(lines.mapping, mappedValues(lines.mapping, lines.values)),
      write: write && { ...write, object },
      refusals,
    };
  });
}

const noResult: Pick<BackfilledRecord, 'write' | 'refusals'> = { write: null, refusals: [] };

/** The values that a line of the mapping uses. */
function mappedValues(mapping: CompiledMapping, values: CanonicalValues): CanonicalValues {
  const names = new Set(localFields(mapping));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

type Fetched =
  | { readonly mapping: null; readonly problems: readonly MappingProblem[] }
  | { readonly mapping: CompiledMapping; readonly record: RemoteRecord; readonly askedAt: Date };

/** A person waits for the answer, so this uses the calls reserved for people and leaves the health alone. */
async function fetchRecord(
  deps: Deps,
  connection: Connection,
  pack: MappingPack,
  ref: string,
): Promise<Fetched> {
  const pause = pauseInForce(connection, 'interactive', deps.clock());
  const connector = deps.connectorFor(connection, 'interactive');
  try {
    if (pause) throw new ConnectorError(pause);
    const description: ObjectDescription = await connector.describe(pack.object);
    // Only a mapping without problems is compiled here, which is quick.
    const { problems } = await runApart('check', { pack, description });
    const compiled =
      problems.length > 0 ? { ok: false as const, problems } : compileMapping(pack, description);
    if (!compiled.ok) return { mapping: null, problems: compiled.problems };
    const askedAt = deps.sharedClock();
    const records = await connector.fetch(pack.object, [ref], remoteFields(compiled.mapping));
    const record = records.find((one) => one.extId === ref && !one.deleted);
    if (!record)
      throw new AppError('not_found', `${connection.name} shows no ${pack.object} with the id ${ref}.`, {
        ref,
      });
    return { mapping: compiled.mapping, record, askedAt };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { message, fix } = error.failure;
    throw new AppError(
      refusalCode(error.failure),
      `${connection.name} could not show the record: ${message} ${fix}`,
      { ref },
      error,
    );
  }
}
