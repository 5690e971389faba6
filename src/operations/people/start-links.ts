import { isInProduction } from '#src/db/people/approval-store.ts';
import { countPeople, findPersonByEmail } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { createLoginLink, type LoginLinkInput } from './login-link.ts';

const firstAdmin = { email: 'admin@localhost', name: 'Administrator', role: 'admin' } as const;
const demoApprover = {
  email: 'demo-approver@localhost',
  name: 'Demo approver',
  role: 'admin',
  isDemo: true,
} as const;

export interface StartLink {
  readonly name: string;
  readonly isDemo: boolean;
  readonly token: string;
}

/**
 * The sign-in links that a start on one machine prints: the first administrator's and, while only the sandbox is
 * connected, that of a second demo person, so that one person can try the work of two. It changes no
 * role and enables no disabled person.
 */
export async function startLinks(deps: Pick<Deps, 'db' | 'clock' | 'ids' | 'config'>): Promise<StartLink[]> {
  const inProduction = await isInProduction(deps.db);
  const wanted: LoginLinkInput[] = inProduction ? [firstAdmin] : [firstAdmin, demoApprover];
  const links: StartLink[] = [];
  for (const one of wanted) {
    const known = await findPersonByEmail(deps.db, one.email);
    // In production, people sign in with their passkeys; the first link of an empty database is the exception.
    if (known?.joinedAt && inProduction) continue;
    // A database that has people already gets no administrator without an invitation.
    const mayBeMade = one.isDemo === true || (await countPeople(deps.db)) === 0;
    if (known ? known.disabledAt !== null : !mayBeMade) continue;
    const { token, person } = await createLoginLink(deps, known ? { email: one.email } : one);
    links.push({ name: person.name, isDemo: person.isDemo, token });
  }
  return links;
}
