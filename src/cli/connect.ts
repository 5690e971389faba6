import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { GivenOptions } from '#connectors/contract/connect-command.ts';
import type { AccessCheck } from '#connectors/contract/remote-system.ts';
import type { RegistryEntry } from '#connectors/contract/registry-entry.ts';
import { shippedSystems } from '#connectors/registry.ts';
import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { checkAccess, connect } from '#src/operations/connections/connect.ts';
import {
  exitCodes,
  jsonOption,
  printResult,
  requiredOption,
  textOption,
  UsageError,
  type Command,
  type CommandTable,
  type OptionValues,
} from './command.ts';
import { chooserOf, partnerLines } from './choose-partners.ts';
import { lockFolder } from './local/folder-lock.ts';
import { deleteLocalData } from './local/forget.ts';
import { isSandbox } from './local/sandbox.ts';
import { withDeps } from './with-deps.ts';

const partnersOption = [
  '--partners <rules>',
  'which accounts are partners, such as "Type=Partner;Reseller, IsPartner=true"; asked for when it is missing',
] as const;

const checkOption = [
  '--check',
  'only test every permission, scope, object, field, partner rule and limit, and say what to do; nothing is stored',
] as const;

const commonOptions = [
  ['--name <name>', 'the name of the connection; the system’s name when it is missing'],
  ['--fresh', 'first delete all local Fairway data: the embedded database and the sandbox'],
  jsonOption,
] as const;

/** One command for each shipped system. Its options are listed in the folder of its connector. */
export function connectCommands(): CommandTable {
  return Object.fromEntries(
    shippedSystems.map((system) => [
      system.kind,
      { summary: `connect ${system.label}`, load: () => Promise.resolve(connectCommand(system)) },
    ]),
  );
}

/**
 * Secrets come from files, never from arguments, because every user of the machine can read the process list.
 */
function connectCommand({ kind, label, connectCommand: command }: RegistryEntry): Command {
  return {
    options: [
      ...command.options.map(
        ({ name, value, help }) => [value === null ? `--${name}` : `--${name} <${value}>`, help] as const,
      ),
      partnersOption,
      checkOption,
      ...commonOptions,
    ],
    examples: command.examples.map((example) => `connect ${kind} ${example}`),
    details: `${command.details} Connecting again under the same name replaces the credentials and ends a pause.`,
    async run(values) {
      const name = textOption(values['name']) ?? label;
      const given = await command.read(givenOptions(values));
      if (values['check'] === true)
        return withDeps(async (deps) => {
          const checks = await checkAccess(deps, { kind, name, ...given });
          printResult(values, { checks }, [...checks.flatMap(checkLines), verdict(checks)]);
          return checks.some(({ result }) => result === 'missing') ? exitCodes.failed : exitCodes.ok;
        });
      if (values['fresh'] === true) await startOver();
      return withDeps(async (deps) => {
        await refuseBesideSandbox(deps);
        const choosePartners = chooserOf(values);
        const { account, installed, degraded, partners } = await connect(deps, {
          kind,
          name,
          ...given,
          ...(choosePartners && { choosePartners }),
        });
        const added = installed.length === 0 ? 'Nothing had to be added.' : `Added: ${installed.join(', ')}.`;
        printResult(values, { connection: name, account, installed, degraded, partners }, [
          `Connected to ${account} as “${name}”. ${added}`,
          ...degraded,
          ...partnerLines(partners),
        ]);
        return exitCodes.ok;
      });
    },
  };
}

const marks = { ok: 'ok      ', degraded: 'degraded', missing: 'MISSING ' } as const;

function checkLines({ about, result, message, fix }: AccessCheck): readonly string[] {
  return [`${marks[result]}  ${about}: ${message}`, ...(fix === null ? [] : [`          → ${fix}`])];
}

/** The last line, because a first check lists much that connecting itself provides. */
function verdict(checks: readonly AccessCheck[]): string {
  const missing = checks.filter(({ result }) => result === 'missing');
  if (missing.length === 0) return 'Everything that Fairway needs is there.';
  const byConnecting = missing.filter(({ fix }) => fix?.startsWith('Connect')).length;
  const rest = missing.length - byConnecting;
  return [
    `${missing.length} ${missing.length === 1 ? 'thing is' : 'things are'} missing.`,
    ...(byConnecting > 0 ? [`Connecting without --check provides ${byConnecting} of them.`] : []),
    ...(rest > 0 ? [`An admin has to correct ${rest}, as the lines say.`] : []),
  ].join(' ');
}

function givenOptions(values: OptionValues): GivenOptions {
  const text = (option: string): string | null => textOption(values[option]);
  const required = (option: string): string => requiredOption(values, option);
  return {
    text,
    required,
    isSet: (option) => values[option] === true,
    secretFile: async (option) => {
      const path = resolve(required(option));
      try {
        return (await readFile(path, 'utf8')).trim();
      } catch (error) {
        throw new UsageError(
          `--${option}: ${path} cannot be read. ${error instanceof Error ? error.message : ''}`,
        );
      }
    },
  };
}

async function startOver(): Promise<void> {
  const config = loadConfig(readEnv(), { dir: process.cwd() });
  const lock = lockFolder(config.dir, 'Fairway');
  try {
    await deleteLocalData(config);
  } finally {
    lock.release();
  }
}

/** Real and sandbox data must not meet: sandbox registrations would conflict with real ones, and be paid. */
async function refuseBesideSandbox({ db }: Deps): Promise<void> {
  if (!(await listConnections(db)).some(isSandbox)) return;
  throw new AppError(
    'conflict',
    'This Fairway contains sandbox data. Stop it, then run this again with --fresh to delete that data and start with your own.',
  );
}
