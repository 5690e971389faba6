import { createBrowserRouter } from 'react-router';
import { LostPage } from './shell/lost-page.tsx';
import { Shell } from './shell/shell.tsx';

/** The map of the console. A page's code is loaded when it is first opened. */
export function makeRouter() {
  return createBrowserRouter([
    {
      path: '/sign-in',
      lazy: async () => ({ Component: (await import('./people/sign-in-page.tsx')).SignInPage }),
    },
    {
      path: '/',
      Component: Shell,
      errorElement: <LostPage />,
      // Empty while the code of the first page loads.
      hydrateFallbackElement: <></>,
      children: [
        {
          index: true,
          lazy: async () => ({ Component: (await import('./runs/overview-page.tsx')).OverviewPage }),
        },
        {
          path: 'registrations',
          lazy: async () => ({
            Component: (await import('./registrations/queue/registrations-page.tsx')).RegistrationsPage,
          }),
        },
        {
          path: 'registrations/:id',
          lazy: async () => ({
            Component: (await import('./registrations/registration-page.tsx')).RegistrationPage,
          }),
        },
        {
          path: 'channel',
          lazy: async () => ({
            Component: (await import('./registrations/channel/channel-page.tsx')).ChannelPage,
          }),
        },
        {
          path: 'payouts',
          lazy: async () => ({ Component: (await import('./payouts/payouts-page.tsx')).PayoutsPage }),
        },
        {
          path: 'payouts/:id',
          lazy: async () => ({ Component: (await import('./payouts/payout-page.tsx')).PayoutPage }),
        },
        {
          path: 'problems',
          lazy: async () => ({ Component: (await import('./sync/problems-page.tsx')).ProblemsPage }),
        },
        {
          path: 'conflicts',
          lazy: async () => ({ Component: (await import('./sync/conflicts-page.tsx')).ConflictsPage }),
        },
        {
          path: 'match-quality',
          lazy: async () => ({
            Component: (await import('./matching/match-quality-page.tsx')).MatchQualityPage,
          }),
        },
        {
          path: 'duplicates',
          lazy: async () => ({
            Component: (await import('./duplicates/duplicates-page.tsx')).DuplicatesPage,
          }),
        },
        {
          path: 'records',
          lazy: async () => ({ Component: (await import('./records/records-page.tsx')).RecordsPage }),
        },
        {
          path: 'records/:kind/:id',
          lazy: async () => ({ Component: (await import('./records/record-page.tsx')).RecordPage }),
        },
        {
          path: 'connections',
          lazy: async () => ({
            Component: (await import('./connections/connections-page.tsx')).ConnectionsPage,
          }),
        },
        {
          path: 'connections/:id',
          lazy: async () => ({
            Component: (await import('./connections/connection-page.tsx')).ConnectionPage,
          }),
        },
        {
          path: 'mappings',
          lazy: async () => ({ Component: (await import('./mappings/mappings-page.tsx')).MappingsPage }),
        },
        {
          path: 'mappings/:connectionId/:object',
          lazy: async () => ({ Component: (await import('./mappings/mapping-page.tsx')).MappingPage }),
        },
        {
          path: 'people',
          lazy: async () => ({ Component: (await import('./people/people-page.tsx')).PeoplePage }),
        },
        {
          path: 'webhooks',
          lazy: async () => ({ Component: (await import('./notices/webhooks-page.tsx')).WebhooksPage }),
        },
        {
          path: 'webhooks/:id',
          lazy: async () => ({ Component: (await import('./notices/endpoint-page.tsx')).EndpointPage }),
        },
        {
          path: 'account',
          lazy: async () => ({ Component: (await import('./people/account-page.tsx')).AccountPage }),
        },
        { path: '*', Component: LostPage },
      ],
    },
  ]);
}
