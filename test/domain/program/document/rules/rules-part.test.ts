import { expect, test } from 'vitest';
import { checkProgram } from '#src/domain/program/document/check.ts';
import { programChanges } from '#src/domain/program/document/difference.ts';
import { programJsonSchema, requireProgramDocument } from '#src/domain/program/document/document.ts';
import { programToYaml, programFromYaml } from '#src/domain/program/document/yaml.ts';
import { written } from '#test/domain/program/document/written-program.ts';

const withRules = (rules: object) => requireProgramDocument({ ...written, engagement: { rules } });
const problemsOf = (rules: object) =>
  checkProgram(JSON.stringify({ ...written, engagement: { rules } })).problems;
const plain = withRules({});

test('a rule is written as one word or with its settings, and exported with all of them', () => {
  const document = withRules({ open_lead: 'off', protection_ended: { days: 60 } });
  expect(document.engagement.rules).toMatchObject({
    open_lead: { effect: 'off', days: 180 },
    protection_ended: { effect: 'note', days: 60 },
    same_partner_duplicate: { effect: 'block' },
  });
  const reading = programFromYaml(programToYaml(document));
  expect(reading.ok && reading.document).toEqual(document);
});

test('a wrong rule, effect or setting is named with the nearest one', () => {
  expect(problemsOf({ open_leed: 'off' })).toEqual([
    'engagement.rules.open_leed: There is no such setting. The nearest name is "open_lead".',
  ]);
  expect(problemsOf({ open_lead: 'bloc' })).toEqual([
    'engagement.rules.open_lead.effect: "bloc" does not fit. Use off, note, review or block. The nearest is "block".',
  ]);
  expect(problemsOf({ open_lead: { dayz: 3 } })).toEqual([
    'engagement.rules.open_lead.dayz: There is no such setting. The nearest name is "days".',
  ]);
});

test('the rules that prevent a promise which cannot be checked have no switch', () => {
  expect(problemsOf({ placeholder_customer: 'off', edited_after_approval: 'off' })).toEqual([
    'engagement.rules.edited_after_approval.effect: "off" does not fit. Use review. The setting engagement.afterApproval says what an edit does.',
    'engagement.rules.placeholder_customer.effect: "off" does not fit. Use ask or block.',
  ]);
});

test('the difference says what can happen when a rule gets weaker', () => {
  const now = withRules({ earlier_registration: 'off', open_lead: { effect: 'block', days: 90 } });
  expect(programChanges(plain, now).map(({ sentence }) => sentence)).toEqual([
    'Rule "Earlier registration": review → off (two partners can be approved for one deal without a person)',
    'Rule "Open lead": review → block',
    'Rule "Open lead", days: 180 → 90',
  ]);
  for (const kind of Object.keys(plain.engagement.rules)) {
    if (kind === 'placeholder_customer' || kind === 'edited_after_approval') continue;
    const [change, ...others] = programChanges(plain, withRules({ [kind]: 'off' }));
    expect([change?.sentence, others]).toEqual([
      expect.stringMatching(/^Rule ".+": \w+ → off \(.{20,}\)$/),
      [],
    ]);
  }
});

test('the JSON Schema knows both forms', () => {
  const schema = programJsonSchema() as {
    properties: Record<string, { properties: Record<string, unknown> }>;
  };
  expect(schema.properties['engagement']?.properties['rules']).toMatchObject({
    properties: {
      open_lead: {
        anyOf: [
          { enum: ['off', 'note', 'review', 'block'] },
          { properties: { days: { default: 180 } }, additionalProperties: false },
        ],
      },
    },
  });
});
