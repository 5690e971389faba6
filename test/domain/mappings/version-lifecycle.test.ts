import { describe, expect, test } from 'vitest';
import { AppError } from '#src/domain/errors.ts';
import {
  approvalBlocker,
  mappingEvents,
  mappingStatuses,
  moveMapping,
  type MappingEvent,
  type MappingStatus,
} from '#src/domain/mappings/version-lifecycle.ts';

/** Every status → the events that are allowed and the status after them. */
const allowed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  draft: { submit: 'submitted' },
  submitted: { approve: 'live', reject: 'rejected' },
  live: { retire: 'retired' },
  retired: {},
  rejected: {},
};

describe('a mapping version', () => {
  test('has these statuses, and these events can happen to it', () => {
    expect(mappingStatuses).toEqual(Object.keys(allowed));
    expect(mappingEvents).toEqual(['submit', 'approve', 'reject', 'retire']);
  });

  test.each(mappingStatuses)('that is %s moves only where the table allows it', (status) => {
    const moved = mappingEvents.flatMap((event): [string, string][] => {
      try {
        return [[event, moveMapping(status, event)]];
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        return [];
      }
    });
    expect(Object.fromEntries(moved)).toEqual(allowed[status]);
  });

  test.each<[MappingStatus, MappingEvent, string]>([
    ['live', 'submit', 'A mapping version that is live cannot be submitted for approval.'],
    ['draft', 'approve', 'A mapping version that is a draft cannot be approved.'],
    ['retired', 'reject', 'A mapping version that is retired cannot be rejected.'],
    ['submitted', 'retire', 'A mapping version that is submitted cannot be retired.'],
  ])('that is %s cannot move by the event %s, and the error names both', (from, event, message) => {
    expect(() => moveMapping(from, event)).toThrow(
      expect.objectContaining({ code: 'conflict', message, detail: { from, event } }),
    );
  });

  test('is approved by a person who neither submitted nor edited it', () => {
    const authors = { submittedBy: 'ann', editors: ['bob', 'cem'] };
    expect(['ann', 'bob', 'cem', 'dia'].map((person) => approvalBlocker(authors, person))).toEqual([
      'You submitted this mapping; another person must approve it.',
      'You edited this mapping; another person must approve it.',
      'You edited this mapping; another person must approve it.',
      null,
    ]);
    expect(approvalBlocker({ submittedBy: null, editors: [] }, 'ann')).toBeNull();
  });
});
