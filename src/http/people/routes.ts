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
import { letInAgain } from '#src/operations/people/recover-person.ts';
import { askPeopleAgain } from '#src/operations/registrations/channel/change-people.ts';
import { blockerSentence } from '#src/operations/people/second-person.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { inviteBody, invited, letInBody, people, roleBody } from './schema.ts';

const done = z.object({});
const read = { config: { access: 'manage_people' } } as const;
const change = { config: { access: 'manage_people', confirm: 'change' } } as const;
const approval = { config: { access: 'manage_people', confirm: 'approval' } } as const;

export const peopleRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/people', { ...read, schema: { response: answers(people) } }, async (request) => {
      const rows = await listPeople(deps);
      const admin = personOf(request);
      return { people: await Promise.all(rows.map((row) => personAnswer(deps, row, admin))) };
    });

    app.post(
      '/people',
      { ...change, schema: { body: inviteBody, response: answers(invited) } },
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
      { ...approval, schema: { params: idParams, response: answers(invited) } },
      async (request) => {
        const { person, delivery } = await sendInvitation(deps, actOf(request, request.params));
        return invitedAnswer(deps, request, person, delivery);
      },
    );

    app.patch(
      '/people/:id',
      { ...change, schema: { params: idParams, body: roleBody, response: answers(done) } },
      async (request) => {
        await changeRole(deps, { ...actOf(request, request.params), role: request.body.role });
        await askPeopleAgain(deps);
        return {};
      },
    );

    app.post(
      '/people/:id/let-in',
      { ...approval, schema: { params: idParams, body: letInBody, response: answers(done) } },
      async (request) => {
        await letInAgain(deps, { ...actOf(request, request.params), code: request.body.code });
        return {};
      },
    );

    const acts = [
      { name: 'confirm', act: confirmPerson, ...approval },
      { name: 'disable', act: disablePerson, ...change },
      { name: 'enable', act: enablePerson, ...change },
      { name: 'end-sessions', act: endSessionsOf, ...change },
    ] as const;
    for (const { name, act, config } of acts) {
      app.post(
        `/people/:id/${name}`,
        { config, schema: { params: idParams, response: answers(done) } },
        async (request) => {
          await act(deps, actOf(request, request.params));
          if (name === 'disable' || name === 'enable') await askPeopleAgain(deps);
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
