import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobRetry, openQueue, type JobQueue, type QueuedJob } from '#src/queue/backend.ts';
import { backends, type StartedBackend } from '#test/support/backends.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';
import { v7 } from 'uuid';

for (const backend of backends) {
  describe.skipIf(backend.missing)(`the queue on ${backend.name}`, () => {
    let database: TestDatabase;
    let home: StartedBackend;
    let queue: JobQueue;
    const reported: Error[] = [];

    beforeAll(async () => {
      database = await testDatabase();
      home = await backend.start();
      queue = await openQueue({ databaseUrl: database.url, redisUrl: home.redisUrl });
    });
    afterAll(async () => {
      await queue[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
      await database.drop();
    });

    /** Runs until `done` says so, or ten seconds. */
    async function workUntil(process: (job: QueuedJob) => Promise<void>, done: () => boolean): Promise<void> {
      await using _worker = queue.work(process, 2, (error) => reported.push(error));
      for (let waited = 0; !done() && waited < 10_000; waited += 20) await wait(20);
      expect(done()).toBe(true);
    }

    it('lives where it says', () => {
      expect(queue.backend).toBe(backend.name);
    });

    it('runs a job once although it was added twice', async () => {
      const id = v7();
      await queue.add([{ id, name: 'map' }]);
      await queue.add([{ id, name: 'map' }]);
      const seen: string[] = [];
      await workUntil(
        async (job) => void seen.push(job.id),
        () => seen.length > 0,
      );
      await wait(300);
      expect(seen).toEqual([id]);
    });

    it('tries a failing job again and says which attempt is the last', async () => {
      const id = v7();
      await queue.add([{ id, name: 'map' }]);
      const lasts: boolean[] = [];
      await workUntil(
        async (job) => {
          lasts.push(job.lastAttempt);
          throw new Error('not today');
        },
        () => lasts.length === 3,
      );
      expect(lasts).toEqual([false, false, true]);
    });

    it('waits as long as the processor asks before it tries again', async () => {
      const id = v7();
      await queue.add([{ id, name: 'map' }]);
      const times: number[] = [];
      await workUntil(
        async () => {
          times.push(Date.now());
          if (times.length === 1) throw new JobRetry('the vendor asks to wait', 1_500);
        },
        () => times.length === 2,
      );
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_450);
    });

    it('holds a waiting job, and no longer once it is over', async () => {
      const id = v7();
      expect(await queue.holds(id)).toBe(false);
      await queue.add([{ id, name: 'map' }]);
      expect(await queue.holds(id)).toBe(true);
      let ran = false;
      await workUntil(
        async () => void (ran = true),
        () => ran,
      );
      for (let waited = 0; (await queue.holds(id)) && waited < 3_000; waited += 50) await wait(50);
      expect(await queue.holds(id)).toBe(false);
    });

    it('takes a forgotten job again under its old id', async () => {
      const id = v7();
      await queue.add([{ id, name: 'map' }]);
      await queue.forget(id);
      expect(await queue.holds(id)).toBe(false);
      await queue.add([{ id, name: 'map' }]);
      const seen: string[] = [];
      await workUntil(
        async (job) => void seen.push(job.id),
        () => seen.includes(id),
      );
      expect(seen.filter((one) => one === id)).toHaveLength(1);
    });

    it('finishes the job under way before it stops', async () => {
      const id = v7();
      await queue.add([{ id, name: 'map' }]);
      let finished = false;
      let began = false;
      const worker = queue.work(
        async () => {
          began = true;
          await wait(400);
          finished = true;
        },
        1,
        (error) => reported.push(error),
      );
      for (let waited = 0; !began && waited < 10_000; waited += 20) await wait(20);
      await worker[Symbol.asyncDispose]();
      expect(finished).toBe(true);
    });

    it('reported no error meanwhile', () => {
      expect(reported).toEqual([]);
    });
  });
}
