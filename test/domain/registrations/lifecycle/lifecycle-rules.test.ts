import { describe, expect, test } from 'vitest';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { registrationCrmFields } from '#src/domain/registrations/lifecycle/crm-fields.ts';
import { whoIsAsked, whoMayDecide } from '#src/domain/registrations/lifecycle/deciders.ts';
import { editableFields } from '#src/domain/registrations/lifecycle/editable-fields.ts';
import { legalMoves } from '#src/domain/registrations/lifecycle/legal-moves.ts';
import { reasonCodes } from '#src/domain/registrations/lifecycle/reasons.ts';
import type { Channel, LifecycleRegistration } from '#src/domain/registrations/lifecycle/registration.ts';
import { readClockEvents } from '#src/domain/registrations/lifecycle/service-clocks.ts';
import { lifecycleStates, moves } from '#src/domain/registrations/lifecycle/states.ts';
import type { LifecycleFact } from '#src/domain/registrations/lifecycle/fact.ts';
import {
  applyCommand,
  applyFact,
  passTime,
  type StepResult,
} from '#src/domain/registrations/lifecycle/step.ts';
import { emptyChannel, table } from './scenario.ts';

const monday = '2026-06-15T08:00:00Z';
const terms = { customerName: 'Nordwind GmbH', productFamily: 'Network', amount: '50000.00' };
const seconds = (text: string) => Date.parse(text) / 1000;

/** Plays commands and facts in order; the last result is what a test looks at. */
class Story {
  channel: Channel;
  last: StepResult;

  constructor(programme: Readonly<Record<string, unknown>> = {}) {
    this.channel = emptyChannel(programme);
    this.last = passTime(this.channel, 0);
  }

  does(by: string, move: LifecycleCommand['do'], at: string, extra: Partial<LifecycleCommand> = {}): this {
    const command = {
      at: seconds(at),
      by,
      via: 'console',
      do: move,
      registration: 'R1',
      with: {},
      ...extra,
    } as const;
    return this.#then(applyCommand(this.channel, command));
  }

  submits(extra: Partial<LifecycleCommand> = {}, by = 'pat'): this {
    const values = { deal: 'd1', terms, rules: 'review', ...extra.with } as const;
    return this.does(by, 'submit', monday, { via: 'api', ...extra, with: values });
  }

  learns(at: string, fact: LifecycleFact): this {
    return this.#then(applyFact(this.channel, seconds(at), fact));
  }

  waits(until: string): this {
    return this.#then(passTime(this.channel, seconds(until)));
  }

  get(id = 'R1'): LifecycleRegistration {
    const found = this.channel.registrations[id];
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  }

  deciders(at: string): readonly string[] {
    return whoMayDecide(this.channel, this.get(), seconds(at));
  }

  #then(result: StepResult): this {
    this.last = result;
    this.channel = result.channel;
    return this;
  }
}

describe('the table is the one in the specification', () => {
  const given = table as unknown as {
    readonly moves: Readonly<Record<string, { readonly from: string[]; readonly roles: string[] }>>;
    readonly reasonCodes: Readonly<Record<string, string[]>>;
    readonly editableFields: Readonly<Record<string, Readonly<Record<string, string[]>>>>;
  };

  test('moves, their states and roles', () => {
    const { submit: _submit, ...others } = given.moves;
    const sorted = (
      entries: Readonly<
        Record<string, { readonly from: readonly string[]; readonly roles: readonly string[] }>
      >,
    ) =>
      Object.fromEntries(
        Object.entries(entries).map(([name, { from, roles }]) => [name, [from.toSorted(), roles.toSorted()]]),
      );
    expect(sorted(moves)).toEqual(sorted(others));
  });

  test('reason codes', () => {
    const { expire: _expire, lose: _lose, ...others } = given.reasonCodes;
    expect(reasonCodes).toEqual(others);
  });

  test.each(lifecycleStates)('editable fields while %s', (state) => {
    for (const role of ['partner', 'service', 'rep', 'cam', 'ops', 'finance', 'auditor', 'admin'] as const)
      expect(editableFields(state, role).toSorted()).toEqual(
        (given.editableFields[state]?.[role] ?? []).toSorted(),
      );
  });
});

describe('who decides', () => {
  const one = { approvalSteps: [{ name: 'one', anyOf: ['olga'] }] };
  const away = (person: string, delegate: string): LifecycleFact => ({
    fact: 'person.away',
    person,
    absence: { from: seconds(monday), to: seconds('2026-06-16T08:00:00Z'), delegate },
  });

  test('the lead when no approver may, and no person when the lead may not either', () => {
    expect(new Story(one).submits({ with: { partner: 'acme' } }, 'olga').deciders(monday)).toEqual(['lena']);
    const led = new Story({ approvalSteps: [{ name: 'one', anyOf: ['lena'] }] });
    expect(led.submits({ with: { partner: 'acme' } }, 'lena').deciders(monday)).toEqual([]);
  });

  test('a person who has left neither decides nor is known, and the lead decides', () => {
    const story = new Story(one).learns(monday, { fact: 'person.left', person: 'olga' }).submits();
    expect(story.deciders(monday)).toEqual(['lena']);
    expect(story.does('olga', 'approve', monday).last.refused).toEqual({
      code: 'not_allowed',
      reason: 'unknown_person',
    });
  });

  test('a delegate from the first second of the absence to before its end, over one hop', () => {
    const story = new Story(one)
      .learns(monday, away('olga', 'otto'))
      .learns(monday, away('otto', 'omar'))
      .submits();
    expect(story.deciders('2026-06-15T07:59:59Z')).toEqual(['olga']);
    expect(story.deciders(monday)).toEqual(['olga', 'otto']);
    expect(story.deciders('2026-06-16T08:00:00Z')).toEqual(['olga']);
    // Both are away, so both are asked.
    expect(whoIsAsked(story.channel, story.get(), seconds(monday))).toEqual(['olga', 'otto']);
  });

  test('an approver of another step waits for the turn, and others are no approvers', () => {
    const steps = {
      approvalSteps: [
        { name: 'a', anyOf: ['olga'] },
        { name: 'b', anyOf: ['omar'] },
      ],
    };
    const story = new Story(steps).submits().does('olga', 'approve', monday);
    expect(
      story.does('olga', 'reject', monday, { with: { reasonCode: 'not_certified' } }).last.refused?.reason,
    ).toBe('same_person_twice');
    expect(story.does('carl', 'approve', monday).last.refused?.reason).toBe('conflict_of_interest');
    expect(story.does('otto', 'approve', monday).last.refused?.reason).toBe('not_an_approver');
  });
});

describe('the order of refusals', () => {
  test('the state comes before the page, the page before the person, the person before the reason', () => {
    const story = new Story().submits();
    const refusal = (by: string, move: LifecycleCommand['do'], extra: Partial<LifecycleCommand> = {}) =>
      story.does(by, move, monday, extra).last.refused?.reason;
    expect(refusal('olga', 'uphold', { ifVersion: 7 })).toBe('illegal_move');
    expect(refusal('carl', 'reject', { ifVersion: 7 })).toBe('stale_version');
    expect(refusal('carl', 'reject')).toBe('conflict_of_interest');
    expect(refusal('olga', 'reject')).toBe('reason_required');
    expect(refusal('olga', 'reject', { with: { reasonCode: 'other', text: ' ' } })).toBe('text_required');
    expect(refusal('rob', 'approve')).toBe('no_such_registration');
  });

  test('a suspended partner stops an approval and not a rejection', () => {
    const story = new Story().submits().learns(monday, { fact: 'partner.suspended', partner: 'acme' });
    expect(story.does('otto', 'approve', monday).last.refused?.reason).toBe('not_an_approver');
    expect(story.does('olga', 'approve', monday).last.refused?.reason).toBe('partner_suspended');
    expect(
      story.does('olga', 'reject', monday, { with: { reasonCode: 'not_certified' } }).last.refused,
    ).toBeNull();
  });
});

describe('ways in', () => {
  test('the key of one sender is not the key of another', () => {
    const story = new Story().submits({ with: { key: 'k' } }, 'portal');
    expect(story.submits({ with: { key: 'k' } }, 'portal').last.result).toEqual({ same: 'R1' });
    expect(story.submits({ registration: 'R2', with: { key: 'k', deal: 'd2' } }).last.result).toEqual({
      created: 'R2',
    });
  });

  test('a suspended partner is refused, and its record in the CRM is rejected', () => {
    const story = new Story().learns(monday, { fact: 'partner.suspended', partner: 'acme' });
    expect(story.submits().last.refused).toEqual({ code: 'conflict', reason: 'partner_suspended' });
    story.submits({ via: 'crm' });
    expect(story.get()).toMatchObject({ state: 'rejected', reasonCode: 'partner_not_in_good_standing' });
  });

  test('the terms that are sent again make given approvals void, and the deal keeps its customer', () => {
    const steps = {
      approvalSteps: [
        { name: 'a', anyOf: ['olga'] },
        { name: 'b', anyOf: ['omar'] },
      ],
    };
    const story = new Story(steps).submits().does('olga', 'approve', monday);
    const changed = { ...terms, customerName: 'Nordwind AG', amount: '1.00' };
    expect(story.submits({ registration: 'R2', with: { terms: changed } }).last.result).toEqual({
      updated: 'R1',
    });
    expect(story.get()).toMatchObject({ approvals: [], terms: { ...terms, amount: '1.00' } });
  });

  test('a partner cannot submit for another partner', () => {
    expect(new Story().submits({ with: { partner: 'bolt' } }).last.refused?.reason).toBe(
      'no_such_registration',
    );
  });
});

describe('clocks', () => {
  const info = { with: { reasonCode: 'missing_contact', question: 'Who?' } };

  test('a question and a suspension must both end before the decision clock goes on', () => {
    const story = new Story().submits().does('olga', 'request_info', '2026-06-15T09:00:00Z', info);
    story.learns('2026-06-15T10:00:00Z', { fact: 'partner.suspended', partner: 'acme' });
    story.does('pat', 'answer_info', '2026-06-15T11:00:00Z');
    expect(readClockEvents(story.get().decisionClock, seconds('2026-06-15T12:00:00Z'))?.state).toBe('paused');
    story.learns('2026-06-15T12:00:00Z', { fact: 'partner.reinstated', partner: 'acme' });
    const reading = readClockEvents(story.get().decisionClock, seconds('2026-06-15T13:00:00Z'));
    expect(reading).toMatchObject({ state: 'running', elapsed: 7200, paused: 10_800 });
  });

  test('a reopened registration escalates again, on a new clock', () => {
    const story = new Story().submits().waits('2026-06-16T08:00:00Z');
    expect(story.last.timers.map(({ timer }) => timer)).toEqual(['escalate_50']);
    story.does('olga', 'reject', '2026-06-16T09:00:00Z', { with: { reasonCode: 'not_certified' } });
    story.does('omar', 'reopen', '2026-06-17T08:00:00Z', { with: { reasonCode: 'new_information' } });
    expect(story.waits('2026-06-18T08:00:00Z').last.timers.map(({ timer }) => timer)).toEqual([
      'escalate_50',
    ]);
  });

  test('timers that were missed fire once, in the order in which they were due', () => {
    const story = new Story().submits().waits('2026-07-01T00:00:00Z');
    expect(story.last.timers.map(({ timer }) => timer)).toEqual([
      'escalate_50',
      'escalate_80',
      'escalate_100',
    ]);
    expect(story.waits('2026-07-02T00:00:00Z').last.timers).toEqual([]);
  });
});

describe('the end of the protection', () => {
  const approved = (programme = {}) => new Story(programme).submits({ with: { rules: 'clear' } });

  test('conversion stops it where the programme says so, and then no extension is needed', () => {
    const story = approved({ expiryAfterConversion: 'stops' });
    story.does('ria', 'convert', monday, { with: { opportunity: 'opp-1' } });
    expect(story.waits('2027-06-01T00:00:00Z').last.timers).toEqual([]);
    const refusal = story.does('pat', 'request_extension', '2027-06-01T00:00:00Z').last.refused;
    expect(refusal?.reason).toBe('extension_not_needed');
  });

  test('want of activity ends it even while an extension is asked for', () => {
    const story = approved({ activityDays: 80 }).does('pat', 'request_extension', '2026-09-01T08:00:00Z');
    expect(story.last.refused).toBeNull();
    expect(story.waits('2026-09-20T00:00:00Z').get()).toMatchObject({
      state: 'expired',
      reasonCode: 'no_activity',
    });
  });

  test('its last day is a day of the zone of the programme', () => {
    const story = approved({ protectionZone: 'Pacific/Auckland', protectionDays: 1 });
    // 08:00 UTC is 20:00 in Auckland.
    expect(story.get().protectedUntil).toBe('2026-06-16');
    expect(story.waits('2026-06-16T11:59:59Z').get().state).toBe('approved');
    expect(story.waits('2026-06-16T12:00:00Z').get().state).toBe('expired');
  });

  test('won after expiry changes nothing and is reported', () => {
    const story = approved();
    story.does('ria', 'convert', monday, { with: { opportunity: 'opp-1' } }).waits('2026-10-01T00:00:00Z');
    const won = {
      fact: 'opportunity',
      event: 'won',
      opportunity: 'opp-1',
      registration: null,
      reasonCode: null,
    } as const;
    story.learns('2026-10-02T00:00:00Z', won);
    expect(story.get().state).toBe('expired');
    expect(story.last.notices).toEqual([
      { event: 'won_after_expiry', registration: 'R1', to: ['carl', 'lena'] },
    ]);
  });
});

test('an appeal about a decision that hides other partners hides them in its answer too', () => {
  const story = new Story()
    .submits({ registration: 'R2', with: { rules: 'clear', number: 'DR-2' } }, 'rob')
    .submits();
  story.does('olga', 'reject', monday, { with: { reasonCode: 'conflict_earlier_registration' } });
  story
    .does('pat', 'appeal', monday)
    .does('otto', 'uphold', monday, { with: { reasonCode: 'decision_confirmed' } });
  expect(story.last.notices).toMatchObject([
    { event: 'appeal_upheld', redacted: true, mustNotContain: ['Bolt Systems', 'DR-2'] },
  ]);
});

test('the reason of a refusal stays on the record until the next command is accepted', () => {
  const story = new Story().submits().does('carl', 'approve', monday, { via: 'crm' });
  const refused = () => registrationCrmFields(story.channel, story.get(), seconds(monday))['decisionRefused'];
  expect(refused()).toBe('conflict_of_interest');
  story.does('otto', 'approve', monday);
  expect(refused()).toBe('conflict_of_interest');
  story.does('olga', 'approve', monday, { via: 'crm' });
  expect(refused()).toBeNull();
});

test('what a role may do leaves out what a guard refuses', () => {
  const story = new Story().submits({ with: { rules: 'block', rulesCode: 'not_certified' } });
  expect(legalMoves(story.get(), 'partner', seconds('2026-06-25T23:59:59Z'))).toEqual(['appeal', 'resubmit']);
  expect(legalMoves(story.get(), 'partner', seconds('2026-06-26T00:00:00Z'))).toEqual(['resubmit']);
});
