import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { buildDeps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { buildApp } from '#src/http/app.ts';
import { exitCodes, type Command } from './command.ts';
import { untilStopped } from './until-stopped.ts';

export const serveCommand: Command = {
  examples: ['serve'],
  details: 'Needs DATABASE_URL. Start workers with: node workers/main.ts',
  async run() {
    const config = loadConfig(readEnv(), { dir: process.cwd() });
    if (config.databaseUrl === null)
      throw new AppError(
        'setting_invalid',
        'DATABASE_URL is not set. Set it, or use npm start to run everything on one machine.',
      );
    await using deps = await buildDeps(config, config.databaseUrl);
    const app = buildApp(deps);
    const address = await app.listen({ host: config.host, port: config.port });
    deps.log.info({ address }, 'serving');
    await untilStopped();
    await app.close();
    return exitCodes.ok;
  },
};
