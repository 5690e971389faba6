import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { Refusal } from './api/client.ts';
import { meQuery } from './api/queries.ts';
import { makeRouter } from './routes.tsx';
import { cssVariables, theme } from './theme.ts';

const maxRetries = 2;

const queries = new QueryClient({
  queryCache: new QueryCache({
    // The session has ended: asking who is signed in leads to the sign-in page.
    onError: (error, { queryKey }) => {
      if (error instanceof Refusal && error.code === 'not_signed_in' && queryKey !== meQuery.queryKey)
        void queries.invalidateQueries(meQuery);
    },
  }),
  defaultOptions: {
    // Without it a request made offline waits in silence; the page must say that Fairway does not answer.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 2_000,
      // A refusal is final, so it is not retried.
      retry: (failures, error) =>
        failures < maxRetries &&
        !(error instanceof Refusal && error.code !== 'unreachable' && error.code !== 'internal'),
    },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={makeRouter()} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
