import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ProgramDraft } from '#src/db/program/draft-store.ts';
import type { Deps } from '#src/deps.ts';
import { checkProgram } from '#src/domain/program/document/check.ts';
import { approveProgram, rejectProgram } from '#src/operations/program/decide-program.ts';
import {
  discardProgramDraft,
  draftProgram,
  saveProgramDraft,
} from '#src/operations/program/draft-program.ts';
import { submitProgram } from '#src/operations/program/submit-program.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import {
  approveBody,
  discardedAnswer,
  discardQuery,
  draftAnswer,
  publishedAnswer,
  rejectBody,
  rejectedAnswer,
  saveTextBody,
  submitBody,
  textBody,
} from './schema.ts';

/** Edits, submits and decides a draft: `/program/draft[/{submit,approve,reject}]`. */
export const programDraftRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const path = '/program/draft';
    const mayDraft = { config: { access: 'draft_programs' } } as const;

    app.post(
      path,
      { ...mayDraft, schema: { body: textBody, response: answers(draftAnswer) } },
      async (request) =>
        answerOf(await draftProgram(deps, { ...request.body, personId: personOf(request).id })),
    );

    app.put(
      path,
      { ...mayDraft, schema: { body: saveTextBody, response: answers(draftAnswer) } },
      async (request) =>
        answerOf(await saveProgramDraft(deps, { ...request.body, personId: personOf(request).id })),
    );

    app.delete(
      path,
      { ...mayDraft, schema: { querystring: discardQuery, response: answers(discardedAnswer) } },
      async (request) => {
        await discardProgramDraft(deps, { ...request.query, personId: personOf(request).id });
        return { discarded: true as const };
      },
    );

    app.post(
      `${path}/submit`,
      { ...mayDraft, schema: { body: submitBody, response: answers(draftAnswer) } },
      async (request) => {
        const { revision, note, effectiveOn = null } = request.body;
        const personId = personOf(request).id;
        return answerOf(await submitProgram(deps, { revision, note: note || null, effectiveOn, personId }));
      },
    );

    app.post(
      `${path}/approve`,
      {
        config: { access: 'approve_programs', confirm: 'approval' },
        schema: { body: approveBody, response: answers(publishedAnswer) },
      },
      async (request) => approveProgram(deps, { ...request.body, personId: personOf(request).id }),
    );

    app.post(
      `${path}/reject`,
      {
        config: { access: 'approve_programs' },
        schema: { body: rejectBody, response: answers(rejectedAnswer) },
      },
      async (request) => {
        await rejectProgram(deps, { ...request.body, personId: personOf(request).id });
        return { rejected: true as const };
      },
    );
  };

function answerOf({ id, revision, status, text }: ProgramDraft) {
  return { id, revision, status, problems: [...checkProgram(text).problems] };
}
