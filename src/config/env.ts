/** Every environment variable the product looks at. `settings.ts` says what each means. */
export const settingNames = [
  'DATABASE_URL',
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
  'MATCH_SAMPLE_PERCENT',
] as const;
export type SettingName = (typeof settingNames)[number];
export type Env = Readonly<Partial<Record<SettingName, string>>>;

/**
 * Reads our variables and no others: the only place that looks at `process.env`, so what a process depends on
 * is one list. An empty or blank variable counts as unset, because that is how compose files and CI systems
 * spell "unset".
 */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const set = settingNames.flatMap((name) => {
    const value = source[name]?.trim();
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(set);
}
