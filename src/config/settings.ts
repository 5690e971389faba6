import { z } from 'zod';
import { settingNames, type SettingName } from './env.ts';

/** The log levels of pino, from the most detailed to none. */
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

/** Names and addresses with commas between them. */
const hostList = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim()))
  .pipe(
    z.array(
      z.union([z.ipv4(), z.ipv6(), z.hostname()], 'not host names or IP addresses with commas between them'),
    ),
  );

/** 256 bits, the length of an AES-256 key. */
const masterKeyText = z
  .string()
  .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text), 'not 32 bytes in base64');

const ipRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
const addressList = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  )
  .refine(
    (all) => all.every((one) => ipRange.safeParse(one).success),
    'not a list of IP addresses or ranges, separated by commas',
  );

/** The format of each variable. Null means that it is not set and has no default value. */
export const settingsSchema = z.object({
  DATABASE_URL: address(/^postgres(ql)?$/, 'not a postgres:// address')
    .nullable()
    .default(null),
  DATABASE_OWNER_URL: address(/^postgres(ql)?$/, 'not a postgres:// address')
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
  PRIVATE_HOSTS: hostList.default([]),
  AUDIT_WEBHOOK_URL: address(/^https?$/, 'not an http:// or https:// address')
    .nullable()
    .default(null),
  METRICS_KEY: z.string().min(20, 'shorter than 20 characters').nullable().default(null),
  BACKUP_PASSPHRASE: z.string().min(16, 'shorter than 16 characters').nullable().default(null),
  MATCH_SAMPLE_PERCENT: wholeNumber(0, 100).default(2),
  MATCH_MISSED_PRICE: wholeNumber(1, 1000).default(3),
  MATCH_FALSE_ALERT_PRICE: wholeNumber(1, 1000).default(1),
  SMTP_URL: address(/^smtps?$/, 'not an smtp:// or smtps:// address')
    .nullable()
    .default(null),
  SMTP_FROM: z.email('not an e-mail address').nullable().default(null),
  NEW_APPROVER_WAIT_HOURS: wholeNumber(1, 720).default(24),
  TRUSTED_PROXIES: addressList.default([]),
  FAIRWAY_BIND: z.union([z.ipv4(), z.ipv6()], 'not an IP address').nullable().default(null),
} satisfies Record<SettingName, z.ZodType>);
export type Settings = z.output<typeof settingsSchema>;

interface SettingGuide {
  /** The effect when the variable is not set. */
  readonly unset: string;
  readonly meaning: string;
  /** One sentence: the right value. */
  readonly fix: string;
  /** True when messages must not repeat the value. */
  readonly secret: boolean;
}

export const settingGuides: Readonly<Record<SettingName, SettingGuide>> = {
  DATABASE_URL: {
    unset: 'an embedded PostgreSQL in `FAIRWAY_DIR`',
    meaning: 'The PostgreSQL database (15 or later) for all data. Set it on every production deployment.',
    fix: 'Use postgres://USER:PASSWORD@HOST:5432/DATABASE, or unset it for the embedded database.',
    secret: true,
  },
  DATABASE_OWNER_URL: {
    unset: 'the role of `DATABASE_URL` owns the tables',
    meaning:
      'The same database as the role that owns the tables, for `fairway migrate` and `fairway restore` only. The role of `DATABASE_URL` then owns nothing and cannot change the audit trail.',
    fix: 'Use postgres://OWNER:PASSWORD@HOST:5432/DATABASE with the database of DATABASE_URL.',
    secret: true,
  },
  REDIS_URL: {
    unset: 'the queue is in PostgreSQL',
    meaning:
      'Redis or Valkey for the queue, for more than one machine. It needs `maxmemory-policy noeviction`.',
    fix: 'Use redis://HOST:6379, or unset it for a queue in PostgreSQL.',
    secret: true,
  },
  PORT: {
    unset: '`4700`',
    meaning: 'The port of the API and the console. `0` uses any free port.',
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
      'The folder for the embedded database and its key. A relative path starts from the project folder.',
    fix: 'Use a folder that this user may write to.',
    secret: false,
  },
  FAIRWAY_KEY: {
    unset: 'created on first start in `FAIRWAY_DIR/key`; required with `DATABASE_URL`',
    meaning:
      'The master key (32 bytes in base64) that encrypts the key of each connection. Without it, every connection must be signed in again.',
    fix: 'Create one with: openssl rand -base64 32',
    secret: true,
  },
  FAIRWAY_PUBLIC_URL: {
    unset: 'the address that the service listens on',
    meaning: 'The address at which people and CRMs reach Fairway, for links and webhooks.',
    fix: 'Use an address such as https://fairway.example.com.',
    secret: false,
  },
  LOG_LEVEL: {
    unset: '`info`',
    meaning: `The lowest level to log: ${logLevels.map((level) => `\`${level}\``).join(', ')}.`,
    fix: 'Use info.',
    secret: false,
  },
  WORKER_CONCURRENCY: {
    unset: '`4`',
    meaning:
      'The number of jobs that one worker process runs at the same time. A job is a batch of records, so a small number is enough.',
    fix: 'Use a number near 4.',
    secret: false,
  },
  SYNC_MINUTES: {
    unset: '`5`',
    meaning: 'Minutes between scheduled runs of the main job. With `0` people start every run.',
    fix: 'Use 5, or 0 for none.',
    secret: false,
  },
  ALERT_WEBHOOK_URL: {
    unset: 'alerts are only shown in the console',
    meaning:
      'The address that receives alerts: a connection fails, is paused or works again, too many records are missing, or fields changed in the CRM. JSON with a `text`, the format of chat services.',
    fix: 'Use the incoming-webhook address of your chat service, or unset it.',
    secret: true,
  },
  PRIVATE_HOSTS: {
    unset: 'Fairway calls only addresses on the internet',
    meaning:
      'Servers on private networks that Fairway may call, such as an ERP or a receiver of alerts: host names or addresses with commas between them.',
    fix: 'Use names such as chat.example.internal, or unset it.',
    secret: false,
  },
  AUDIT_WEBHOOK_URL: {
    unset: 'the audit trail is anchored in `FAIRWAY_DIR/audit-anchors.jsonl` only',
    meaning:
      'The address that receives the newest entry of the audit trail: JSON with `text`, `entry`, `hash` and `at`. Keep what it receives where the database’s owner cannot change it.',
    fix: 'Use an https:// address of another system, or unset it.',
    secret: true,
  },
  METRICS_KEY: {
    unset: '`/metrics` answers this machine only; with `FAIRWAY_PUBLIC_URL` it answers no request',
    meaning: 'The key that a scraper of `/metrics` sends: `Authorization: Bearer KEY`.',
    fix: 'Create one with: openssl rand -hex 20',
    secret: true,
  },
  BACKUP_PASSPHRASE: {
    unset: 'backups are encrypted with the master key and do not hold it',
    meaning:
      'Encrypts the file of `fairway backup` and opens it for `fairway restore`. The file then holds the master key too.',
    fix: 'Use at least 16 characters, such as those of: openssl rand -base64 24',
    secret: true,
  },
  MATCH_SAMPLE_PERCENT: {
    unset: '`2`',
    meaning:
      'The percentage of registrations without a conflict that reviewers are asked about, to estimate the missed conflicts. `0` for none.',
    fix: 'Use 2, or 0 for none.',
    secret: false,
  },
  MATCH_MISSED_PRICE: {
    unset: '`3`',
    meaning:
      'What a conflict without an alert costs you, compared with `MATCH_FALSE_ALERT_PRICE`. `fairway match fit` sets the thresholds of a model by the two prices.',
    fix: 'Use 3 if a missed conflict is as bad as three false alerts.',
    secret: false,
  },
  MATCH_FALSE_ALERT_PRICE: {
    unset: '`1`',
    meaning: 'What an alert without a conflict costs you, compared with `MATCH_MISSED_PRICE`.',
    fix: 'Use 1, and set MATCH_MISSED_PRICE to the number of false alerts that are as bad as one missed conflict.',
    secret: false,
  },
  SMTP_URL: {
    unset: 'sign-in links are shown to an admin instead of sent; notices about registrations are not mailed',
    meaning: 'The mail server that sends sign-in links and notices to the people they are for.',
    fix: 'Use smtps://USER:PASSWORD@HOST:465, or unset it.',
    secret: true,
  },
  SMTP_FROM: {
    unset: 'required with `SMTP_URL`',
    meaning: 'The sender of these mails.',
    fix: 'Use an address such as fairway@example.com.',
    secret: false,
  },
  NEW_APPROVER_WAIT_HOURS: {
    unset: '`24`',
    meaning:
      'The hours before a new role, or a passkey added with a sign-in link, may approve anything. A second admin can confirm it earlier.',
    fix: 'Use 24.',
    secret: false,
  },
  TRUSTED_PROXIES: {
    unset: 'no proxy: the address of the connection is the client',
    meaning:
      'The addresses of your reverse proxies, separated by commas. Only their `X-Forwarded-For` and `X-Forwarded-Proto` are believed.',
    fix: 'Use addresses or ranges such as 10.0.0.5,172.18.0.0/16.',
    secret: false,
  },
  FAIRWAY_BIND: {
    unset: '`127.0.0.1` in `compose.yaml`',
    meaning:
      'The address of the host at which `compose.yaml` publishes Fairway. Any but a loopback address needs an https `FAIRWAY_PUBLIC_URL`.',
    fix: 'Use 127.0.0.1, or set FAIRWAY_PUBLIC_URL to an https:// address.',
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
