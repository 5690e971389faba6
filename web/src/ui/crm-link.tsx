import { IconExternalLink } from '@tabler/icons-react';
import type { CrmRecord } from '../api/types.ts';
import { systemNames } from '../words.ts';
import styles from './crm-link.module.css';

/** A link to a record in its CRM, or its id when the CRM has no page for it. */
export function CrmLink({ record }: { readonly record: CrmRecord }) {
  const system = systemNames[record.system] ?? record.system;
  if (record.url === null) {
    return (
      <span className="dim">
        {system} {record.extId}
      </span>
    );
  }
  return (
    <a className={styles.link} href={record.url} target="_blank" rel="noreferrer">
      Open in {system}
      <IconExternalLink size={14} stroke={1.8} aria-label="(new tab)" />
    </a>
  );
}
