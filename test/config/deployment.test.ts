import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { workerFlags } from '#src/cli/local/worker-flags.ts';
import { loadConfig } from '#src/config/config.ts';
import { readEnv, settingNames } from '#src/config/env.ts';

const serviceSchema = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z
    .union([z.object({ disable: z.literal(true) }), z.object({ test: z.array(z.string()) })])
    .optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

const compose = composeSchema.parse(parse(readFileSync('compose.yaml', 'utf8'), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === 'fairway');
const dockerfile = readFileSync('Dockerfile', 'utf8');

/** The substitution by compose of `${NAME:-default}` and `${NAME:?message}`. */
const substitute = (text: string, values: Readonly<Record<string, string>>) =>
  text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string, rest: string) => values[name] ?? (kind === '-' ? rest : `unset ${name}`),
  );

describe('compose.yaml', () => {
  test('it runs the API, a worker and the migrations from one image, beside PostgreSQL and Valkey', () => {
    expect(services.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'postgres', 'valkey', 'worker']);
    expect(ours.map(([name]) => name).sort()).toEqual(['api', 'migrate', 'worker']);
  });

  test.each(ours)('%s gets settings the product knows and accepts', (_, { environment }) => {
    expect(Object.keys(environment).filter((name) => !settingNames.some((known) => known === name))).toEqual(
      [],
    );
    const secrets = {
      POSTGRES_PASSWORD: 'of-the-owner',
      FAIRWAY_PASSWORD: 'secret',
      FAIRWAY_KEY: Buffer.alloc(32).toString('base64'),
    };
    const env = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, substitute(value, secrets)]),
    );
    expect(loadConfig(readEnv(env), { dir: '/app' }).databaseUrl).toBe(
      'postgres://fairway_app:secret@postgres:5432/fairway',
    );
  });

  test('it is reachable from this machine only, and elsewhere only with an https address', () => {
    const published = (values: Record<string, string>) =>
      services.flatMap(([, { ports }]) => ports.map((port) => substitute(port, values)));
    expect(published({})).toEqual(['127.0.0.1:4700:4700']);
    expect(published({ FAIRWAY_BIND: '0.0.0.0' })).toEqual(['0.0.0.0:4700:4700']);
    const start = (values: Record<string, string>) => () => {
      const environment: Readonly<Record<string, string>> = compose.services['api']?.environment ?? {};
      const secrets = { POSTGRES_PASSWORD: 'secret', FAIRWAY_KEY: Buffer.alloc(32).toString('base64') };
      const env = Object.entries(environment).map(([name, text]) => [
        name,
        substitute(text, { ...secrets, ...values }),
      ]);
      return loadConfig(readEnv(Object.fromEntries(env)), { dir: '/app' });
    };
    expect(start({})).not.toThrow();
    expect(start({ FAIRWAY_BIND: '0.0.0.0' })).toThrow('reachable from other machines without https');
    const address = { FAIRWAY_BIND: '0.0.0.0', FAIRWAY_PUBLIC_URL: 'https://fairway.example.com' };
    expect(start(address)).not.toThrow();
  });

  test.each(ours)('%s starts a file that exists', (_, { command }) => {
    expect(command?.[0]).toBe('node');
    expect(existsSync(command?.slice(1).find((part) => !part.startsWith('--')) ?? '')).toBe(true);
  });

  test('workers limit their memory in the same way as those that `npm start` starts', () => {
    expect(compose.services['worker']?.command).toEqual(['node', ...workerFlags, 'workers/main.ts']);
  });

  test('the API and the workers start after the migrations ended well', () => {
    for (const name of ['api', 'worker']) {
      expect(compose.services[name]?.depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        valkey: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
    }
  });

  test('what others wait for says when it is healthy', () => {
    for (const name of ['postgres', 'valkey'])
      expect(compose.services[name]?.healthcheck).toHaveProperty('test');
  });

  test('every secret comes from outside and has no default', () => {
    const text = readFileSync('compose.yaml', 'utf8');
    for (const secret of ['POSTGRES_PASSWORD', 'FAIRWAY_KEY']) {
      const uses = [...text.matchAll(new RegExp(`\\$\\{${secret}([^}]*)\\}`, 'g'))].map((match) => match[1]);
      expect(uses.length).toBeGreaterThan(0);
      expect(uses.every((use) => use === `:?set ${secret}`)).toBe(true);
    }
  });

  test('every volume it mounts is declared', () => {
    const mounted = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.replace(/:.*/, '')));
    expect([...new Set(mounted)].sort()).toEqual(Object.keys(compose.volumes).sort());
  });
});

describe('the image', () => {
  const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    (match) => match[1]?.split(' ') ?? [],
  );

  test.each(copies)('%s, which it copies, exists and is let through .dockerignore', (path) => {
    expect(existsSync(path)).toBe(true);
    expect(readFileSync('.dockerignore', 'utf8').split('\n')).toContain(`!${path.split('/')[0]}`);
  });

  test('every folder the server imports from is in it', () => {
    for (const folder of ['src', 'connectors', 'mappings', 'workers', 'migrations'])
      expect(copies).toContain(folder);
  });

  test('it runs as a user without rights and answers a health check', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toContain('/healthz');
  });
});
