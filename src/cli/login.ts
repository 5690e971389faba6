import { createLoginLink } from '#src/operations/people/sign-in.ts';
import { roles, type Role } from '#src/db/schema/people.ts';
import { AppError } from '#src/domain/errors.ts';
import { textOption, type Command } from './command.ts';
import { withDeps } from './with-deps.ts';
import { publishedAddress } from './start.ts';

export const loginCommand: Command = {
  usage: '[EMAIL] [--role admin|ops|finance|viewer] [--name NAME]',
  summary:
    'Prints a link that signs a person in once, within 30 minutes. Without an e-mail: the first administrator.',
  options: { role: { type: 'string' }, name: { type: 'string' } },
  positionals: true,
  async run(values, [email = 'admin@localhost']) {
    const role = textOption(values['role']);
    if (role !== null && !isRole(role))
      throw new AppError('bad_request', `--role ${role} is not one of ${roles.join(', ')}.`);
    return withDeps(async (deps, config) => {
      const name = textOption(values['name']);
      const { token } = await createLoginLink(deps, {
        email,
        ...(name === null ? {} : { name }),
        ...(role === null ? {} : { role }),
      });
      console.log(`${config.publicUrl ?? publishedAddress(config)}/sign-in?token=${token}`);
      return 0;
    });
  },
};

function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
