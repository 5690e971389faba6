import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { countLabels, labelsOf, openMatchQuestions } from '#src/db/matching/match-label-store.ts';
import type { Deps } from '#src/deps.ts';
import { addressLine } from '#src/domain/matching/fields/address.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { labelMatch } from '#src/operations/matching/label-match.ts';
import { matchQualityReport } from '#src/operations/matching/match-quality.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { matchQualityReportAnswer } from './answer.ts';
import {
  labelBody,
  labelled,
  matchQualityAnswer,
  matchQuestions,
  pairParams,
  registrationLabels,
  registrationParams,
} from './schema.ts';

/** The console asks for more when these are answered. */
const shownQuestions = 20;

export const matchQualityRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/match-quality',
      { config: { access: 'read' }, schema: { response: answers(matchQualityAnswer) } },
      async () => {
        const report = await matchQualityReport(deps);
        return matchQualityReportAnswer(report, deps.config.matchSampleShare);
      },
    );

    app.get(
      '/match-quality/questions',
      { config: { access: 'read' }, schema: { response: answers(matchQuestions) } },
      async () => {
        const [rows, { openQuestions }] = await Promise.all([
          openMatchQuestions(deps.db, shownQuestions),
          countLabels(deps.db),
        ]);
        return { questions: rows.map(questionAnswer), openQuestions };
      },
    );

    app.get(
      '/match-quality/labels/:registrationId',
      {
        config: { access: 'read' },
        schema: { params: registrationParams, response: answers(registrationLabels) },
      },
      async ({ params }) => ({ labels: await labelsOf(deps.db, params.registrationId) }),
    );

    app.put(
      '/match-quality/labels/:registrationId/:rivalId',
      {
        config: { access: 'decide_registrations' },
        schema: { params: pairParams, body: labelBody, response: answers(labelled) },
      },
      async (request) => {
        const { answer } = request.body;
        await labelMatch(deps, { ...request.params, answer, personId: personOf(request).id });
        return { answer };
      },
    );
  };

type Question = Awaited<ReturnType<typeof openMatchQuestions>>[number];

function questionAnswer(row: Question) {
  return {
    registration: { id: row.registrationId, number: row.number, partnerName: row.partnerName },
    rival: { id: row.rivalId, kind: row.rivalKind },
    ours: companyAnswer(row.customerName, row.ours),
    theirs: companyAnswer(row.rivalName, row.theirs),
    comparedAt: row.comparedAt,
  };
}

function companyAnswer(name: string, company: NormalisedCompany) {
  const { core, domain, country, city, postcode, phone } = company;
  return {
    name: name || core,
    domain,
    country,
    city: city ?? null,
    address: addressLine(company),
    postcode: postcode ?? null,
    phone: phone ?? null,
  };
}
