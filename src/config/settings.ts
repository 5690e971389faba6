import { z } from 'zod';
import { settingNames, type SettingName } from './env.ts';

/** pino's levels, quietest last. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const wholeNumber = (from: number, to: number) => {
  const problem = `not a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, problem)
    .transform(Number)
    .pipe(z.number().min(from, problem).max(to, problem));
};
const address = (protocol: RegExp, problem: string) => z.url({ protocol, error: problem });

/** The master key is 256 bits, so that it can be an AES-256 key as it is. */
const masterKeyText = z
  .string()
  .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text), 'not 32 bytes in base64');

/**
 * What each variable must look like. Keys are the variables; `null` means "not set, and that has a meaning".
 */
export const settingsSchema = z.object({
  DATABASE_URL: address(/^postgres(ql)?$/, 'not a postgres:// address')
    .nullable()
    .default(null),
  REDIS_URL: address(/^rediss?$/, 'not a redis:// or rediss:// address')
    .nullable()
    .default(null),
  PORT: wholeNumber(0, 65535).default(4700),
  HOST: z.union([z.ipv4(), z.ipv6(), z.hostname()], 'not a host name or an IP address').default('127.0.0.1'),
  FAIRWAY_DIR: z.string().default('.fairway'),
  FAIRWAY_KEY: masterKeyText.nullable().default(null),
  FAIRWAY_PUBLIC_URL: address(/^https?$/, 'not an http:// or https:// address')
    .nullable()
    .default(null),
  LOG_LEVEL: z.enum(logLevels, `not one of ${logLevels.join(', ')}`).default('info'),
  WORKER_CONCURRENCY: wholeNumber(1, 100).default(4),
  SYNC_MINUTES: wholeNumber(0, 1440).default(5),
  ALERT_WEBHOOK_URL: address(/^https?$/, 'not an http:// or https:// address')
    .nullable()
    .default(null),
  MATCH_SAMPLE_PERCENT: wholeNumber(0, 100).default(2),
} satisfies Record<SettingName, z.ZodType>);
export type Settings = z.output<typeof settingsSchema>;

interface SettingGuide {
  /** What holds when the variable is not set. */
  readonly unset: string;
  readonly meaning: string;
  /** What to do about a wrong value: one sentence. */
  readonly fix: string;
  /** A secret's value is never repeated in a message. */
  readonly secret: boolean;
}

export const settingGuides: Readonly<Record<SettingName, SettingGuide>> = {
  DATABASE_URL: {
    unset: 'an embedded PostgreSQL in `FAIRWAY_DIR`',
    meaning: 'The PostgreSQL (15 or later) that holds everything. Set it on every deployment that matters.',
    fix: 'Use postgres://USER:PASSWORD@HOST:5432/DATABASE, or unset it for the embedded database.',
    secret: true,
  },
  REDIS_URL: {
    unset: 'the queue lives in PostgreSQL',
    meaning:
      'Redis or Valkey for the queue, once one machine is not enough. It needs `maxmemory-policy noeviction`.',
    fix: 'Use redis://HOST:6379, or unset it to keep the queue in PostgreSQL.',
    secret: true,
  },
  PORT: {
    unset: '`4700`',
    meaning: 'The port the API and the console listen on. `0` takes any free one.',
    fix: 'Use a free port such as 4700.',
    secret: false,
  },
  HOST: {
    unset: '`127.0.0.1`',
    meaning: 'The address to listen on. Use `0.0.0.0` in a container.',
    fix: 'Use 127.0.0.1 for this machine only or 0.0.0.0 for every network.',
    secret: false,
  },
  FAIRWAY_DIR: {
    unset: '`.fairway`',
    meaning:
      'The folder for what this machine keeps: the embedded database and its key. A relative path starts at the project.',
    fix: 'Use a folder this user may write to.',
    secret: false,
  },
  FAIRWAY_KEY: {
    unset: 'made on first start and kept in `FAIRWAY_DIR/key`; required with `DATABASE_URL`',
    meaning:
      'The master key, 32 bytes in base64, that wraps the key of each connection. Lose it and every connection signs in again.',
    fix: 'Make one with: openssl rand -base64 32',
    secret: true,
  },
  FAIRWAY_PUBLIC_URL: {
    unset: 'the address listened on',
    meaning: 'The address people and CRMs reach this service at; links and webhook registrations use it.',
    fix: 'Use an address such as https://fairway.example.com.',
    secret: false,
  },
  LOG_LEVEL: {
    unset: '`info`',
    meaning: `The least important line to log: ${logLevels.map((level) => `\`${level}\``).join(', ')}.`,
    fix: 'Use info.',
    secret: false,
  },
  WORKER_CONCURRENCY: {
    unset: '`4`',
    meaning:
      'How many jobs one worker process runs at a time. A job is a batch of records, so a few go a long way.',
    fix: 'Use a number near 4.',
    secret: false,
  },
  SYNC_MINUTES: {
    unset: '`5`',
    meaning: 'Minutes between scheduled runs of the main job. `0` runs it only when somebody asks.',
    fix: 'Use 5, or 0 for none.',
    secret: false,
  },
  ALERT_WEBHOOK_URL: {
    unset: 'alerts show in the console only',
    meaning:
      'Where to post when a connection stops working, is paused or works again: JSON with a `text`, as chat services take it.',
    fix: 'Use the incoming-webhook address of your chat service, or unset it.',
    secret: true,
  },
  MATCH_SAMPLE_PERCENT: {
    unset: '`2`',
    meaning:
      'Of a hundred registrations without a conflict, how many reviewers are asked about, so that missed conflicts can be estimated. `0` asks nobody.',
    fix: 'Use 2, or 0 for none.',
    secret: false,
  },
};

/** The table in `docs/settings.md`; a test keeps the two equal. */
export function renderSettingsTable(): string {
  const rows = settingNames.map(
    (name) => `| \`${name}\` | ${settingGuides[name].unset} | ${settingGuides[name].meaning} |`,
  );
  return ['| Setting | When unset | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
