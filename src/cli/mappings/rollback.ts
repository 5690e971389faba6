import { AppError } from '#src/domain/errors.ts';
import { canonicalKinds, type CanonicalKind } from '#src/domain/record.ts';
import { rollBackMapping } from '#src/operations/mappings/versions/roll-back-mapping.ts';
import { textOption } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { chosenConnections } from '#src/cli/sync/chosen-connections.ts';
import type { Subcommand } from '#src/cli/sync/subcommand.ts';
import { actingEmail, actingPerson } from './acting-person.ts';

type Values = Readonly<Record<string, string | boolean | undefined>>;

export const rollBackMappings: Subcommand = {
  usage: '--connection NAME --object OBJECT --to VERSION --reason TEXT --as EMAIL [--kind KIND] [--json]',
  summary:
    'Makes an earlier version live again, at once and without a second person. For an admin; the audit trail says so.',
  options: ['connection', 'object', 'to', 'reason', 'as', 'kind', 'json'],
  async run(values) {
    const [name, object, reason] = [
      needed(values, 'connection'),
      needed(values, 'object'),
      needed(values, 'reason'),
    ];
    const version = versionOf(needed(values, 'to'));
    const kind = kindOf(textOption(values['kind']));
    const email = actingEmail(values);
    return withDeps(async (deps) => {
      const person = await actingPerson(deps, email, ['admin']);
      const [connection] = await chosenConnections(deps, name);
      const place = { connectionId: connection?.id ?? '', object, kind };
      const live = await rollBackMapping(deps, { ...place, version, reason, personId: person.id });
      if (values['json'] === true) console.log(JSON.stringify({ version: live.version, restores: version }));
      else {
        console.log(
          `Version ${version} of ${object} is live again, as version ${live.version}. Records follow as they change;`,
        );
        console.log('carry it over to all of them with a backfill, on the mapping’s page.');
      }
      return 0;
    });
  },
};

function needed(values: Values, option: string): string {
  const value = textOption(values[option])?.trim();
  if (!value) throw new AppError('bad_request', `--${option} is missing.`);
  return value;
}

function versionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AppError('bad_request', `--to ${text} is no version number. The mapping’s history has them.`);
}

function kindOf(text: string | null): CanonicalKind | undefined {
  if (text === null) return undefined;
  const found = canonicalKinds.find((kind) => kind === text);
  if (found) return found;
  throw new AppError('bad_request', `--kind ${text} is not one of ${canonicalKinds.join(', ')}.`);
}
