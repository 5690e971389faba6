import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  channelPeopleList,
  ownersWithoutRole,
  partnersNotActive,
} from '#src/db/registrations/channel/channel-people-store.ts';
import type { Deps } from '#src/deps.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { changePartner } from '#src/operations/registrations/channel/change-partner.ts';
import {
  addAbsence,
  leaveChannel,
  removeAbsence,
  returnToChannel,
  saveChannelRole,
} from '#src/operations/registrations/channel/change-people.ts';
import { absenceBody, channelAnswer, channelRoleBody, partnerBody, personParams } from './channel-schema.ts';

const suggestions = 50;
const done = z.object({});

/** The people of the channel, their absences, and partners that are suspended or have left. */
export const channelRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const manage = { config: { access: 'manage_channel' } } as const;
    /** Viewers who are channel account managers enter their own absences. */
    const away = { config: { access: 'read' } } as const;

    app.get(
      '/channel',
      { config: { access: 'read' }, schema: { response: answers(channelAnswer) } },
      async () => {
        const now = deps.sharedClock();
        const people = await channelPeopleList(deps.db, now);
        return {
          people: people.map(({ partnerId, partnerName, partnerCode, absences, ...person }) => ({
            ...person,
            partner:
              partnerId === null ? null : { id: partnerId, name: partnerName ?? '', code: partnerCode },
            absences: absences.map((absence) => ({ ...absence, hasBegun: absence.from <= now })),
          })),
          suggestions: [...(await ownersWithoutRole(deps.db, suggestions))],
          partners: (await partnersNotActive(deps.db)).map(({ partnerId, ...partner }) => ({
            id: partnerId,
            ...partner,
          })),
        };
      },
    );

    app.put(
      '/channel/people/:email',
      { ...manage, schema: { params: personParams, body: channelRoleBody, response: answers(done) } },
      async (request) => {
        const { role, partner = null } = request.body;
        await saveChannelRole(deps, { email: request.params.email, role, partner }, personOf(request));
        return {};
      },
    );

    for (const [name, act] of [
      ['leave', leaveChannel],
      ['return', returnToChannel],
    ] as const)
      app.post(
        `/channel/people/:email/${name}`,
        { ...manage, schema: { params: personParams, response: answers(done) } },
        async (request) => {
          await act(deps, request.params.email, personOf(request));
          return {};
        },
      );

    app.post(
      '/channel/people/:email/absences',
      { ...away, schema: { params: personParams, body: absenceBody, response: answers(done) } },
      async (request) => {
        const { from, to, delegate } = request.body;
        const absence = { from: new Date(from), to: new Date(to), delegate };
        await addAbsence(deps, { email: request.params.email, ...absence }, personOf(request));
        return {};
      },
    );

    app.delete(
      '/channel/absences/:id',
      { ...away, schema: { params: idParams, response: answers(done) } },
      async (request) => {
        await removeAbsence(deps, request.params.id, personOf(request));
        return {};
      },
    );

    app.post(
      '/channel/partners',
      { ...manage, schema: { body: partnerBody, response: answers(done) } },
      async (request) => {
        await changePartner(deps, request.body, personOf(request));
        return {};
      },
    );
  };
