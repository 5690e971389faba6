import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { findApprovalBlocker } from '#src/db/people/approval-store.ts';
import type { Person, PersonRow } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { approves } from '#src/operations/people/admin-acts.ts';
import {
  changeRole,
  disablePerson,
  enablePerson,
  endSessionsOf,
} from '#src/operations/people/change-access.ts';
import { confirmPerson } from '#src/operations/people/confirm-person.ts';
import {
  invitePerson,
  type LinkDelivery,
  listPeople,
  sendInvitation,
} from '#src/operations/people/invite-person.ts';
import { blockerSentence } from '#src/operations/people/second-person.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { inviteBody, invited, people, roleBody } from './schema.ts';

const done = z.object({});
const access = { config: { access: 'manage_people' } } as const;

export const peopleRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/people', { ...access, schema: { response: answers(people) } }, async (request) => {
      const rows = await listPeople(deps);
      const admin = personOf(request);
      return { people: await Promise.all(rows.map((row) => personAnswer(deps, row, admin))) };
    });

    app.post(
      '/people',
      { ...access, schema: { body: inviteBody, response: answers(invited) } },
      async (request) => {
        const { person, delivery } = await invitePerson(deps, {
          ...request.body,
          invitedBy: personOf(request).id,
        });
        return invitedAnswer(deps, request, person, delivery);
      },
    );

    app.post(
      '/people/:id/link',
      { ...access, schema: { params: idParams, response: answers(invited) } },
      async (request) => {
        const { person, delivery } = await sendInvitation(deps, actOf(request, request.params));
        return invitedAnswer(deps, request, person, delivery);
      },
    );

    app.patch(
      '/people/:id',
      { ...access, schema: { params: idParams, body: roleBody, response: answers(done) } },
      async (request) => {
        await changeRole(deps, { ...actOf(request, request.params), role: request.body.role });
        return {};
      },
    );

    const acts = {
      confirm: confirmPerson,
      disable: disablePerson,
      enable: enablePerson,
      'end-sessions': endSessionsOf,
    };
    for (const [name, act] of Object.entries(acts)) {
      app.post(
        `/people/:id/${name}`,
        { ...access, schema: { params: idParams, response: answers(done) } },
        async (request) => {
          await act(deps, actOf(request, request.params));
          return {};
        },
      );
    }
  };

const actOf = (request: FastifyRequest, { id }: { readonly id: string }) => ({
  personId: id,
  actorId: personOf(request).id,
});

function invitedAnswer(deps: Deps, request: FastifyRequest, person: Person, delivery: LinkDelivery) {
  const base = deps.config.publicUrl ?? `${request.protocol}://${request.host}`;
  const link = delivery.kind === 'shown' ? `${base}/sign-in?token=${delivery.token}` : null;
  return { person, delivery: delivery.kind, link };
}

async function personAnswer(deps: Deps, row: PersonRow, admin: Person) {
  const at = deps.clock();
  const state = row.disabledAt ? 'disabled' : row.joinedAt ? 'active' : 'invited';
  const waits = approves(row.role) && row.approvesFrom > at;
  const question = { approverId: admin.id, makerIds: [row.id, row.roleGrantedBy], at };
  const blocker = waits ? await findApprovalBlocker(deps.db, question) : null;
  return {
    ...row,
    lastSeenAt: row.seenAt,
    state,
    approvesFrom: waits ? row.approvesFrom : null,
    confirmBlocker: blocker === null ? null : await blockerSentence(deps.db, blocker, admin.id),
  } as const;
}
