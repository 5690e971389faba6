import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import { analyticsRoutes } from './analytics/routes.ts';
import { accountRoutes } from './people/account-routes.ts';
import { conflictRoutes } from './sync/conflict-routes.ts';
import { channelRoutes } from './registrations/channel-routes.ts';
import { connectionRoutes } from './connections/routes.ts';
import { duplicateRoutes } from './duplicates/routes.ts';
import { mappingRoutes } from './mappings/routes.ts';
import { matchQualityRoutes } from './matching/routes.ts';
import { overviewRoutes } from './runs/overview-routes.ts';
import { periodRoutes } from './payouts/period-routes.ts';
import { payoutRoutes } from './payouts/routes.ts';
import { passkeyRoutes } from './people/passkey-routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { problemRoutes } from './sync/problem-routes.ts';
import { programRoutes } from './program/routes.ts';
import { recordRoutes } from './records/routes.ts';
import { registrationDecisionRoutes } from './registrations/decision-routes.ts';
import { registrationImportRoutes } from './registrations/import-routes.ts';
import { registrationLifecycleRoutes } from './registrations/lifecycle-routes.ts';
import { registrationHookRoutes, registrationSourceRoutes } from './registrations/source-routes.ts';
import { registrationRoutes } from './registrations/routes.ts';
import { runRoutes } from './runs/routes.ts';
import { signInRoutes } from './people/sign-in-routes.ts';
import { systemRoutes } from './system/routes.ts';
import { noticeMailRoutes, unsubscribeRoutes } from './notices/mail-routes.ts';
import { webhookEndpointRoutes } from './notices/routes.ts';
import { webhookRoutes } from './sync/webhook-routes.ts';

/** All routes of the API, with the module that has them. */
export const resources: readonly {
  readonly prefix: string;
  readonly routes: (deps: Deps) => FastifyPluginAsyncZod;
}[] = [
  { prefix: '', routes: systemRoutes }, // GET /healthz · GET /api/openapi.json
  { prefix: '', routes: webhookRoutes }, // POST /webhooks/:connectionId[/:token]
  { prefix: '/api', routes: signInRoutes }, // POST /sign-in[/passkey[/options]] · POST /recovery[/use] · POST /sign-out · GET /me
  { prefix: '/api', routes: passkeyRoutes }, // GET, POST /me/passkeys · DELETE /me/passkeys/:id · POST /me/confirm[/options]
  { prefix: '/api', routes: overviewRoutes }, // GET /overview
  { prefix: '/api', routes: runRoutes }, // POST /runs · GET /runs[/:id]
  { prefix: '/api', routes: registrationRoutes }, // GET /registrations[/:id] · PATCH /registrations/:id
  { prefix: '/api', routes: registrationDecisionRoutes }, // POST /registrations/:id/decision, /confirm-date
  { prefix: '/api', routes: registrationLifecycleRoutes }, // POST /registrations · GET /registrations/:id/lifecycle · POST /registrations/:id/moves
  { prefix: '/api', routes: registrationImportRoutes }, // POST /registrations/import · GET /registrations/imports/:id
  { prefix: '/api', routes: registrationSourceRoutes }, // GET, POST /registration-sources · PATCH /registration-sources/:name · POST …/rotate · GET …/refusals
  { prefix: '/api', routes: registrationHookRoutes }, // POST /hooks/registrations/:name
  { prefix: '/api', routes: channelRoutes }, // GET /channel · PUT /channel/people/:email · POST …/{leave,return,absences} · DELETE /channel/absences/:id · POST /channel/partners
  { prefix: '/api', routes: mappingRoutes }, // GET /mappings[/:connectionId/:object] and the routes below it, see mappings/routes.ts
  { prefix: '/api', routes: programRoutes }, // GET /program[/schema|/versions/:version|/difference] · POST /program/check · POST /program/automatic-approval/resume · …/program/draft, see program/draft-routes.ts
  { prefix: '/api', routes: payoutRoutes }, // GET /payouts[/:id[/items/:itemId|/csv]] · POST /payouts/:id/{submit,approve,return,export}
  { prefix: '/api', routes: periodRoutes }, // GET /periods/last-closed · POST /periods/:period/reopen[/confirm]
  { prefix: '/api', routes: recordRoutes }, // GET /records[/:kind/:id[/timeline]] · PATCH /records/:kind/:id
  { prefix: '/api', routes: conflictRoutes }, // GET /conflicts · POST /conflicts/:id/answer
  { prefix: '/api', routes: matchQualityRoutes }, // GET /match-quality[/questions|/labels/:registrationId] · PUT /match-quality/labels/:registrationId/:rivalId
  { prefix: '/api', routes: duplicateRoutes }, // GET /duplicates[/dismissed|/csv] · POST /duplicates/{start,dismiss}
  { prefix: '/api', routes: connectionRoutes }, // GET /connections[/:id] · PATCH /connections/:id · POST /connections/:id/{check,sync,reconcile,replay}
  { prefix: '/api', routes: problemRoutes }, // GET /problems · POST /problems/answer
  { prefix: '/api', routes: peopleRoutes }, // GET /people · POST /people · PATCH /people/:id · POST /people/:id/{link,confirm,let-in,disable,enable,end-sessions}
  { prefix: '/api', routes: webhookEndpointRoutes }, // GET, POST /webhook-endpoints · PATCH /webhook-endpoints/:id · POST …/{rotate,test,redeliver} · GET …/deliveries
  { prefix: '/api', routes: analyticsRoutes }, // GET /metrics/process[/rows]
  { prefix: '/api', routes: noticeMailRoutes }, // GET /notices/mail · PATCH /notices/people · GET, PATCH /me/notices
  { prefix: '', routes: unsubscribeRoutes }, // GET, POST /unsubscribe/:token
  { prefix: '/api', routes: accountRoutes }, // GET /me/sessions · DELETE /me/sessions/:id · POST /me/sessions/end-others
];
