import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowsLeftRight,
  IconArrowsSplit2,
  IconBuildingStore,
  IconCoins,
  IconCopyCheck,
  IconDatabaseSearch,
  IconFileCheck,
  IconGauge,
  IconLogout,
  IconMoon,
  IconPlugConnected,
  IconScale,
  IconSun,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { NavLink, useNavigate } from 'react-router';
import { api, expectAnswer } from '../api/client.ts';
import { overviewQuery } from '../api/queries.ts';
import type { Me } from '../api/types.ts';
import { countText } from '../format.ts';
import { roleNames } from '../words.ts';
import { LogoMark } from './logo.tsx';
import styles from './rail.module.css';

interface Entry {
  readonly to: string;
  readonly label: string;
  readonly Icon: ComponentType<{ size: number; stroke: number }>;
  readonly count?: number;
  readonly alert?: boolean;
}

export function Rail({ me }: { readonly me: Me }) {
  const overview = useQuery(overviewQuery).data;
  const work: Entry[] = [
    { to: '/', label: 'Overview', Icon: IconGauge },
    {
      to: '/registrations',
      label: 'Registrations',
      Icon: IconFileCheck,
      count: overview?.registrations.waiting ?? 0,
      alert: (overview?.registrations.overdue ?? 0) > 0,
    },
    {
      to: '/payouts',
      label: 'Payouts',
      Icon: IconCoins,
      count: overview?.batches.filter((batch) => batch.status === 'submitted').length ?? 0,
    },
    { to: '/conflicts', label: 'Conflicts', Icon: IconArrowsSplit2, count: overview?.conflicts ?? 0 },
    { to: '/problems', label: 'Problems', Icon: IconAlertTriangle, count: overview?.problems.records ?? 0 },
    { to: '/records', label: 'Records', Icon: IconDatabaseSearch },
    { to: '/duplicates', label: 'Duplicates', Icon: IconCopyCheck },
    { to: '/match-quality', label: 'Match quality', Icon: IconScale },
  ];
  const setup: Entry[] = [
    {
      to: '/connections',
      label: 'Connections',
      Icon: IconPlugConnected,
      alert: overview?.connections.some((one) => one.status === 'failing') ?? false,
    },
    { to: '/mappings', label: 'Mappings', Icon: IconArrowsLeftRight },
    { to: '/channel', label: 'Channel', Icon: IconBuildingStore },
    ...(me.permissions.includes('read_webhooks')
      ? [{ to: '/webhooks', label: 'Webhooks', Icon: IconWebhook }]
      : []),
    ...(me.permissions.includes('manage_people')
      ? [{ to: '/people', label: 'People', Icon: IconUsers }]
      : []),
  ];
  return (
    <nav className={styles.rail} aria-label="Main">
      <NavLink to="/" className={styles.brand ?? ''}>
        <LogoMark />
        <span>Fairway</span>
      </NavLink>
      <Entries entries={work} />
      <p className={styles.heading}>Settings</p>
      <Entries entries={setup} />
      <Footer me={me} />
    </nav>
  );
}

function Entries({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <ul className={styles.list}>
      {entries.map(({ to, label, Icon, count = 0, alert = false }) => (
        <li key={to}>
          <NavLink to={to} end={to === '/'} className={styles.entry ?? ''}>
            <Icon size={18} stroke={1.7} />
            <span className={styles.label}>{label}</span>
            {count > 0 && <span className={styles.count}>{countText(count)}</span>}
            {alert && <span className={styles.alert} role="img" aria-label="needs attention" />}
          </NavLink>
        </li>
      ))}
    </ul>
  );
}

function Footer({ me }: { readonly me: Me }) {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => expectAnswer(api.POST('/api/sign-out')),
    onSettled: () => {
      queries.clear();
      void navigate('/sign-in');
    },
  });
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <div className={styles.footer}>
      <NavLink to="/account" className={styles.person ?? ''} title="My account">
        <span className={styles.name}>{me.name}</span>
        <span className={styles.role}>{roleNames[me.role].label}</span>
      </NavLink>
      <Tooltip label={`Use the ${other} colours`}>
        <ActionIcon
          variant="transparent"
          className={styles.tool ?? ''}
          aria-label={`Use the ${other} colours`}
          onClick={() => setColorScheme(other)}
        >
          {scheme === 'dark' ? <IconSun size={18} stroke={1.7} /> : <IconMoon size={18} stroke={1.7} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Sign out">
        <ActionIcon
          variant="transparent"
          className={styles.tool ?? ''}
          aria-label="Sign out"
          onClick={() => signOut.mutate()}
        >
          <IconLogout size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
