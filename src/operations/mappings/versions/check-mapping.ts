import { ConnectorError, type ObjectDescription } from '#connectors/contract/crm.ts';
import { compileMapping, type MappingProblem } from '#mappings/engine/compile.ts';
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
import { canonicalFields, extraPrefix, type CanonicalField } from '#src/domain/record.ts';
import { packFor, packsOf } from '#src/operations/connections/use-connection.ts';
import { pauseInForce } from '#src/operations/connections/pause-connection.ts';

export interface MappingCheck {
  readonly problems: readonly MappingProblem[];
  readonly warnings: readonly MappingProblem[];
}

/**
 * What is wrong with a mapping, seen against what the vendor's object looks like. Without problems it may be
 * handed in.
 */
export async function checkMapping(
  deps: Pick<Deps, 'db' | 'packs'>,
  connection: Connection,
  pack: MappingPack,
  description: ObjectDescription,
): Promise<MappingCheck> {
  const compiled = compileMapping(pack, description);
  const problems = [
    ...(compiled.ok ? [] : compiled.problems),
    ...(await disagreements(deps, connection, pack)),
  ];
  return {
    problems: [...problems, ...unknownOwnFields(deps, connection, pack)],
    warnings: compiled.warnings,
  };
}

/**
 * What is looked up in another record and is a field of the customer's own has to be declared in that
 * record's mapping.
 */
function unknownOwnFields(
  deps: Pick<Deps, 'packs'>,
  connection: Connection,
  pack: MappingPack,
): MappingProblem[] {
  const ours: Readonly<Record<string, CanonicalField>> = canonicalFields[pack.kind];
  return relatedLines(pack).flatMap(({ index, line, field }) => {
    const kind = pack.fields.flatMap(({ local, remote }) =>
      remote === line.remote ? (ours[local]?.to ?? []) : [],
    )[0];
    if (!kind || !field.startsWith(extraPrefix)) return [];
    const declared = packFor(deps, connection, kind)?.extra?.map(({ name }) => `${extraPrefix}${name}`) ?? [];
    if (declared.includes(field)) return [];
    const message = `The mapping of ${kind} that is live declares no field "${field}".`;
    const fix = `Declare it there first${declared.length > 0 ? `, or take one of ${declared.join(', ')}` : ''}.`;
    return [{ path: `fields[${index}].transform`, field: line.local, code: 'unknown_source', message, fix }];
  });
}

/** A field of the customer's own is one field, however many CRMs fill it: its type is the same everywhere. */
export async function disagreements(
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
 * Looks again at the moment a mapping becomes live, in that transaction: another connection's may have become
 * live since it was checked.
 *
 * @throws AppError `conflict` when both declare a field otherwise
 */
export async function refuseDisagreements(
  deps: Pick<Deps, 'db' | 'packs'>,
  connection: Connection,
  pack: MappingPack,
): Promise<void> {
  if (!pack.extra?.length) return;
  await lockDeclaredFields(deps.db, pack.kind);
  refuseProblems(`Version ${pack.version}`, { problems: await disagreements(deps, connection, pack) });
}

/** @throws AppError `conflict` naming the first problem and its fix, and how many there are */
export function refuseProblems(what: string, { problems }: Pick<MappingCheck, 'problems'>): void {
  const [first] = problems;
  if (!first) return;
  const more = problems.length === 1 ? '' : ` ${problems.length - 1} more like this.`;
  throw new AppError(
    'conflict',
    `${what} does not fit: ${first.field}: ${first.message} ${first.fix}${more}`,
    { problems },
  );
}

/** What the object looked like when it was last asked for; asked for now if never. Costs a call only then. */
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
 * What the object looks like now. A person asks, perhaps for an object that is not there, so a refusal says
 * nothing about the connection's health: it is told to the person.
 *
 * @throws AppError `connection_failed` with the vendor's words and what to do
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
      'connection_failed',
      `${connection.name} does not say what ${object} looks like: ${sentence(message)} ${fix}`,
      { object },
      error,
    );
  }
}

/** Vendors do not always end theirs. */
const sentence = (words: string): string => (/[.!?]$/.test(words.trim()) ? words.trim() : `${words.trim()}.`);
