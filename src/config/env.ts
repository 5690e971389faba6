/** All environment variables that Fairway reads. `settings.ts` explains them. */
export const settingNames = [
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'REDIS_URL',
  'PORT',
  'HOST',
  'FAIRWAY_DIR',
  'FAIRWAY_KEY',
  'FAIRWAY_PUBLIC_URL',
  'LOG_LEVEL',
  'WORKER_CONCURRENCY',
  'SYNC_MINUTES',
  'ALERT_WEBHOOK_URL',
  'PRIVATE_HOSTS',
  'AUDIT_WEBHOOK_URL',
  'METRICS_KEY',
  'BACKUP_PASSPHRASE',
  'MATCH_SAMPLE_PERCENT',
  'MATCH_MISSED_PRICE',
  'MATCH_FALSE_ALERT_PRICE',
  'SMTP_URL',
  'SMTP_FROM',
  'NEW_APPROVER_WAIT_HOURS',
  'TRUSTED_PROXIES',
  'FAIRWAY_BIND',
] as const;
export type SettingName = (typeof settingNames)[number];
export type Env = Readonly<Partial<Record<SettingName, string>>>;

/**
 * Reads the variables of `settingNames`. No other code reads `process.env`. An empty or blank variable counts
 * as not set, because compose files and CI systems pass a missing variable as an empty one.
 */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const set = settingNames.flatMap((name) => {
    const value = source[name]?.trim();
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(set);
}
