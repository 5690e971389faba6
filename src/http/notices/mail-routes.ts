import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { countMails } from '#src/db/notices/mail-store.ts';
import { unsubscribeByToken } from '#src/db/notices/preference-store.ts';
import type { Deps } from '#src/deps.ts';
import { mailLanguages } from '#src/domain/notices/mail-text.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { changeNoticeSettings, noticeSettings } from '#src/operations/notices/preferences.ts';

const settings = z.object({ language: z.enum(mailLanguages), isSubscribed: z.boolean() });
const changes = z.strictObject({
  language: z.enum(mailLanguages).optional(),
  /** False: only notices that ask for an action. */
  isSubscribed: z.boolean().optional(),
});
const mailCounts = z.object({
  /** False: no mail server is set, and no e-mail is sent. */
  isConfigured: z.boolean(),
  counts: z.array(
    z.object({
      status: z.enum(['waiting', 'sending', 'sent', 'failed', 'skipped', 'unknown']),
      reason: z.string().nullable(),
      count: z.int(),
    }),
  ),
});

/** E-mail about registrations: what was sent, and the language and subscription of people. */
export const noticeMailRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/notices/mail',
      { config: { access: 'read_webhooks' }, schema: { response: answers(mailCounts) } },
      async () => ({ isConfigured: deps.mailer !== null, counts: [...(await countMails(deps.db))] }),
    );

    app.get(
      '/me/notices',
      { config: { access: 'read' }, schema: { response: answers(settings) } },
      async (request) => noticeSettings(deps, personOf(request).email),
    );

    app.patch(
      '/me/notices',
      { config: { access: 'read' }, schema: { body: changes, response: answers(settings) } },
      async (request) => changeNoticeSettings(deps, personOf(request).email, request.body),
    );

    app.patch(
      '/notices/people',
      {
        config: { access: 'edit_records' },
        schema: { body: changes.extend({ person: z.string().max(320) }), response: answers(settings) },
      },
      async ({ body: { person, ...body } }) => changeNoticeSettings(deps, person, body),
    );
  };

const page = (text: string, form = ''): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Fairway</title><p>${text}</p>${form}</html>`;

/**
 * The address in the header `List-Unsubscribe`. A mail program posts to it (RFC 8058). Opening it changes nothing,
 * because programs that check links open it, too. It is not a part of the API.
 */
export const unsubscribeRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const params = z.object({ token: z.string().max(100) });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 1024 }, (_, _body, done) => done(null));

    app.get('/unsubscribe/:token', { schema: { params, hide: true } }, async (_, reply) =>
      reply
        .type('text/html')
        .send(
          page(
            'You will receive only messages that ask you for an action.',
            '<form method="post"><button>Unsubscribe</button></form>',
          ),
        ),
    );

    app.post(
      '/unsubscribe/:token',
      // The sender is a mail program without a session. The token is the proof.
      {
        config: { calledByVendors: true, rateLimit: { max: 60, timeWindow: '1 minute' } },
        schema: { params, hide: true },
      },
      async ({ params: { token } }, reply) => {
        const isKnown = await unsubscribeByToken(deps.db, token, deps.clock());
        return reply
          .status(isKnown ? 200 : 404)
          .type('text/html')
          .send(page(isKnown ? 'You are unsubscribed.' : 'This address is not valid any more.'));
      },
    );
  };
