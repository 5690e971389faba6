import {
  exitCodes,
  jsonOption,
  printResult,
  textOption,
  UsageError,
  type Command,
} from '#src/cli/command.ts';
import { actingEmail, actingPerson } from '#src/cli/mappings/acting-person.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import {
  createSource,
  rotateSource,
  switchSource,
} from '#src/operations/registrations/sources/manage-sources.ts';

export const registrationSource: Command = {
  arguments: [['<name>', 'the name of the system, such as partner-portal']],
  options: [
    ['--as <email>', 'the person who does this; operations or admin'],
    ['--partner <code>', 'the only partner for which a new source submits; without it, every partner'],
    ['--rotate', 'make a new secret; the old one is accepted for another day'],
    ['--disable', 'accept nothing from it'],
    ['--enable', 'accept its registrations again'],
    jsonOption,
  ],
  examples: [
    'registrations source partner-portal --as olga@vendor.example',
    'registrations source partner-portal --as olga@vendor.example --rotate',
  ],
  details: 'Without --rotate, --disable or --enable it adds a source. A secret is shown only once.',
  async run(values, [name]) {
    if (name === undefined || !/^[a-z][a-z0-9-]{0,39}$/.test(name))
      throw new UsageError('Name the source with small letters, digits and -, such as partner-portal.');
    const email = actingEmail(values);
    return withDeps(async (deps) => {
      const { id: actorId } = await actingPerson(deps, email, ['ops', 'admin']);
      if (values['disable'] === true || values['enable'] === true) {
        const isActive = values['enable'] === true;
        await switchSource(deps, { name, actorId, isActive });
        printResult(values, { name, isActive }, [`${name} is ${isActive ? 'enabled' : 'disabled'}.`]);
        return exitCodes.ok;
      }
      const { secret } =
        values['rotate'] === true
          ? await rotateSource(deps, { name, actorId })
          : await createSource(deps, { name, actorId, partner: textOption(values['partner']) });
      const path = `/api/hooks/registrations/${name}`;
      printResult(values, { name, path, secret }, [
        `It sends registrations to ${path}.`,
        secret,
        'Store this secret now. It is not shown again.',
      ]);
      return exitCodes.ok;
    });
  },
};
