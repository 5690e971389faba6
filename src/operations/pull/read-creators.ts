import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { creatorsToRead, saveCreators } from '#src/db/registrations/lifecycle/creator-store.ts';
import { hasLifecycles } from '#src/db/registrations/lifecycle/decision-store.ts';
import { reportProblems, resolveUnseen } from '#src/db/sync/problem-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import { packFor, requireConnection, withCrm } from '#src/operations/connections/use-connection.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';

/** The place of problems with reading creators. It is no object of the vendor. */
const about = 'creators';
/** Creators that are read and stored together. */
const readAtOnce = 1_000;

export interface ReadCreatorsInput {
  /** Null outside a run. */
  readonly runId: string | null;
  readonly connectionId: string;
  /** The registrations to look at, by the vendor's ids; all when it is left out. */
  readonly extIds?: readonly string[];
  readonly lane?: Lane;
}

/**
 * Reads who created the records of registrations, once for each, because a person must not decide what they created.
 * A creator that is not shown is a problem, and the registration is not decided until it is.
 *
 * @throws ConnectorError when the vendor cannot be reached
 */
export async function readCreators(
  deps: Deps,
  { runId, connectionId, extIds, lane }: ReadCreatorsInput,
): Promise<void> {
  const object = packFor(deps, await requireConnection(deps, connectionId), 'registration')?.object;
  if (object === undefined || extIds?.length === 0) return;
  const { document } = await currentProgram(deps);
  if (document.lifecycle === 'off' && !(await hasLifecycles(deps.db, connectionId))) return;
  const began = deps.clock();
  const wanted = await creatorsToRead(deps.db, { connectionId, object, ...(extIds && { extIds }) });
  if (wanted.length > 0) {
    const task = { connectionId, runId, about, ...(lane && { lane }) };
    await withCrm(deps, task, async (connection, connector) => {
      const missing = await readAndSave(deps, connection, connector, wanted);
      if (missing !== null) await reportMissing(deps, connection, missing, began);
    });
  }
  const where = { source: 'pull', connectionId, object: about } as const;
  if (extIds === undefined) await resolveUnseen(deps.db, where, began, deps.clock());
}

interface MissingCreators {
  readonly extIds: readonly string[];
  /** The vendor's words, if it refused to show people at all. */
  readonly failure: ConnectorError['failure'] | null;
}

async function readAndSave(
  { db, clock }: Deps,
  { id }: Connection,
  { decisions }: CrmConnector,
  wanted: readonly string[],
): Promise<MissingCreators | null> {
  const missing: string[] = [];
  for (let start = 0; start < wanted.length; start += readAtOnce) {
    const part = wanted.slice(start, start + readAtOnce);
    try {
      const found = (await decisions?.creators(part)) ?? new Map<string, string>();
      await saveCreators(db, id, found, clock());
      missing.push(...part.filter((extId) => !found.has(extId)));
    } catch (error) {
      if (!(error instanceof ConnectorError) || !isHidden(error)) throw error;
      return { extIds: [...missing, ...wanted.slice(start)], failure: error.failure };
    }
  }
  return missing.length === 0 ? null : { extIds: missing, failure: null };
}

async function reportMissing(
  { db, ids }: Deps,
  { id: connectionId, name }: Connection,
  { extIds, failure }: MissingCreators,
  at: Date,
): Promise<void> {
  const which = extIds.length === 1 ? `${extIds[0]}` : `${extIds.length} registrations, such as ${extIds[0]}`;
  const problem = {
    class: 'permission',
    code: 'creators_hidden',
    message:
      `Fairway cannot read who created ${which}, so people's decisions about them are refused. ${failure?.message ?? ''}`.trim(),
    fix: `Let the integration user read the users of the CRM, also those who have left. ${failure?.fix ?? ''}`.trim(),
  } as const;
  const where = { source: 'pull', connectionId, object: about } as const;
  await reportProblems(db, where, [{ id: ids(), ref: name, failure: problem }], at);
}

const isHidden = ({ failure }: ConnectorError): boolean =>
  failure.class === 'permission' || failure.class === 'mapping' || failure.class === 'gone';
