import { loadConfig } from '#src/config/config.ts';
import { readEnv } from '#src/config/env.ts';
import { buildDeps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { buildApp } from '#src/http/app.ts';
import { exitCodes, type Command } from './command.ts';
import { forceStop, untilStopped } from './until-stopped.ts';
import { waitForServers } from './faults/wait-for-servers.ts';

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
    const stopped = untilStopped();
    forceStop(stopped, () => {}, exitCodes.ok);
    // Without Redis the API serves what works without it.
    const servers = { databaseUrl: config.databaseUrl, redisUrl: null };
    if (!(await waitForServers(servers, stopped, (line) => console.error(line)))) return exitCodes.ok;
    await using deps = await buildDeps(config, config.databaseUrl);
    const app = buildApp(deps);
    const address = await app.listen({ host: config.host, port: config.port });
    deps.log.info({ address }, 'serving');
    await stopped;
    await app.close();
    return exitCodes.ok;
  },
};
