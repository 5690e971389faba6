import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription, RemoteRecord } from '#connectors/contract/records.ts';
import { localFields, remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping, type CompiledMapping, type MappingProblem } from '#mappings/engine/compile.ts';
import { explainInbound, explainOutbound, type ExplainedField } from '#mappings/engine/explain.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { shownRecords } from '#src/db/mappings/carry-view.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { recordValues, type RecordValues } from '#src/db/records/record-values-view.ts';
import { linkedRecordIds } from '#src/db/records/link-store.ts';
import { lockObject } from '#src/db/sync/remote-store.ts';
import { saveRemoteRecords } from '#src/db/sync/save-remote-records.ts';
import { rollBackAfter } from '#src/db/roll-back-after.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { requireConnection } from '#src/operations/connections/use-connection.ts';
import { pauseInForce } from '#src/operations/connections/pause-connection.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { withRelated } from '#src/operations/place/related-values.ts';
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
  /** The vendor's id of one record. */
  readonly ref: string;
}

/** What a mapping would do with one record, both ways, and how each value comes about. */
export type MappingPreview =
  | { readonly fits: false; readonly problems: readonly MappingProblem[] }
  | {
      readonly fits: true;
      readonly ref: string;
      /**
       * Ours: null where there is no such record; `after` also when the filter or a problem leaves it out.
       */
      readonly before: RecordValues | null;
      readonly after: RecordValues | null;
      /** The vendor's fields → ours, step by step. */
      readonly inbound: readonly ExplainedField[];
      /** Ours → the vendor's fields, of those of which something is to be said. */
      readonly outbound: readonly ExplainedField[];
      /** Exactly what would be sent; null when the CRM says all of it already. */
      readonly write: (BackfilledWrite & { readonly object: string }) | null;
      readonly refusals: readonly Refusal[];
    };

/**
 * Shows on one live record what a mapping would do, draft or not: the record is fetched now, carried over by
 * the code that does it for all, and all of it is taken back.
 *
 * @throws AppError `not_found` when the CRM does not show the record; `connection_failed` with its words when
 * it cannot be asked;
 *   `bad_request` for a kind of which nothing is read
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
  const look = await lookAtRecord(deps, connection, pack, ref);
  if (!look.mapping) return { fits: false, problems: look.problems };
  const { mapping, record, askedAt } = look;
  const { currency } = (await currentProgram(deps)).program;
  const { object } = mapping;
  return rollBackAfter(deps.db, async (tx) => {
    await lockObject(tx, connectionId, object);
    // One that was never placed has none, until the trial places it.
    const ids = async () => [...(await linkedRecordIds(tx, connectionId, object, [ref])).values()];
    const values = async () => [...(await recordValues(tx, kind, await ids())).values()][0] ?? null;
    const before = await values();
    const showing = { pulledAt: askedAt, at: deps.clock(), via: 'hint', stamps: 'doubted' } as const;
    await saveRemoteRecords(tx, connectionId, object, [record], showing);
    const shown = await shownRecords(tx, connectionId, object, [ref]);
    const input = { connection, mapping, pack, kind, currency, runId: deps.ids() };
    const [carried] = await backfillRecords(deps, tx, input, shown);
    const placed = await ids();
    const [wanted] =
      isProjected(kind) && placed.length > 0
        ? await desiredValues(tx, { connectionId, mapping, kind }, placed)
        : [];
    const related = await withRelated(deps, tx, { connection, mapping }, [record]);
    const { write, refusals } = carried ?? nothing;
    const spoken = linesToWrite(mapping, wanted ?? { values: {}, known: null });
    return {
      fits: true,
      ref,
      before,
      after: await values(),
      inbound: explainInbound(mapping, related.get(ref) ?? record.fields),
      outbound: explainOutbound(spoken.mapping, spokenOf(spoken.mapping, spoken.values)),
      write: write && { ...write, object },
      refusals,
    };
  });
}

const nothing: Pick<BackfilledRecord, 'write' | 'refusals'> = { write: null, refusals: [] };

function spokenOf(mapping: CompiledMapping, values: CanonicalValues): CanonicalValues {
  const names = new Set(localFields(mapping));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

type Look =
  | { readonly mapping: null; readonly problems: readonly MappingProblem[] }
  | { readonly mapping: CompiledMapping; readonly record: RemoteRecord; readonly askedAt: Date };

/** A person waits: through the calls kept for that, and without a word about the connection's health. */
async function lookAtRecord(
  deps: Deps,
  connection: Connection,
  pack: MappingPack,
  ref: string,
): Promise<Look> {
  const pause = pauseInForce(connection, 'interactive', deps.clock());
  const connector = deps.connectorFor(connection, 'interactive');
  try {
    if (pause) throw new ConnectorError(pause);
    const description: ObjectDescription = await connector.describe(pack.object);
    const compiled = compileMapping(pack, description);
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
      'connection_failed',
      `${connection.name} could not show the record: ${message} ${fix}`,
      { ref },
      error,
    );
  }
}
