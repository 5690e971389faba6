import { describe, expect, it } from 'vitest';
import { clockDisagreement, earliest, type Clock } from '#src/domain/clocks/compare-clocks.ts';

const at = (name: string, time: string): Clock => ({ name, now: new Date(`2026-11-29T${time}Z`) });

describe('clocks', () => {
  it('agree up to five minutes, whichever is ahead', () => {
    expect(clockDisagreement([at('a', '10:00:00'), at('b', '10:05:00')])).toBe(null);
    expect(clockDisagreement([at('a', '10:05:00'), at('b', '10:00:00')])).toBe(null);
    expect(clockDisagreement([at('a', '10:00:00')])).toBe(null);
    expect(clockDisagreement([])).toBe(null);
  });

  it('disagree beyond five minutes, in a sentence that names each clock', () => {
    const sentence = clockDisagreement([
      at('this server', '10:05:01'),
      at('the database', '10:02:00'),
      at('HubSpot', '10:00:00'),
    ]);
    expect(sentence).toContain('this server 2026-11-29 10:05, the database 2026-11-29 10:02, HubSpot');
    expect(sentence).toContain('no month is closed');
  });

  it('count as the one that is furthest behind', () => {
    expect(earliest([at('a', '10:05:00'), at('b', '09:00:00')])).toEqual(at('b', '09:00:00').now);
    expect(() => earliest([])).toThrow(RangeError);
  });
});
