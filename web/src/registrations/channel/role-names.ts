/** The roles of people in the channel. */
export const channelRoleNames: Readonly<Record<string, string>> = {
  partner: 'Partner',
  rep: 'Sales rep',
  cam: 'Channel account manager',
  ops: 'Operations',
  finance: 'Finance',
  admin: 'Admin',
  auditor: 'Auditor',
};
