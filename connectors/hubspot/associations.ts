import { mayMeanPartner } from '#connectors/contract/partner-words.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import type { HubspotApi } from './api.ts';
import { failureOf } from './errors.ts';
import { associationsPath } from './schema/naming.ts';
import { anything, associationErrors, associationsAnswer, labelsAnswer } from './wire.ts';

const readSize = 1_000;
const writeSize = 2_000;

/** The associations of one record: all of them in HubSpot's order, and the one that is the reference. */
interface Associations {
  readonly reference: string;
  /** The ones that may be meant. A single one when a label names it. */
  readonly choices: readonly string[];
  readonly all: readonly string[];
}

/**
 * The reference from each of these records to `target`: the association with a label for partners, else the primary
 * one, else the first one. A record without an association is absent.
 */
export async function readReferences(
  api: HubspotApi,
  object: string,
  target: string,
  ids: readonly string[],
): Promise<Map<string, Associations>> {
  const found = new Map<string, Associations>();
  for (const some of chunks(ids, readSize)) {
    const call = {
      method: 'POST',
      path: associationsPath(object, target, 'batch/read'),
      body: { inputs: some.map((id) => ({ id })) },
    } as const;
    const { data } = await api.send(call, associationsAnswer);
    for (const { from, to } of data.results) {
      const labelled = (isOne: (label: string) => boolean): readonly string[] =>
        to.flatMap(({ toObjectId, associationTypes }) =>
          associationTypes.some(({ label }) => isOne(label ?? '')) ? [toObjectId] : [],
        );
      const all = to.map((other) => other.toObjectId);
      const choices = [labelled(mayMeanPartner), labelled((label) => label === 'Primary'), all].find(
        (ids) => ids.length > 0,
      );
      const reference = choices?.[0];
      if (choices && reference !== undefined) found.set(from.id, { reference, choices, all });
    }
  }
  return found;
}

export interface WantedReference {
  readonly from: string;
  /** Null for no association. */
  readonly to: string | null;
}

/**
 * Writes the references that differ from the current ones. Where HubSpot has a primary label, as for the
 * companies of a deal, the label moves and other associations stay. Elsewhere the reference becomes the only
 * association.
 * @returns the failures, by `from`
 */
export async function writeReferences(
  api: HubspotApi,
  object: string,
  target: string,
  wanted: readonly WantedReference[],
): Promise<Map<string, RemoteFailure>> {
  const failures = new Map<string, RemoteFailure>();
  const current = await readReferences(
    api,
    object,
    target,
    wanted.map(({ from }) => from),
  );
  const wrong = wanted.filter(({ from, to }) => (current.get(from)?.reference ?? null) !== to);
  if (wrong.length === 0) return failures;
  const { data } = await api.send(
    { method: 'GET', path: associationsPath(object, target, 'labels') },
    labelsAnswer,
  );
  const primary = data.results.find((type) => type.label === 'Primary');
  const type = primary ?? data.results.find((one) => !one.label);
  if (!type)
    throw new ConnectorError(
      failureOf(
        400,
        { message: `Unable to infer object type: ${object} cannot be associated with ${target}` },
        null,
      ),
    );

  const types = [{ associationCategory: type.category, associationTypeId: type.typeId }];
  const links = wrong.flatMap(({ from, to }) =>
    to === null ? [] : [{ from: { id: from }, to: { id: to }, types }],
  );
  for (const inputs of chunks(links, writeSize)) {
    const answer = await api.send(
      { method: 'POST', path: associationsPath(object, target, 'batch/create'), body: { inputs } },
      associationErrors,
    );
    for (const error of answer.data?.errors ?? []) {
      for (const from of error.context?.['fromObjectId'] ?? [])
        failures.set(from, failureOf(400, error, null));
    }
  }
  // Old associations are removed last: a crash in between leaves one too many, never none.
  const stale = wrong
    .filter(({ from }) => !failures.has(from))
    .flatMap(({ from, to }) =>
      obsolete(current.get(from), to, primary !== undefined).map((id) => ({
        from: { id: from },
        to: [{ id }],
      })),
    );
  for (const inputs of chunks(stale, writeSize))
    await api.send(
      { method: 'POST', path: associationsPath(object, target, 'batch/archive'), body: { inputs } },
      anything,
    );
  return failures;
}

/** The associations to remove. */
function obsolete(
  current: Associations | undefined,
  to: string | null,
  labelled: boolean,
): readonly string[] {
  if (!current) return [];
  if (labelled) return to === null ? [current.reference] : [];
  return current.all.filter((id) => id !== to);
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
