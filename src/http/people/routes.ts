import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import { invitePerson, listPeople } from '#src/operations/people/invite-person.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { inviteBody, invited, people } from './schema.ts';

export const peopleRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/people',
      { config: { access: 'manage_people' }, schema: { response: answers(people) } },
      async () => ({
        people: (await listPeople(deps)).map(({ seenAt, ...person }) => ({ ...person, lastSeenAt: seenAt })),
      }),
    );

    app.post(
      '/people',
      { config: { access: 'manage_people' }, schema: { body: inviteBody, response: answers(invited) } },
      async (request) => {
        const { token, person } = await invitePerson(deps, { ...request.body, invitedBy: personOf(request) });
        const base = deps.config.publicUrl ?? `${request.protocol}://${request.host}`;
        return { person, link: `${base}/sign-in?token=${token}` };
      },
    );
  };
