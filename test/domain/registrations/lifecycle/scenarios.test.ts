import { describe, expect, test } from 'vitest';
import { moreScenarios, playScenario, scenarios } from './scenario.ts';

describe('the worked scenarios of the lifecycle', () => {
  test.each(
    [...scenarios, ...moreScenarios].map(
      (scenario) => [`${scenario.id} ${scenario.title}`, scenario] as const,
    ),
  )('%s', (_title, scenario) => {
    expect(playScenario(scenario)).toEqual(scenario.expected);
  });
});
