import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import { requireChecked } from '#src/domain/program/document/check.ts';
import { programChanges } from '#src/domain/program/document/difference.ts';
import { programJsonSchema } from '#src/domain/program/document/document.ts';
import { programToYaml } from '#src/domain/program/document/yaml.ts';
import { checkProgramText } from '#src/operations/program/check-text.ts';
import { numberedProgram } from '#src/operations/program/current-program.ts';
import { simulateProgram } from '#src/operations/program/simulate-program.ts';
import { resumeAutomaticApproval } from '#src/operations/registrations/automatic/stop-automatic-approval.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { programDraftRoutes } from './draft-routes.ts';
import { programPageAnswer } from './page.ts';
import {
  checkAnswer,
  differenceAnswer,
  differenceQuery,
  programPage,
  resumeBody,
  resumedAnswer,
  schemaAnswer,
  simulateAnswer,
  simulateBody,
  textBody,
  versionParams,
  yamlAnswer,
} from './schema.ts';

/** `/program` and the routes below it. */
export const programRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const read = { config: { access: 'read' } } as const;

    app.get('/program', { ...read, schema: { response: answers(programPage) } }, async (request) =>
      programPageAnswer(deps, personOf(request)),
    );

    app.get('/program/schema', { ...read, schema: { response: answers(schemaAnswer) } }, async () => ({
      ...programJsonSchema(),
    }));

    app.get(
      '/program/versions/:version',
      { ...read, schema: { params: versionParams, response: answers(yamlAnswer) } },
      async ({ params }) => {
        const { version, document } = await numberedProgram(deps, params.version);
        return { version, yaml: programToYaml(document) };
      },
    );

    app.get(
      '/program/difference',
      { ...read, schema: { querystring: differenceQuery, response: answers(differenceAnswer) } },
      async ({ query }) => {
        const [from, to] = [await numberedProgram(deps, query.from), await numberedProgram(deps, query.to)];
        return { changes: programChanges(from.document, to.document).map(({ sentence }) => sentence) };
      },
    );

    app.post(
      '/program/check',
      {
        config: { access: 'draft_programs' },
        schema: { body: textBody, response: answers(checkAnswer) },
      },
      async ({ body }) => {
        const { problems, tests, changes, hash } = await checkProgramText(deps, body.text);
        return {
          problems: [...problems],
          tests: tests.map(({ name, failures }) => ({ name, failures: [...failures] })),
          changes: [...changes],
          hash,
        };
      },
    );

    app.post(
      '/program/simulate',
      {
        config: { access: 'draft_programs' },
        schema: { body: simulateBody, response: answers(simulateAnswer) },
      },
      async ({ body: { text, from, to } }) => {
        const { changes, unknown, ...rest } = await simulateProgram(deps, {
          document: requireChecked(text),
          from,
          to,
        });
        return { ...rest, changes: [...changes], unknown: [...unknown] };
      },
    );

    app.post(
      '/program/automatic-approval/resume',
      {
        config: { access: 'resume_approvals' },
        schema: { body: resumeBody, response: answers(resumedAnswer) },
      },
      async (request) => {
        const { reason } = request.body;
        await resumeAutomaticApproval(deps, { personId: personOf(request).id, reason });
        return { resumed: true as const };
      },
    );

    await app.register(programDraftRoutes(deps));
  };
