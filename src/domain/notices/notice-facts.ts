import type { LifecycleRegistration } from '#src/domain/registrations/lifecycle/registration.ts';

/** A registration at the time of a notice. Without names and values of the deal, which may be personal data. */
export interface NoticeFacts {
  readonly number: string;
  readonly state: string;
  readonly version: number;
  readonly reasonCode: string | null;
  /** `YYYY-MM-DD`. */
  readonly protectedUntil: string | null;
  readonly partnerId: string;
  readonly opportunityId: string | null;
  readonly programVersion: number;
  /** When the answer is due that people wait for, as an ISO instant. Null while the clock is paused or stopped. */
  readonly due: string | null;
  /** Why the last command from the CRM was refused. */
  readonly refusal: string | null;
}

/** @param due the due instant of the running clock */
export function noticeFacts(
  registration: LifecycleRegistration | undefined,
  due: string | number | null | undefined,
): NoticeFacts | null {
  if (registration === undefined) return null;
  const { number, state, version, reasonCode, protectedUntil, partner, opportunity, programme, crmRefusal } =
    registration;
  return {
    number,
    state,
    version,
    reasonCode,
    protectedUntil,
    partnerId: partner,
    opportunityId: opportunity,
    programVersion: programme.version,
    refusal: crmRefusal,
    due: typeof due === 'string' ? due : null,
  };
}
