import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { findDrift } from '#src/db/mappings/drift-store.ts';
import type { Deps } from '#src/deps.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';
import { checkMapping, freshDescription } from '#src/operations/mappings/versions/check-mapping.ts';
import { driftBetween, raisesAlert } from '#src/operations/live-mappings/drift-findings.ts';
import { connectionOption, exitCodes, jsonOption, textOption, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from '#src/cli/sync/chosen-connections.ts';
import { compareFiles, type ComparedFile } from './compare-files.ts';
import { readMappingFiles, requireReadable } from './mapping-files.ts';

export const mappingsDrift: Command = {
  arguments: [['[folder]', 'the folder with the mapping files']],
  options: [connectionOption, jsonOption],
  examples: ['mappings drift crm-mappings', 'mappings drift --connection Sales'],
  details: 'Without a folder, only the live mappings and the CRM are compared.',
  run: (values, positionals) =>
    withDeps(async (deps) => {
      const [folder] = positionals;
      const compared =
        folder === undefined
          ? null
          : compareFiles(deps, requireReadable(await readMappingFiles(deps, folder, values)));
      const drifts: Drifted[] = [];
      for (const connection of await chosenConnections(deps, textOption(values['connection']))) {
        for (const pack of packsOf(deps, connection).filter((one) => one.enabled !== false)) {
          drifts.push({
            connection,
            pack,
            files: fileDrift(compared, connection, pack),
            crm: await crmDrift(deps, connection, pack),
          });
        }
      }
      const unmapped = (compared ?? []).filter((one) => one.live === null);
      const drifted = drifts.filter(({ files, crm }) => files.length + crm.length > 0);
      if (values['json'] === true)
        console.log(JSON.stringify([...drifted.map(driftJson), ...unmapped.map(unmappedJson)]));
      else for (const line of driftLines(drifted, unmapped, drifts.length)) console.log(line);
      return drifted.length + unmapped.length === 0 ? exitCodes.ok : exitCodes.failed;
    }),
};

interface Drifted {
  readonly connection: Connection;
  readonly pack: MappingPack;
  /**
   * In sentences: how what is live differs from its file, and how the CRM does from what the mapping needs.
   */
  readonly files: readonly string[];
  readonly crm: readonly string[];
}

/** A mapping of the customer's own belongs in a file; the shipped one need not. */
function fileDrift(
  compared: readonly ComparedFile[] | null,
  connection: Connection,
  pack: MappingPack,
): readonly string[] {
  if (compared === null) return [];
  const file = compared.find(
    (one) => one.file.connection.id === connection.id && one.file.pack.kind === pack.kind,
  );
  if (!file)
    return connection.mappings.includes(pack) ? [`Version ${pack.version} is live and is in no file.`] : [];
  if (file.same) return [];
  const says = file.lines.map((line) => line.message);
  return [
    `${file.file.file} is not what is live. Applying it would mean:`,
    ...(says.length === 0 ? ['The same fields in another order.'] : says),
  ];
}

async function crmDrift(deps: Deps, connection: Connection, pack: MappingPack): Promise<readonly string[]> {
  const description = await freshDescription(deps, connection, pack.object);
  const { problems } = await checkMapping(deps, connection, pack, description);
  const known = await findDrift(deps.db, {
    connectionId: connection.id,
    object: pack.object,
    kind: pack.kind,
  });
  const changes =
    known?.version === pack.version
      ? driftBetween(pack, known.baseline, description).filter(raisesAlert)
      : [];
  const covered = new Set(changes.flatMap((change) => change.locals));
  return [
    ...changes.map(({ message, fix }) => `${message} ${fix}`),
    ...problems
      .filter(({ field }) => !covered.has(field))
      .map(({ field, message, fix }) => `${field}: ${message} ${fix}`),
  ];
}

function driftJson({ connection, pack: { object, kind, version }, files, crm }: Drifted) {
  return { connection: connection.name, object, kind, live: version, files, crm };
}

function unmappedJson({ file }: ComparedFile) {
  const { object, kind } = file.pack;
  return {
    connection: file.connection.name,
    object,
    kind,
    live: null,
    files: [`${file.file} is not live.`],
    crm: [],
  };
}

function driftLines(
  drifted: readonly Drifted[],
  unmapped: readonly ComparedFile[],
  looked: number,
): readonly string[] {
  if (drifted.length + unmapped.length === 0)
    return [`No drift in ${looked} ${looked === 1 ? 'mapping' : 'mappings'}.`];
  return [
    ...drifted.flatMap(({ connection, pack, files, crm }) => [
      `${pack.object} as ${pack.kind} of ${connection.name} (version ${pack.version})`,
      ...[...files, ...crm].map((line) => `  ${line}`),
    ]),
    ...unmapped.map(({ file }) => `${file.file}: is not live.`),
  ];
}
