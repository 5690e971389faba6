import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { renderSettingsTable } from '#src/config/settings.ts';
import { AppError } from '#src/domain/errors.ts';

const key = Buffer.alloc(32, 7).toString('base64');
let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'fairway config '))));
afterEach(() => rmSync(dir, { recursive: true }));

function refusal(env: Record<string, string>): AppError {
  try {
    loadConfig(readEnv(env), { dir });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('loadConfig', () => {
  test('an empty environment gives the embedded mode on the loopback address', () => {
    expect(loadConfig(readEnv({}), { dir })).toMatchObject({
      databaseUrl: null,
      redisUrl: null,
      port: 4700,
      host: '127.0.0.1',
      dir: join(dir, '.fairway'),
      publicUrl: null,
      logLevel: 'info',
      workerConcurrency: 4,
    });
  });

  test('the embedded mode makes a key once, readable by its owner only', () => {
    const first = loadConfig(readEnv({}), { dir });
    expect(first.masterKey).toHaveLength(32);
    expect(statSync(join(first.dir, 'key')).mode & 0o777).toBe(0o600);
    expect(loadConfig(readEnv({}), { dir }).masterKey).toEqual(first.masterKey);
  });

  test('a damaged key file is refused, not replaced', () => {
    const { dir: fairwayDir } = loadConfig(readEnv({}), { dir });
    writeFileSync(join(fairwayDir, 'key'), 'short');
    expect(refusal({}).message).toContain('does not hold 32 bytes');
  });

  test('every setting is taken from its variable', () => {
    const config = loadConfig(
      readEnv({
        DATABASE_URL: 'postgres://u:p@db:5432/fairway',
        REDIS_URL: 'rediss://cache:6379',
        PORT: '0',
        HOST: '0.0.0.0',
        FAIRWAY_DIR: join(dir, 'elsewhere'),
        FAIRWAY_KEY: key,
        FAIRWAY_PUBLIC_URL: 'https://fairway.example.com/',
        LOG_LEVEL: 'warn',
        WORKER_CONCURRENCY: '12',
        SYNC_MINUTES: '0',
        ALERT_WEBHOOK_URL: 'https://chat.example.com/hooks/1',
        PRIVATE_HOSTS: 'chat.internal, 10.0.0.5',
        MATCH_SAMPLE_PERCENT: '5',
        MATCH_MISSED_PRICE: '10',
        MATCH_FALSE_ALERT_PRICE: '2',
        SMTP_URL: 'smtps://u:p@mail.example.com:465',
        SMTP_FROM: 'fairway@example.com',
        NEW_APPROVER_WAIT_HOURS: '48',
        TRUSTED_PROXIES: '10.0.0.5, 172.18.0.0/16',
        FAIRWAY_BIND: '0.0.0.0',
      }),
      { dir: '/nowhere' },
    );
    expect(config).toEqual({
      databaseUrl: 'postgres://u:p@db:5432/fairway',
      databaseOwnerUrl: null,
      redisUrl: 'rediss://cache:6379',
      port: 0,
      host: '0.0.0.0',
      dir: join(dir, 'elsewhere'),
      masterKey: Buffer.alloc(32, 7),
      publicUrl: 'https://fairway.example.com',
      logLevel: 'warn',
      workerConcurrency: 12,
      syncMinutes: 0,
      alertWebhookUrl: 'https://chat.example.com/hooks/1',
      privateHosts: ['chat.internal', '10.0.0.5'],
      auditWebhookUrl: null,
      backupPassphrase: null,
      metricsKey: null,
      matchSampleShare: 0.05,
      matchErrorPrices: { missed: 10, falseAlert: 2 },
      mail: { url: 'smtps://u:p@mail.example.com:465', from: 'fairway@example.com' },
      newApproverWaitMs: 48 * 3_600_000,
      trustedProxies: ['10.0.0.5', '172.18.0.0/16'],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('a mail server needs a sender and a public address, and an open address needs https', () => {
    expect(refusal({ SMTP_URL: 'smtp://mail' }).message).toMatch(
      /SMTP_FROM is not set.*\n.*FAIRWAY_PUBLIC_URL is not set/,
    );
    expect(refusal({ FAIRWAY_BIND: '0.0.0.0' }).message).toContain('without https');
    expect(refusal({ FAIRWAY_BIND: '0.0.0.0', FAIRWAY_PUBLIC_URL: 'http://a.example' }).message).toContain(
      'without https',
    );
    expect(refusal({ TRUSTED_PROXIES: '10.0.0.5;10.0.0.6' }).message).toContain('separated by commas');
  });

  test('all wrong settings are named at once, each with its problem and its fix', () => {
    const { code, message } = refusal({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      WORKER_CONCURRENCY: '1.5',
      FAIRWAY_PUBLIC_URL: 'fairway',
    });
    expect(code).toBe('setting_invalid');
    expect(message.split('\n')).toEqual([
      '4 settings are wrong:',
      "  PORT is '70000': not a whole number from 0 to 65535. Use a free port such as 4700.",
      "  FAIRWAY_PUBLIC_URL is 'fairway': not an http:// or https:// address. Use an address such as https://fairway.example.com.",
      "  LOG_LEVEL is 'loud': not one of trace, debug, info, warn, error, fatal, silent. Use info.",
      "  WORKER_CONCURRENCY is '1.5': not a whole number from 1 to 100. Use a number near 4.",
    ]);
  });

  test('a message never repeats a secret', () => {
    const { message } = refusal({
      DATABASE_URL: 'mysql://u:hunter2@db/x',
      FAIRWAY_KEY: 'hunter2',
      REDIS_URL: 'http://:hunter2@cache',
    });
    expect(message).not.toContain('hunter2');
    expect(message).toContain('3 settings are wrong');
  });

  test('a shared database without a shared key is refused', () => {
    const { message } = refusal({ DATABASE_URL: 'postgres://u:p@db:5432/fairway' });
    expect(message).toContain('FAIRWAY_KEY is not set: required when DATABASE_URL is set');
  });

  test('a blank variable counts as unset', () => {
    expect(loadConfig(readEnv({ PORT: '', HOST: '  ' }), { dir }).port).toBe(4700);
  });
});

test('docs/settings.md holds the table of settings as the code has it', () => {
  expect(readFileSync('docs/settings.md', 'utf8')).toContain(renderSettingsTable());
});
