import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import {
  scenarioEmail,
  scenarioOpportunityOwner,
  scenarioPartners,
  scenarioPeople,
  scenarioProgramme,
} from '#src/cli/cases/lifecycle-cast.ts';
import { publishScenarioProgramme } from '#src/cli/cases/scenario-programme.ts';
import {
  insertLifecyclePeople,
  insertOpportunities,
  insertPartners,
} from '#src/db/registrations/lifecycle/scenario-store.ts';
import type { Deps } from '#src/deps.ts';
import type { CommandValues, LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import { applyAssessedCommand } from '#src/operations/registrations/lifecycle/command-plan.ts';

export const terms = {
  customerName: 'Nordwind GmbH',
  productFamily: 'Network',
  amount: '50000.00',
  currency: 'EUR',
};
export const seconds = (text: string): number => Date.parse(text) / 1000;

export interface LifecycleFixture {
  readonly deps: Deps;
  readonly partners: Readonly<Record<string, string>>;
  readonly opportunity: string;
  does(
    by: string,
    move: LifecycleCommand['do'],
    at: string,
    registration: string,
    values?: CommandValues,
  ): ReturnType<typeof applyAssessedCommand>;
  /** A registration of pat for a deal of its own, by the verdict of the rules. */
  submits(rules: CommandValues['rules'], at: string): Promise<string>;
}

/** The cast of the worked scenarios on a database, with what differs in the programme. */
export async function lifecycleFixture(
  deps: Deps,
  at: string,
  programme: Partial<LifecycleProgramme> = {},
): Promise<LifecycleFixture> {
  const partners = Object.fromEntries(Object.keys(scenarioPartners).map((code) => [code, deps.ids()]));
  const opportunity = deps.ids();
  await insertPartners(
    deps.db,
    Object.entries(scenarioPartners).map(([code, { name, cam }]) => ({
      id: partners[code] ?? '',
      accountId: deps.ids(),
      name,
      owner: cam,
    })),
  );
  await insertLifecyclePeople(
    deps.db,
    Object.entries(scenarioPeople).map(([name, { role, partner }]) => ({
      name,
      role,
      partnerId: partner == null ? null : (partners[partner] ?? null),
      crmUser: name,
    })),
  );
  await insertOpportunities(deps.db, [
    { id: opportunity, name: 'Nordwind', owner: scenarioOpportunityOwner },
  ]);
  const inForce = { ...scenarioProgramme, ...programme };
  await publishScenarioProgramme(deps, seconds(at), inForce);
  const does: LifecycleFixture['does'] = (by, move, when, registration, values = {}) =>
    applyAssessedCommand(deps, {
      at: seconds(when),
      by: by.includes('@') ? by : scenarioEmail(by),
      via: 'api',
      do: move,
      registration,
      with: values,
    });
  return {
    deps,
    partners,
    opportunity,
    does,
    async submits(rules, when) {
      const id = deps.ids();
      await does('pat', 'submit', when, id, { terms, deal: id, rules: rules ?? 'pending' });
      return id;
    },
  };
}

/** Copies a registration with its lifecycle and timers, each for a deal of its own and due some seconds later. */
export async function copyRegistration(
  deps: Deps,
  id: string,
  laterBySeconds: readonly number[],
): Promise<readonly string[]> {
  const copies = laterBySeconds.map((later) => ({ id: randomUUID(), later }));
  const wanted = sql`jsonb_to_recordset(${JSON.stringify(copies)}::text::jsonb) as x(id uuid, later integer)`;
  await deps.db.execute(sql`
    insert into registration select (jsonb_populate_record(r, jsonb_build_object('id', x.id))).* from registration r, ${wanted} where r.id = ${id}`);
  await deps.db.execute(sql`
    insert into registration_lifecycle
    select (jsonb_populate_record(l, jsonb_build_object('registration_id', x.id, 'deal', x.id::text))).*
    from registration_lifecycle l, ${wanted} where l.registration_id = ${id}`);
  await deps.db.execute(sql`
    insert into lifecycle_timer select x.id, t.timer, t.due_at + make_interval(secs => x.later)
    from lifecycle_timer t, ${wanted} where t.registration_id = ${id}`);
  return copies.map((copy) => copy.id);
}

export interface StoredEvent {
  readonly id: number;
  /** The transaction that stored it: the events of one step have the same one. */
  readonly step: string;
  readonly registration: string;
  readonly at: string;
  readonly move: string;
  readonly [column: string]: unknown;
}

/** Every event in the order in which they were stored. */
export async function eventsInOrder({ db }: Deps): Promise<readonly StoredEvent[]> {
  const rows = await db.execute<{ [K in keyof StoredEvent]: StoredEvent[K] }>(sql`
    select e.id::int as id, e.xmin::text as step, e.registration_id as registration, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
      e.move, e.actor, e.via, e.refusal, e.before, v.given
    from registration_event e left join registration_event_evidence v on v.event_id = e.id order by e.id`);
  return [...rows];
}
