import { automaticPolicy } from '#src/domain/program/document/approval.ts';
import type { DecisionPolicy } from '#src/domain/registrations/registration.ts';
import type { EvaluationRound, RegistrationWithFacts } from '#src/operations/registrations/evaluation.ts';

/** The part of the programme that decides one registration. */
export function decisionPolicy(
  { protectionDays }: Pick<RegistrationWithFacts, 'protectionDays'>,
  { program, document }: Pick<EvaluationRound, 'program' | 'document'>,
): DecisionPolicy {
  return { engagement: program.engagement, protectionDays, ...automaticPolicy(document.approval) };
}
