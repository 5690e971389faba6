import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findSource, listSources, sourceRefusals } from '#src/db/registrations/source-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { limitRefusals } from '#src/http/sync/webhook-refusals.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, instant } from '#src/http/schema.ts';
import {
  createSource,
  rotateSource,
  switchSource,
} from '#src/operations/registrations/sources/manage-sources.ts';
import { receiveRegistration } from '#src/operations/registrations/sources/receive-registration.ts';
import { submissionAnswerOf } from './submission-schema.ts';

const nameFix = 'Use small letters, digits and -, starting with a letter, such as "partner-portal".';
const sourceName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, nameFix);
const params = z.object({ name: sourceName });
const done = z.object({});
const secretAnswer = z.object({
  /** Shown once. */
  secret: z.string(),
});
const sourceBody = z.strictObject({
  name: sourceName,
  /** The code or id of the partner that it submits for. Without it, it submits for every partner. */
  partner: z.string().trim().min(1).max(200).optional(),
});
const sourceChange = z.strictObject({ isActive: z.boolean() });
const sourcesAnswer = z.object({
  sources: z.array(
    z.object({
      name: z.string(),
      /** Where it sends registrations, below the address of Fairway. */
      path: z.string(),
      partnerId: z.uuid().nullable(),
      isActive: z.boolean(),
      previousSecretUntil: instant.nullable(),
      createdAt: instant,
    }),
  ),
});
const refusalsAnswer = z.object({
  /** The newest 100. */
  refusals: z.array(z.object({ at: instant, messageId: z.string().nullable(), reason: z.string() })),
});

/** Systems that submit registrations by signed webhooks: their names, secrets, and the log of what was refused. */
export const registrationSourceRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const manage = { config: { access: 'manage_connections' } } as const;

    app.get(
      '/registration-sources',
      { ...manage, schema: { response: answers(sourcesAnswer) } },
      async () => ({
        sources: (await listSources(deps.db)).map(
          ({ name, partnerId, isActive, previousUntil, createdAt }) => ({
            name,
            path: `/api/hooks/registrations/${name}`,
            partnerId,
            isActive,
            previousSecretUntil:
              previousUntil !== null && previousUntil > deps.sharedClock() ? previousUntil : null,
            createdAt,
          }),
        ),
      }),
    );

    app.post(
      '/registration-sources',
      { ...manage, schema: { body: sourceBody, response: answers(secretAnswer) } },
      async (request) => {
        const { name, partner = null } = request.body;
        return createSource(deps, { name, partner, actorId: personOf(request).id });
      },
    );

    app.patch(
      '/registration-sources/:name',
      { ...manage, schema: { params, body: sourceChange, response: answers(done) } },
      async (request) => {
        const {
          params: { name },
          body: { isActive },
        } = request;
        await switchSource(deps, { name, isActive, actorId: personOf(request).id });
        return {};
      },
    );

    app.post(
      '/registration-sources/:name/rotate',
      { ...manage, schema: { params, response: answers(secretAnswer) } },
      async (request) => rotateSource(deps, { name: request.params.name, actorId: personOf(request).id }),
    );

    app.get(
      '/registration-sources/:name/refusals',
      { ...manage, schema: { params, response: answers(refusalsAnswer) } },
      async ({ params: { name } }) => {
        const found = await findSource(deps.db, name);
        if (found === null) throw new AppError('not_found', `There is no source ${name}.`, { name });
        return { refusals: await sourceRefusals(deps.db, found.id, 100) };
      },
    );
  };

const bodyLimit = 64 * 1024;

/** Where the sources send registrations. A request is trusted for its signature. */
export const registrationHookRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const refusals = limitRefusals(app, deps);
    // A signature covers the bytes as they were sent.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_, body, next) => next(null, body));

    app.post(
      '/hooks/registrations/:name',
      {
        bodyLimit,
        config: { access: 'public', calledByVendors: true },
        schema: { hide: true, params: z.object({ name: z.string() }) },
      },
      async (request) => {
        const header = (name: string): string => {
          const value = request.headers[name];
          return typeof value === 'string' ? value : '';
        };
        const source = await findSource(deps.db, request.params.name.slice(0, 40).replaceAll('\0', ''));
        if (source === null) {
          await refusals.count(request);
          throw new AppError('not_found', 'There is nothing here.');
        }
        try {
          const result = await receiveRegistration(deps, source, {
            id: header('webhook-id'),
            timestamp: header('webhook-timestamp'),
            signature: header('webhook-signature'),
            body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
          });
          refusals.trust(request);
          return 'moved' in result ? result.moved : submissionAnswerOf(result.submitted);
        } catch (error) {
          if (error instanceof AppError && error.code === 'not_signed_in') await refusals.count(request);
          throw error;
        }
      },
    );
  };
