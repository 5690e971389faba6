import { createLoginLink } from '#src/operations/people/login-link.ts';
import { roles, type Role } from '#src/db/schema/people.ts';
import { exitCodes, jsonOption, printResult, textOption, UsageError, type Command } from './command.ts';
import { withDeps } from './with-deps.ts';
import { publishedAddress } from './start.ts';

export const loginCommand: Command = {
  arguments: [['[email]', 'the person; the first administrator when it is missing']],
  options: [
    ['--role <role>', 'admin, ops, finance or viewer; needed for a new person'],
    ['--name <name>', 'the name shown in the console'],
    jsonOption,
  ],
  examples: ['login', 'login olga@vendor.example --role finance --name "Olga Finance"'],
  details: 'The link works once, within 30 minutes.',
  async run(values, [email = 'admin@localhost']) {
    const role = textOption(values['role']);
    if (role !== null && !isRole(role))
      throw new UsageError(`--role ${role} is not one of ${roles.join(', ')}.`);
    return withDeps(async (deps, config) => {
      const name = textOption(values['name']);
      const { token } = await createLoginLink(deps, {
        email,
        ...(name === null ? {} : { name }),
        ...(role === null ? {} : { role }),
      });
      const url = `${config.publicUrl ?? publishedAddress(config)}/sign-in?token=${token}`;
      printResult(values, { email, url }, [url]);
      return exitCodes.ok;
    });
  },
};

function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
