import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription } from '#connectors/contract/records.ts';
import type { MappingProblem } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { relatedLines } from '#mappings/engine/related.ts';
import {
  type Connection,
  listConnections,
  readDescription,
  saveDescription,
} from '#src/db/connections/connection-store.ts';
import { lockDeclaredFields } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { runApart } from '#src/operations/mappings/apart/run-apart.ts';
import { canonicalFields, extraPrefix, type CanonicalField } from '#src/domain/record.ts';
import { packFor, packsOf } from '#src/operations/connections/use-connection.ts';
import { refusalCode } from '#src/operations/connections/vendor-refusal.ts';
import { pauseInForce } from '#src/operations/connections/pause-connection.ts';

export interface MappingCheck {
  readonly problems: readonly MappingProblem[];
  readonly warnings: readonly MappingProblem[];
}

/**
 * Checks a mapping against the description of the vendor's object. A mapping without problems may be submitted.
 */
export async function checkMapping(
  deps: Pick<Deps, 'db' | 'packs'>,
  connection: Connection,
  pack: MappingPack,
  description: ObjectDescription,
): Promise<MappingCheck> {
  const found = await runApart('check', { pack, description });
  const problems = [...found.problems, ...(await customFieldConflicts(deps, connection, pack))];
  return {
    problems: [...problems, ...undeclaredCustomFields(deps, connection, pack)],
    warnings: found.warnings,
  };
}

/** A custom field that is looked up in a related record must be declared in the mapping of that record. */
function undeclaredCustomFields(
  deps: Pick<Deps, 'packs'>,
  connection: Connection,
  pack: MappingPack,
): MappingProblem[] {
  const known: Readonly<Record<string, CanonicalField>> = canonicalFields[pack.kind];
  return relatedLines(pack).flatMap(({ index, line, field }) => {
    const kind = pack.fields.flatMap(({ local, remote }) =>
      remote === line.remote ? (known[local]?.to ?? []) : [],
    )[0];
    if (!kind || !field.startsWith(extraPrefix)) return [];
    const declared = packFor(deps, connection, kind)?.extra?.map(({ name }) => `${extraPrefix}${name}`) ?? [];
    if (declared.includes(field)) return [];
    const message = `The live mapping of ${kind} does not declare the field "${field}".`;
    const fix = `Declare it there first${declared.length > 0 ? `, or use one of ${declared.join(', ')}` : ''}.`;
    return [{ path: `fields[${index}].transform`, field: line.local, code: 'unknown_source', message, fix }];
  });
}

/** A custom field that several CRMs fill must have the same type in all mappings. */
export async function customFieldConflicts(
  deps: Pick<Deps, 'db' | 'packs'>,
  { id }: Connection,
  pack: MappingPack,
): Promise<MappingProblem[]> {
  if (!pack.extra?.length) return [];
  const others = (await listConnections(deps.db)).filter((one) => one.id !== id);
  const declared = others.flatMap((one) =>
    packsOf(deps, one).flatMap((other) =>
      other.kind === pack.kind ? (other.extra ?? []).map((field) => ({ ...field, by: one.name })) : [],
    ),
  );
  return pack.extra.flatMap((field, index) => {
    const other = declared.find((one) => one.name === field.name && one.type !== field.type);
    if (!other) return [];
    const message = `${field.name} is ${field.type} here and ${other.type} in the mapping of ${other.by}.`;
    const fix = `Set its type to ${other.type}, or give it another name.`;
    return [
      {
        path: `extra[${index}].type`,
        field: `${extraPrefix}${field.name}`,
        code: 'extra_type_differs',
        message,
        fix,
      },
    ];
  });
}

/**
 * Checks the custom fields again in the transaction that makes a mapping live, because another connection's
 * mapping may have become live since the first check.
 *
 * @throws AppError `conflict` when two mappings declare a custom field with different types
 */
export async function refuseCustomFieldConflicts(
  deps: Pick<Deps, 'db' | 'packs'>,
  connection: Connection,
  pack: MappingPack,
): Promise<void> {
  if (!pack.extra?.length) return;
  await lockDeclaredFields(deps.db, pack.kind);
  refuseProblems(`Version ${pack.version}`, { problems: await customFieldConflicts(deps, connection, pack) });
}

/** @throws AppError `conflict` with the first problem, its fix and the number of further problems */
export function refuseProblems(what: string, { problems }: Pick<MappingCheck, 'problems'>): void {
  const [first] = problems;
  if (!first) return;
  const more = problems.length === 1 ? '' : ` There are ${problems.length - 1} more problems.`;
  throw new AppError(
    'conflict',
    `${what} does not fit: ${first.field}: ${first.message} ${first.fix}${more}`,
    { problems },
  );
}

/** The stored description of the object. Without one it is fetched, which costs a call. */
export async function knownDescription(
  deps: Deps,
  connection: Connection,
  object: string,
): Promise<ObjectDescription> {
  const known = await readDescription(deps.db, connection.id, object);
  if (known) return known;
  const description = await freshDescription(deps, connection, object);
  await saveDescription(deps.db, connection.id, description, deps.clock());
  return description;
}

/**
 * Fetches the description of the object from the vendor. A failure does not change the connection's health,
 * because the person may have asked for an object that does not exist.
 *
 * @throws AppError with the vendor's message and the fix: `not_found` when the vendor has no such object,
 * otherwise `connection_failed`
 */
export async function freshDescription(
  deps: Deps,
  connection: Connection,
  object: string,
): Promise<ObjectDescription> {
  const pause = pauseInForce(connection, 'interactive', deps.clock());
  try {
    if (pause) throw new ConnectorError(pause);
    return await deps.connectorFor(connection, 'interactive').describe(object);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { message, fix } = error.failure;
    throw new AppError(
      refusalCode(error.failure),
      `${connection.name} could not describe ${object}: ${sentence(message)} ${fix}`,
      { object },
      error,
    );
  }
}

/** Adds the full stop that some vendors' messages lack. */
const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);
