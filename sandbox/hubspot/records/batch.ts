import type { FastifyRequest } from 'fastify';
import { rowFault } from '#sandbox/faults.ts';
import { HubspotError, invalid } from '#sandbox/hubspot/errors.ts';
import { stamp, type Portal } from '#sandbox/hubspot/portal.ts';

export interface BatchAnswer {
  readonly status: number;
  readonly body: object;
}

interface RowError {
  readonly status: 'error';
  readonly category: string;
  readonly message: string;
  readonly errors?: HubspotError['extras']['errors'];
  readonly context: Readonly<Record<string, readonly string[]>>;
}

export function checkSize(inputs: readonly unknown[], most = 100): void {
  if (inputs.length === 0 || inputs.length > most)
    throw invalid(`Batch inputs must be between 1 and ${most}, but there were ${inputs.length}.`);
}

export function checkDistinct(ids: readonly string[]): void {
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index);
  if (repeated.length > 0)
    throw invalid(
      `Duplicate IDs found in batch input: [${[...new Set(repeated)].join(', ')}]. IDs must be unique.`,
    );
}

/**
 * Writes a batch. When every input carries a distinct `objectWriteTraceId` the good rows land and the others
 * are listed (207); otherwise the first refusal refuses them all, before anything is written.
 * @param request asked for the faults that strike its rows
 * @param prepare checks one input and returns what writes it
 */
export function writeBatch<T extends { readonly objectWriteTraceId?: string | undefined }>(
  portal: Portal,
  request: FastifyRequest,
  inputs: readonly T[],
  doneStatus: number,
  prepare: (input: T) => () => object,
): BatchAnswer {
  const startedAt = stamp(portal);
  const traces = new Set(inputs.flatMap((input) => input.objectWriteTraceId ?? []));
  const prepareRow = (input: T, row: number): (() => object) => {
    refuseStruck(request, row);
    return prepare(input);
  };
  return portal.store.batch(() => {
    if (traces.size < inputs.length) {
      const writes = inputs.map(prepareRow);
      return complete(
        portal,
        startedAt,
        doneStatus,
        writes.map((write) => write()),
        [],
      );
    }
    const results: object[] = [];
    const errors: RowError[] = [];
    for (const [row, input] of inputs.entries()) {
      const trace = input.objectWriteTraceId ?? '';
      try {
        results.push({ ...prepareRow(input, row)(), objectWriteTraceId: trace });
      } catch (error) {
        if (!(error instanceof HubspotError)) throw error;
        errors.push(rowError(error, { objectWriteTraceId: [trace] }));
      }
    }
    return complete(portal, startedAt, doneStatus, results, errors);
  });
}

/** A row with a fault: refused permanently, or because of a concurrent write to the same record. */
function refuseStruck(request: FastifyRequest, row: number): void {
  switch (rowFault(request, row)) {
    case 'partial':
      throw invalid(`Row ${row} was refused by the sandbox.`);
    case 'lock_row':
      throw new HubspotError(409, 'CONFLICT', 'Another write to this record is in progress. Try again.');
    case null:
  }
}

export function rowError(
  error: HubspotError,
  context: Readonly<Record<string, readonly string[]>>,
): RowError {
  const { errors } = error.extras;
  return {
    status: 'error',
    category: error.category,
    message: error.message,
    ...(errors ? { errors } : {}),
    context: { ...error.extras.context, ...context },
  };
}

export function complete(
  portal: Portal,
  startedAt: string,
  doneStatus: number,
  results: readonly object[],
  errors: readonly object[],
): BatchAnswer {
  const body = { status: 'COMPLETE', results, startedAt, completedAt: stamp(portal) };
  return errors.length === 0
    ? { status: doneStatus, body }
    : { status: 207, body: { ...body, numErrors: errors.length, errors } };
}
