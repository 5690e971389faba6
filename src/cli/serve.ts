import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { buildDeps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { buildApp } from '#src/http/app.ts';
import type { Command } from './command.ts';
import { untilStopped } from './until-stopped.ts';

export const serveCommand: Command = {
  usage: '',
  summary:
    'Serves the API and the console alone, for deployments with workers of their own. Needs DATABASE_URL.',
  options: {},
  positionals: false,
  async run() {
    const config = loadConfig(readEnv(), { dir: process.cwd() });
    if (config.databaseUrl === null)
      throw new AppError(
        'setting_invalid',
        'DATABASE_URL is not set: `serve` is for deployments. On one machine use `npm start`.',
      );
    await using deps = await buildDeps(config, config.databaseUrl);
    const app = buildApp(deps);
    const address = await app.listen({ host: config.host, port: config.port });
    deps.log.info({ address }, 'serving');
    await untilStopped();
    await app.close();
    return 0;
  },
};
