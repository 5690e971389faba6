import { IconChevronLeft } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { Link, useLocation } from 'react-router';
import styles from './page.module.css';

interface PageProps {
  readonly title: string;
  /** A status next to the title. */
  readonly mark?: ReactNode;
  /** One line below the title. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  /** The page above this one; the link leads back to it as it was filtered. */
  readonly parent?: { readonly to: string; readonly label: string };
  readonly children: ReactNode;
}

export function Page({ title, mark, lead, actions, parent, children }: PageProps) {
  const { state } = useLocation() as { state: { readonly from?: string } | null };
  useEffect(() => {
    document.title = `${title} · Fairway`;
  }, [title]);
  return (
    <>
      {parent && (
        <Link
          to={state?.from?.startsWith(parent.to) ? state.from : parent.to}
          className={styles.parent ?? ''}
        >
          <IconChevronLeft size={14} stroke={2} />
          {parent.label}
        </Link>
      )}
      <header className={styles.header}>
        <div className={styles.heading}>
          <div className={styles.title}>
            <h1>{title}</h1>
            {mark}
          </div>
          {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface CardProps {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  /** The content brings its own padding: a table, a list. */
  readonly flush?: boolean;
}

export function Card({ title, aside, children, flush = false }: CardProps) {
  return (
    <section className={styles.card}>
      {title !== undefined && (
        <div className={styles.cardHeader}>
          <h2>{title}</h2>
          {aside}
        </div>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}

/** Names and values, aligned. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles.fact}>
          <dt>{name}</dt>
          <dd>{value ?? <span className="dim">—</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
