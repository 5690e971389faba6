/** The fields on a registration's record in the CRM that only a registration with a lifecycle fills. */

const written = { writtenBy: 'fairway' } as const;
/** They name colleagues, or are not meant for partners. */
const internal = { ...written, internal: true } as const;

export const lifecycleInstalledFields = [
  {
    ...written,
    name: 'lifecycleState',
    label: 'Lifecycle state',
    help: 'Where the registration is on its way from submission to outcome.',
    // Not a picklist: record types of an org that is connected already would not offer its values.
    type: 'text',
    length: 40,
  },
  {
    ...written,
    name: 'reasonCode',
    label: 'Reason code',
    help: 'The code of the reason for the present state.',
    type: 'text',
    length: 60,
  },
  {
    ...internal,
    name: 'nextDecider',
    label: 'Next decider',
    help: 'The people who are asked to decide next.',
    type: 'text',
  },
  {
    ...written,
    name: 'decisionDue',
    label: 'Decision due',
    help: 'When the answer is promised. Blank while the promised time is paused.',
    type: 'datetime',
  },
  {
    ...written,
    name: 'daysLeft',
    label: 'Days left',
    help: 'Days until the protection ends, counted when Fairway last ran.',
    type: 'number',
  },
  {
    ...written,
    name: 'extensionsUsed',
    label: 'Extensions used',
    help: 'The number of extensions of the protection.',
    type: 'number',
  },
  {
    ...internal,
    name: 'supersededBy',
    label: 'Superseded by',
    help: 'The number of the registration that replaced this one.',
    type: 'text',
    length: 40,
  },
  {
    ...internal,
    name: 'decisionRefused',
    label: 'Decision refused',
    help: 'Why Fairway refused the last decision or change that was made in the CRM.',
    type: 'text',
  },
  {
    ...written,
    name: 'lifecycleVersion',
    label: 'Version',
    help: 'The version of the registration that this page shows. A decision is about a version.',
    type: 'number',
  },
  {
    ...internal,
    name: 'registrationLink',
    label: 'Registration link',
    help: 'Opens the registration in Fairway.',
    type: 'url',
  },
] as const;
