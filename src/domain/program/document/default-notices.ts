/** The texts of notices that a programme has until it writes its own, in English and German. */

export interface NoticeWords {
  readonly en: { readonly subject: string; readonly text: string };
  readonly de: { readonly subject: string; readonly text: string };
}

/** The values that a notice may name, written as `{number}`. All of them are about the registration itself. */
export const noticeValues = [
  'number',
  'customer',
  'partner',
  'reason',
  'protectedUntil',
  'days',
  'question',
  'answer',
  'due',
  'percent',
  'link',
] as const;

const notice = (en: string, enText: string, de: string, deText: string): NoticeWords => ({
  en: { subject: `{number}: ${en}`, text: `${enText}\n\n{link}` },
  de: { subject: `{number}: ${de}`, text: `${deText}\n\n{link}` },
});

/** By event of the lifecycle. */
export const defaultNotices = {
  submitted: notice(
    'registered',
    'We have received the registration of {customer}. You get an answer by {due}.',
    'registriert',
    'Wir haben die Registrierung von {customer} erhalten. Sie erhalten bis {due} eine Antwort.',
  ),
  queued: notice(
    'waits for your decision',
    'The registration of {customer} by {partner} waits for your decision until {due}.',
    'wartet auf Ihre Entscheidung',
    'Die Registrierung von {customer} durch {partner} wartet bis {due} auf Ihre Entscheidung.',
  ),
  step_approved: notice(
    'waits for your approval',
    'The registration of {customer} by {partner} was approved in the step before yours.',
    'wartet auf Ihre Genehmigung',
    'Die Registrierung von {customer} durch {partner} wurde im Schritt vor Ihnen genehmigt.',
  ),
  approved: notice(
    'approved',
    'The registration of {customer} is approved and protected until {protectedUntil}.',
    'genehmigt',
    'Die Registrierung von {customer} ist genehmigt und bis {protectedUntil} geschützt.',
  ),
  rejected: notice(
    'rejected',
    'The registration of {customer} was rejected: {reason}.',
    'abgelehnt',
    'Die Registrierung von {customer} wurde abgelehnt: {reason}.',
  ),
  info_requested: notice(
    'we have a question',
    'About the registration of {customer}: {question}',
    'wir haben eine Rückfrage',
    'Zur Registrierung von {customer}: {question}',
  ),
  info_answered: notice(
    'the partner has answered',
    '{partner} has answered about {customer}: {answer}',
    'der Partner hat geantwortet',
    '{partner} hat zu {customer} geantwortet: {answer}',
  ),
  terms_changed: notice(
    'changed',
    'The terms of the registration of {customer} by {partner} have changed.',
    'geändert',
    'Die Konditionen der Registrierung von {customer} durch {partner} haben sich geändert.',
  ),
  appeal_received: notice(
    'appeal received',
    'The appeal about {customer} was received. It is answered by {due}.',
    'Einspruch eingegangen',
    'Der Einspruch zu {customer} ist eingegangen. Er wird bis {due} beantwortet.',
  ),
  appeal_upheld: notice(
    'the decision remains',
    'The decision about {customer} remains: {reason}.',
    'die Entscheidung bleibt',
    'Die Entscheidung zu {customer} bleibt bestehen: {reason}.',
  ),
  appeal_overturned: notice(
    'approved after the appeal',
    'The registration of {customer} is now approved and protected until {protectedUntil}.',
    'nach dem Einspruch genehmigt',
    'Die Registrierung von {customer} ist nun genehmigt und bis {protectedUntil} geschützt.',
  ),
  extension_requested: notice(
    'extension requested',
    '{partner} asks for an extension of the protection of {customer}.',
    'Verlängerung beantragt',
    '{partner} bittet um eine Verlängerung des Schutzes von {customer}.',
  ),
  extension_granted: notice(
    'extended',
    'The registration of {customer} is now protected until {protectedUntil}.',
    'verlängert',
    'Die Registrierung von {customer} ist nun bis {protectedUntil} geschützt.',
  ),
  extension_denied: notice(
    'not extended',
    'The protection of {customer} is not extended: {reason}.',
    'nicht verlängert',
    'Der Schutz von {customer} wird nicht verlängert: {reason}.',
  ),
  about_to_expire: notice(
    'protection ends soon',
    'The protection of {customer} ends in {days} days, after {protectedUntil}.',
    'Schutz endet bald',
    'Der Schutz von {customer} endet in {days} Tagen, nach dem {protectedUntil}.',
  ),
  lapsing: notice(
    'activity needed',
    'The protection of {customer} ends soon unless you report activity.',
    'Aktivität nötig',
    'Der Schutz von {customer} endet bald, wenn Sie keine Aktivität melden.',
  ),
  expired: notice(
    'protection ended',
    'The protection of {customer} has ended: {reason}.',
    'Schutz beendet',
    'Der Schutz von {customer} ist beendet: {reason}.',
  ),
  converted: notice(
    'opportunity linked',
    'The registration of {customer} is linked to an opportunity.',
    'Opportunity verknüpft',
    'Die Registrierung von {customer} ist mit einer Opportunity verknüpft.',
  ),
  won: notice(
    'won',
    'The deal with {customer} was won.',
    'gewonnen',
    'Das Geschäft mit {customer} wurde gewonnen.',
  ),
  lost: notice(
    'lost',
    'The deal with {customer} was lost: {reason}.',
    'verloren',
    'Das Geschäft mit {customer} wurde verloren: {reason}.',
  ),
  won_after_expiry: notice(
    'won after the protection ended',
    'The deal with {customer} was won after the protection of {partner} had ended.',
    'nach Ende des Schutzes gewonnen',
    'Das Geschäft mit {customer} wurde gewonnen, nachdem der Schutz von {partner} beendet war.',
  ),
  outcome_reopened: notice(
    'deal open again',
    'The opportunity of {customer} is open again.',
    'Geschäft wieder offen',
    'Die Opportunity von {customer} ist wieder offen.',
  ),
  opportunity_gone: notice(
    'opportunity deleted',
    'The opportunity of the registration of {customer} by {partner} was deleted.',
    'Opportunity gelöscht',
    'Die Opportunity der Registrierung von {customer} durch {partner} wurde gelöscht.',
  ),
  superseded: notice(
    'replaced',
    'The registration of {customer} was replaced: {reason}.',
    'ersetzt',
    'Die Registrierung von {customer} wurde ersetzt: {reason}.',
  ),
  withdrawn: notice(
    'withdrawn',
    'The registration of {customer} was withdrawn: {reason}.',
    'zurückgezogen',
    'Die Registrierung von {customer} wurde zurückgezogen: {reason}.',
  ),
  withdrawn_pending: notice(
    'no decision needed',
    'The registration of {customer} by {partner} was withdrawn before you decided.',
    'keine Entscheidung nötig',
    'Die Registrierung von {customer} durch {partner} wurde vor Ihrer Entscheidung zurückgezogen.',
  ),
  reopened: notice(
    'reopened',
    'The decision about {customer} was taken back: {reason}.',
    'wieder geöffnet',
    'Die Entscheidung zu {customer} wurde zurückgenommen: {reason}.',
  ),
  held: notice(
    'on hold',
    'The registration of {customer} waits, because {partner} is suspended.',
    'angehalten',
    'Die Registrierung von {customer} wartet, weil {partner} gesperrt ist.',
  ),
  released: notice(
    'continues',
    'The registration of {customer} continues, because {partner} is active again.',
    'läuft weiter',
    'Die Registrierung von {customer} läuft weiter, weil {partner} wieder aktiv ist.',
  ),
  crm_refused: notice(
    'your entry in the CRM was refused',
    'Your entry about {customer} in the CRM was refused: {reason}.',
    'Ihr Eintrag im CRM wurde abgelehnt',
    'Ihr Eintrag zu {customer} im CRM wurde abgelehnt: {reason}.',
  ),
  escalated: notice(
    '{percent} % of the time has passed',
    'The registration of {customer} by {partner} is due at {due}.',
    '{percent} % der Zeit sind vergangen',
    'Die Registrierung von {customer} durch {partner} ist bis {due} fällig.',
  ),
  breached: notice(
    'the promised time is over',
    'The registration of {customer} by {partner} was due at {due}.',
    'die zugesagte Zeit ist vorbei',
    'Die Registrierung von {customer} durch {partner} war bis {due} fällig.',
  ),
} as const satisfies Readonly<Record<string, NoticeWords>>;
