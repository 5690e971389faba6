/** Publishes the programme of a scenario as people do: one submits a document, and a second person approves it. */
import { lockPersonByEmail, insertPerson } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { requireProgramDocument, type WrittenProgram } from '#src/domain/program/document/document.ts';
import { documentOf } from '#src/domain/program/document/program-of.ts';
import { programToYaml } from '#src/domain/program/document/yaml.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { Instant } from '#src/domain/registrations/lifecycle/registration.ts';
import { holidayDates } from '#src/domain/service-levels/calendar.ts';
import { approveProgram } from '#src/operations/program/decide-program.ts';
import { importProgram } from '#src/operations/program/import-program.ts';
import { scenarioEmail } from './lifecycle-cast.ts';

/** @param programme its people by their e-mail addresses */
export async function publishScenarioProgramme(
  deps: Deps,
  at: Instant,
  programme: LifecycleProgramme,
): Promise<void> {
  const then = { ...deps, clock: () => new Date(at * 1000) };
  const [author, approver] = [await addAdmin(then, 'author'), await addAdmin(then, 'approver')];
  const text = programToYaml(requireProgramDocument(writtenProgramOf(programme)));
  const imported = await importProgram(then, { text, note: null, effectiveOn: null, personId: author });
  if (imported.did !== 'nothing')
    await approveProgram(then, { draftId: imported.draftId, personId: approver });
}

/** Admins decide no registration, so these two change nothing in a scenario. */
async function addAdmin({ db, ids, clock }: Deps, name: string): Promise<string> {
  const email = `${name}@programme.example`;
  const known = await lockPersonByEmail(db, email);
  if (known !== null) return known.id;
  const at = new Date(clock().getTime() - 30 * 86_400_000);
  const row = {
    id: ids(),
    email,
    name,
    role: 'admin',
    createdAt: at,
    joinedAt: at,
    approvesFrom: at,
  } as const;
  return (await insertPerson(db, row)).id;
}

/** The document with these settings. */
function writtenProgramOf(programme: LifecycleProgramme): WrittenProgram {
  const { name, currency, startsOn, tiers } = documentOf(defaultProgram);
  const { protectionDays, extensionDays, maxExtensions } = programme;
  return {
    name,
    currency,
    startsOn,
    tiers,
    protection: {
      days: protectionDays,
      termsOf: programme.termsOf,
      zone: programme.protectionZone ?? 'UTC',
      extension: {
        days: extensionDays,
        maximum: maxExtensions,
        requestDays: programme.extensionRequestDays,
      },
      // A document refuses notices that are never sent.
      expiryNoticeDays: programme.expiryNoticeDays.filter(
        (days) => days < protectionDays + extensionDays * maxExtensions,
      ),
      afterConversion: programme.expiryAfterConversion,
      convertWhenLinked: programme.convertWhenLinked,
      activityDays: programme.activityDays,
    },
    approval: {
      lead: programme.lead || null,
      routes: [{ name: 'Every deal', steps: stepsOf(programme) }],
      fourEyes: programme.fourEyes,
      distinctApprovers: programme.distinctApprovers,
    },
    serviceLevel: {
      decision: programme.decisionTarget,
      appeal: programme.appealTarget,
      escalations: [...programme.escalations],
      appealDays: programme.appealDays,
      informationDays: programme.infoDays,
      calendars: programme.calendars.map(
        ({ version, publishedAt, timeZone, weekly, holidays = [], exceptions = [] }) => ({
          version,
          publishedAt,
          timeZone,
          weekly: Object.fromEntries(
            Object.entries(weekly).map(([day, hours]) => [day, hours.map(hoursText)]),
          ),
          holidays: holidays.flatMap(holidayDates).map((date) => ({ date, name: 'Holiday' })),
          exceptions: exceptions.map(({ date, hours }) => ({
            date,
            name: 'Exception',
            hours: hours.map(hoursText),
          })),
        }),
      ),
    },
  };
}

/**
 * A document refuses two steps that only one and the same person could approve. A second approver who is not in
 * the channel changes nothing else about such a step.
 */
function stepsOf({ approvalSteps }: LifecycleProgramme) {
  const absent = scenarioEmail('absent');
  return approvalSteps.map(({ name, anyOf }) => ({
    name,
    anyOf: anyOf.length === 1 ? [...anyOf, absent] : anyOf,
  }));
}

function hoursText([from, to]: readonly [string, string]): string {
  return `${from}-${to}`;
}
