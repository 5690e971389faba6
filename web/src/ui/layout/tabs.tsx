import { Tabs as MantineTabs } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './tabs.module.css';

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly {
    readonly value: string;
    readonly label: string;
    readonly count?: string | undefined;
  }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The content of the chosen tab. */
  readonly children: ReactNode;
}

/** Tabs for the views of a page. They scroll sideways on narrow screens. */
export function Tabs({ label, tabs, value, onChange, children }: TabsProps) {
  return (
    <MantineTabs value={value} onChange={(next) => next !== null && onChange(next)} keepMounted={false}>
      <MantineTabs.List aria-label={label} className={styles.list ?? ''}>
        {tabs.map((tab) => (
          <MantineTabs.Tab
            key={tab.value}
            value={tab.value}
            rightSection={tab.count === undefined ? null : <span className={styles.count}>{tab.count}</span>}
          >
            {tab.label}
          </MantineTabs.Tab>
        ))}
      </MantineTabs.List>
      <MantineTabs.Panel key={value} value={value} className={styles.panel ?? ''}>
        {children}
      </MantineTabs.Panel>
    </MantineTabs>
  );
}
