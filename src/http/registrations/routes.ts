import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { recordActivity } from '#src/db/runs/overview-view.ts';
import { countRegistrations } from '#src/db/registrations/registration-store.ts';
import {
  findRegistration,
  listRegistrations,
  type RegistrationQuery,
  waitingRegistrations,
} from '#src/db/registrations/registration-view.ts';
import { crmRecordsOf, writeBackOf } from '#src/db/sync/write-back-view.ts';
import type { Deps } from '#src/deps.ts';
import { answerFrom, precedenceAt } from '#src/domain/registrations/precedence.ts';
import { deadlineOf } from '#src/domain/registrations/response-deadline.ts';
import { AppError } from '#src/domain/errors.ts';
import { registrationShown } from '#src/operations/registrations/registration-shown.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { recordDownload } from '#src/operations/people/record-access.ts';
import { registrationsCsv } from '#src/operations/registrations/queue/registrations-csv.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, csvAnswers, idParams, moneyOrNull } from '#src/http/schema.ts';
import { registrationFindings, rivalAnswers, writeBackAnswer } from './answer.ts';
import { deferredAnswer } from './deferred-answer.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { editableFieldsOf } from '#src/http/records/editable-fields.ts';
import { editBody, edited } from '#src/http/records/schema.ts';
import { registrationDetail, registrationFilter, registrationQuery, registrations } from './schema.ts';

export const registrationRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/registrations',
      {
        config: { access: 'read' },
        schema: { querystring: registrationQuery, response: answers(registrations) },
      },
      async (request) => {
        const { query } = request;
        const after = query.cursor === undefined ? null : decodeCursor(query.cursor, query.sort);
        const now = deps.clock();
        const [page, counts, waiting] = await Promise.all([
          listRegistrations(deps.db, {
            ...filterOf(query, personOf(request).email, now),
            order: query.sort,
            after,
            limit: query.limit,
          }),
          countRegistrations(deps.db),
          waitingRegistrations(deps.db, now),
        ]);
        return {
          registrations: page.rows.map((row) => ({
            ...row,
            deferred: row.deferred && deferredAnswer(row.deferred),
            amount: moneyOrNull(row.amountMinor, row.currency),
            ...deadlineOf(row, now),
          })),
          nextCursor: page.next && encodeCursor(page.next),
          counts,
          waiting: waiting.count,
        };
      },
    );

    app.get(
      '/registrations/csv',
      {
        config: { access: 'read' },
        schema: { querystring: registrationFilter, response: csvAnswers },
      },
      async (request, reply) => {
        const { email, id: personId } = personOf(request);
        await recordDownload(deps, { personId, file: csvName, about: request.query.status ?? 'all' });
        const lines = registrationsCsv(deps, filterOf(request.query, email, deps.clock()));
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${csvName}"`)
          .send(Readable.from(lines));
      },
    );

    app.get(
      '/registrations/:id',
      { config: { access: 'read' }, schema: { params: idParams, response: answers(registrationDetail) } },
      async ({ params }) => detailOf(deps, params.id),
    );

    app.patch(
      '/registrations/:id',
      {
        config: { access: 'edit_records' },
        schema: { params: idParams, body: editBody, response: answers(edited) },
      },
      async (request) => {
        const { values, expectedValues } = request.body;
        return editRecord(deps, {
          kind: 'registration',
          id: request.params.id,
          values,
          expectedValues,
          personId: personOf(request).id,
        });
      },
    );
  };

const csvName = 'registrations.csv';

function filterOf(
  { status, search, decider, answer }: z.infer<typeof registrationFilter>,
  email: string,
  now: Date,
): RegistrationQuery {
  return {
    status: status ?? null,
    search: search || null,
    decider: decider === 'me' ? email : null,
    lateAt: answer === 'late' ? now : null,
  };
}

async function detailOf(deps: Deps, id: string) {
  const found = await findRegistration(deps.db, id);
  if (found === null)
    throw new AppError('not_found', 'There is no such registration. It may have been removed from the CRM.', {
      id,
    });
  const { registration, opportunity, conflictCase } = found;
  const isWaiting = registration.status === 'submitted' || registration.status === 'in_review';
  const countsFrom = precedenceAt(registration);
  const rivalIds = conflictCase?.decision.findings.flatMap(({ rival }) => rival?.id ?? []) ?? [];
  const [crmRecords, fields, writeBack, history] = await Promise.all([
    crmRecordsOf(deps.db, rivalIds),
    editableFieldsOf(deps, 'registration', registration.id),
    writeBackOf(deps.db, opportunity ? [registration.id, opportunity.id] : [registration.id]),
    recordActivity(deps.db, [registration.id]),
  ]);
  return {
    ...registration,
    partnerName: found.partnerName,
    decidedBy: found.decidedByName,
    amount: moneyOrNull(registration.amountMinor, registration.currency),
    precedenceAt: countsFrom,
    isDateConfirmed: registration.confirmedSubmittedAt !== null,
    state: found.state,
    ...deadlineOf(
      {
        answerFrom: answerFrom(registration),
        status: registration.status,
        state: found.state,
        decisionDue: found.decisionDue,
      },
      deps.clock(),
    ),
    opportunity: opportunity && {
      id: opportunity.id,
      name: opportunity.name,
      stage: opportunity.stage,
      customer: found.customer?.name ?? null,
    },
    conflictCase: conflictCase && {
      outcome: conflictCase.decision.outcome,
      reason: conflictCase.decision.reason,
      modelVersion: conflictCase.modelVersion,
      programVersion: conflictCase.programVersion,
      openedAt: conflictCase.openedAt,
      closedAt: conflictCase.closedAt,
      findings: registrationFindings(conflictCase.decision),
      rivals: rivalAnswers(conflictCase.decision, crmRecords, isWaiting ? found.rivalStates : []),
    },
    writeBack: writeBack.map(writeBackAnswer),
    ...fields,
    history,
    hasLifecycle: found.state !== null,
    shown: registrationShown(found),
  };
}
