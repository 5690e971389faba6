import type { Deps } from '#src/deps.ts';
import { recordRefusal } from '#src/operations/people/record-access.ts';
import type { RefusalRecorder } from './errors.ts';

/**
 * Puts on the audit trail what people tried and may not do, and sign-ins that failed. Other refusals are
 * mistakes, which are only logged.
 */
export const auditRefusals =
  (deps: Deps): RefusalRecorder =>
  async (request, code) => {
    const { method, routeOptions, person, ip } = request;
    const route = routeOptions.url ?? '(none)';
    if (code !== 'not_allowed' && !(code === 'not_signed_in' && route.startsWith('/api/sign-in'))) return;
    try {
      await recordRefusal(deps, { personId: person?.id ?? null, method, route, code, address: ip });
    } catch (error) {
      request.log.error({ err: error }, 'a refusal is not on the audit trail');
    }
  };
