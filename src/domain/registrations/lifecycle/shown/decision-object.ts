import { moveNames } from '#src/domain/registrations/lifecycle/states.ts';

/** The moves that need no other registration, so that a person can choose them on a record of the CRM. */
export const movesInCrm = moveNames.filter((move) => move !== 'supersede' && move !== 'resubmit');

const filledIn = { writtenBy: 'crm' } as const;

/** A decision that a person makes in the CRM. A CRM without records for it has these fields on the registration. */
export const decisionObject = {
  kind: 'decision',
  custom: true,
  label: 'Registration decision',
  pluralLabel: 'Registration decisions',
  fields: [
    {
      ...filledIn,
      name: 'registration',
      label: 'Registration',
      help: 'The registration that is decided.',
      type: 'reference',
      referenceTo: 'registration',
    },
    {
      ...filledIn,
      name: 'decision',
      label: 'Decision',
      help: 'What you decide. Fairway checks whether you may, and answers on the registration.',
      type: 'picklist',
      values: movesInCrm,
    },
    {
      ...filledIn,
      name: 'reasonCode',
      label: 'Decision reason code',
      help: 'The code of the reason, such as not_certified.',
      type: 'text',
      length: 60,
    },
    {
      ...filledIn,
      name: 'text',
      label: 'Decision text',
      help: 'Words to the reason, the question or the answer. The partner reads them.',
      type: 'longText',
    },
    {
      ...filledIn,
      name: 'seenVersion',
      label: 'Decision on version',
      help: 'The version that the page showed. Blank: the version that Fairway last wrote to the record.',
      type: 'number',
    },
  ],
} as const;
