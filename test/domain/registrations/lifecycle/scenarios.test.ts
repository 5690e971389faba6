import { describe, expect, test } from 'vitest';
import { playScenario, scenarios } from './scenario.ts';

describe('the worked scenarios of the lifecycle', () => {
  test.each(scenarios.map((scenario) => [`${scenario.id} ${scenario.title}`, scenario] as const))(
    '%s',
    (_title, scenario) => {
      expect(playScenario(scenario)).toEqual(scenario.expected);
    },
  );
});
