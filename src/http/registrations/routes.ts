import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { recordActivity } from '#src/db/runs/overview-view.ts';
import { countRegistrations } from '#src/db/registrations/registration-store.ts';
import {
  findRegistration,
  listRegistrations,
  waitingRegistrations,
} from '#src/db/registrations/registration-view.ts';
import { crmRecordsOf, writeBackOf } from '#src/db/sync/write-back-view.ts';
import type { Deps } from '#src/deps.ts';
import { answerFrom, precedenceAt } from '#src/domain/registrations/precedence.ts';
import { overdueCutoff } from '#src/domain/registrations/response-deadline.ts';
import { AppError } from '#src/domain/errors.ts';
import { registrationShown } from '#src/operations/registrations/registration-shown.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams, moneyOrNull } from '#src/http/schema.ts';
import { deadlineAnswer, registrationFindings, rivalAnswers, writeBackAnswer } from './answer.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { editableFieldsOf } from '#src/http/records/editable-fields.ts';
import { editBody, edited } from '#src/http/records/schema.ts';
import { registrationDetail, registrationQuery, registrations } from './schema.ts';

export const registrationRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/registrations',
      {
        config: { access: 'read' },
        schema: { querystring: registrationQuery, response: answers(registrations) },
      },
      async ({ query }) => {
        const after = query.cursor === undefined ? null : decodeCursor(query.cursor, query.sort);
        const now = deps.clock();
        const [page, counts, waiting] = await Promise.all([
          listRegistrations(deps.db, {
            status: query.status ?? null,
            search: query.search || null,
            order: query.sort,
            after,
            limit: query.limit,
          }),
          countRegistrations(deps.db),
          waitingRegistrations(deps.db, { now, cutoff: overdueCutoff(now) }),
        ]);
        return {
          registrations: page.rows.map((row) => ({
            ...row,
            amount: moneyOrNull(row.amountMinor, row.currency),
            ...deadlineAnswer(row, now),
          })),
          nextCursor: page.next && encodeCursor(page.next),
          counts,
          waiting: waiting.count,
        };
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
    ...deadlineAnswer(
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
