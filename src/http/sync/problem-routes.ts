import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { groupedProblems, type ProblemGroup } from '#src/db/sync/problem-view.ts';
import type { Deps } from '#src/deps.ts';
import { answerDocumentQuestion } from '#src/operations/place/answer-document-question.ts';
import { documentQuestions } from '#src/operations/place/kinds/invoice-questions.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { problemAnswerBody, problemAnswered, problemQuery, problems } from './problem-schema.ts';

const shownRecords = 20;

const answersTo = ({ source, code }: ProblemGroup) =>
  source === 'map' ? (documentQuestions[code] ?? []) : [];

export const problemRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/problems',
      { config: { access: 'read' }, schema: { querystring: problemQuery, response: answers(problems) } },
      async ({ query }) => {
        const groups = await groupedProblems(deps.db, {
          status: query.status,
          connectionId: query.connection ?? null,
          shown: shownRecords,
        });
        return { groups: groups.map((group) => ({ ...group, answers: answersTo(group) })) };
      },
    );

    app.post(
      '/problems/answer',
      {
        // A question about an invoice decides what partners are paid.
        config: { access: 'prepare_payouts' },
        schema: { body: problemAnswerBody, response: answers(problemAnswered) },
      },
      async (request) => {
        await answerDocumentQuestion(deps, { ...request.body, personId: personOf(request).id });
        return { answer: request.body.answer };
      },
    );
  };
