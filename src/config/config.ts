import { resolve } from 'node:path';
import { AppError } from '#src/domain/errors.ts';
import { type Env, type SettingName } from './env.ts';
import { loadOrCreateMasterKey } from './secrets.ts';
import { type Settings, settingGuides, settingsSchema } from './settings.ts';

export interface Config {
  /** Null for the embedded PostgreSQL in `dir`. */
  readonly databaseUrl: string | null;
  /** The role that owns the tables; null when `databaseUrl` is that role. */
  readonly databaseOwnerUrl: string | null;
  /** Null for a queue in PostgreSQL. */
  readonly redisUrl: string | null;
  /** 0 for any free port. */
  readonly port: number;
  readonly host: string;
  /** An absolute path. */
  readonly dir: string;
  /** 32 bytes. */
  readonly masterKey: Buffer;
  /** Without a trailing slash; null for the address that the service listens on. */
  readonly publicUrl: string | null;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly workerConcurrency: number;
  /** 0 for no scheduled runs. */
  readonly syncMinutes: number;
  /** Null when alerts are only shown in the console. */
  readonly alertWebhookUrl: string | null;
  /** Host names and addresses of private networks that Fairway may call. */
  readonly privateHosts: readonly string[];
  /** Null when the audit trail is anchored in a file only. */
  readonly auditWebhookUrl: string | null;
  /** Null when backups are encrypted with the master key. */
  readonly backupPassphrase: string | null;
  /** Null when `/metrics` answers this machine only. */
  readonly metricsKey: string | null;
  /** The share of registrations without a conflict that reviewers are asked about, 0 to 1. */
  readonly matchSampleShare: number;
  /** The prices that thresholds of matching models are fitted with. Only their ratio counts. */
  readonly matchErrorPrices: { readonly missed: number; readonly falseAlert: number };
  /** Null when sign-in links are not sent by mail. */
  readonly mail: { readonly url: string; readonly from: string } | null;
  /** A new approver waits this long, unless a second admin confirms. */
  readonly newApproverWaitMs: number;
  /** Addresses and ranges of the reverse proxies whose headers are believed. */
  readonly trustedProxies: readonly string[];
}

/**
 * Reads the settings from the environment and the master key from its file.
 * @param dir the folder that a relative `FAIRWAY_DIR` starts from
 * @throws AppError `setting_invalid` that names each wrong setting, its problem and its fix
 */
export function loadConfig(env: Env, { dir }: { readonly dir: string }): Config {
  const settings = parseSettings(env);
  const fairwayDir = resolve(dir, settings.FAIRWAY_DIR);
  return Object.freeze({
    databaseUrl: settings.DATABASE_URL,
    databaseOwnerUrl: settings.DATABASE_OWNER_URL,
    redisUrl: settings.REDIS_URL,
    port: settings.PORT,
    host: settings.HOST,
    dir: fairwayDir,
    masterKey:
      settings.FAIRWAY_KEY === null
        ? loadOrCreateMasterKey(fairwayDir)
        : Buffer.from(settings.FAIRWAY_KEY, 'base64'),
    publicUrl: settings.FAIRWAY_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    logLevel: settings.LOG_LEVEL,
    workerConcurrency: settings.WORKER_CONCURRENCY,
    syncMinutes: settings.SYNC_MINUTES,
    alertWebhookUrl: settings.ALERT_WEBHOOK_URL,
    privateHosts: settings.PRIVATE_HOSTS,
    auditWebhookUrl: settings.AUDIT_WEBHOOK_URL,
    backupPassphrase: settings.BACKUP_PASSPHRASE,
    metricsKey: settings.METRICS_KEY,
    matchSampleShare: settings.MATCH_SAMPLE_PERCENT / 100,
    matchErrorPrices: {
      missed: settings.MATCH_MISSED_PRICE,
      falseAlert: settings.MATCH_FALSE_ALERT_PRICE,
    },
    mail:
      settings.SMTP_URL === null || settings.SMTP_FROM === null
        ? null
        : { url: settings.SMTP_URL, from: settings.SMTP_FROM },
    newApproverWaitMs: settings.NEW_APPROVER_WAIT_HOURS * 3_600_000,
    trustedProxies: settings.TRUSTED_PROXIES,
  });
}

/** The folder for Fairway's data, without reading or creating anything in it. */
export const folderOf = (env: Env, dir: string): string => resolve(dir, env.FAIRWAY_DIR ?? '.fairway');

function parseSettings(env: Env): Settings {
  const parsed = settingsSchema.safeParse(env);
  const problems = (parsed.error?.issues ?? []).map((issue) =>
    describe(issue.path[0] as SettingName, issue.message, env),
  );
  // Several machines may share a database, and a key in the folder of one machine would be missing on the others.
  if (env.DATABASE_URL !== undefined && env.FAIRWAY_KEY === undefined) {
    problems.push(describe('FAIRWAY_KEY', 'required when DATABASE_URL is set', env));
  }
  if (env.SMTP_URL !== undefined && env.SMTP_FROM === undefined) {
    problems.push(describe('SMTP_FROM', 'required when SMTP_URL is set', env));
  }
  // A mailed link must not come from the Host header of a request.
  if (env.SMTP_URL !== undefined && env.FAIRWAY_PUBLIC_URL === undefined) {
    problems.push(describe('FAIRWAY_PUBLIC_URL', 'required when SMTP_URL is set', env));
  }
  if (parsed.data && isExposedWithoutHttps(parsed.data)) {
    problems.push(describe('FAIRWAY_BIND', 'reachable from other machines without https', env));
  }
  if (parsed.success && problems.length === 0) return parsed.data;
  const heading = problems.length === 1 ? 'A setting is wrong:' : `${problems.length} settings are wrong:`;
  throw new AppError('setting_invalid', [heading, ...problems].join('\n  '));
}

/** Passwords are not used, but sessions would cross the network in the clear, and passkeys need https. */
function isExposedWithoutHttps({ FAIRWAY_BIND, FAIRWAY_PUBLIC_URL }: Settings): boolean {
  if (FAIRWAY_BIND === null || /^127\.|^::1$/.test(FAIRWAY_BIND)) return false;
  return FAIRWAY_PUBLIC_URL?.startsWith('https://') !== true;
}

function describe(name: SettingName, problem: string, env: Env): string {
  const { secret, fix } = settingGuides[name];
  const value = env[name];
  const shown = value === undefined ? ' is not set' : secret ? '' : ` is '${value}'`;
  return `${name}${shown}: ${problem}. ${fix}`;
}
