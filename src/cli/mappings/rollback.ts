import { canonicalKinds, type CanonicalKind } from '#src/domain/record.ts';
import { rollBackMapping } from '#src/operations/mappings/versions/roll-back-mapping.ts';
import {
  exitCodes,
  jsonOption,
  printResult,
  requiredOption,
  textOption,
  UsageError,
  type Command,
} from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from '#src/cli/sync/chosen-connections.ts';
import { actingEmail, actingPerson } from './acting-person.ts';

export const rollBackMappings: Command = {
  options: [
    ['--connection <name>', 'the connection'],
    ['--object <object>', 'the object of the vendor, for example Account'],
    ['--to <version>', 'the version to make live again'],
    ['--reason <text>', 'why, for the audit trail'],
    ['--as <email>', 'the admin who does this'],
    ['--kind <kind>', 'the kind of record, when the object is mapped to several'],
    jsonOption,
  ],
  examples: [
    'mappings rollback --connection Sales --object Account --to 3 --reason "Phones are missed" --as ada@vendor.example',
  ],
  details: 'Needs no second person; the audit trail says so.',
  async run(values) {
    const name = requiredOption(values, 'connection');
    const object = requiredOption(values, 'object');
    const reason = requiredOption(values, 'reason');
    const version = versionOf(requiredOption(values, 'to'));
    const kind = kindOf(textOption(values['kind']));
    const email = actingEmail(values);
    return withDeps(async (deps) => {
      const person = await actingPerson(deps, email, ['admin']);
      const [connection] = await chosenConnections(deps, name);
      const place = { connectionId: connection?.id ?? '', object, kind };
      const live = await rollBackMapping(deps, { ...place, version, reason, personId: person.id });
      printResult(values, { version: live.version, restores: version }, [
        `Version ${version} of ${object} is live again, as version ${live.version}. It applies to records that change from now on;`,
        'to apply it to all records now, start a backfill on the mapping’s page.',
      ]);
      return exitCodes.ok;
    });
  },
};

function versionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--to ${text} is not a version number. The mapping’s history lists them.`);
}

function kindOf(text: string | null): CanonicalKind | undefined {
  if (text === null) return undefined;
  const found = canonicalKinds.find((kind) => kind === text);
  if (found) return found;
  throw new UsageError(`--kind ${text} is not one of ${canonicalKinds.join(', ')}.`);
}
