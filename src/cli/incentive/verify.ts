import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { exitCodes, jsonOption, printResult, type Command } from '#src/cli/command.ts';
import { AppError, safeErrorMessage } from '#src/domain/errors.ts';
import { proofFaults, type LineProof } from '#src/domain/incentive/proof/line-proof.ts';

const text = z.string();
const list = z.array(z.unknown());
const proofSchema = z.strictObject({
  format: z.literal('fairway-incentive-proof-1'),
  program: z.looseObject({}),
  facts: z.array(
    z.strictObject({ seq: z.int(), hash: text, payload: z.looseObject({ fact: z.looseObject({}) }) }),
  ),
  fixed: z.strictObject({ rates: list, tiers: list, draws: list }),
  period: text,
  line: z.strictObject({
    bucket: z.strictObject({
      component: text,
      payee: text,
      currency: text,
      window: z.strictObject({ key: text, first: text, last: text }),
    }),
    document: text,
    line: z.int(),
    partner: text,
    amountMinor: text,
    trace: z.looseObject({}),
    rounding: z.looseObject({}),
  }),
});

export const verifyProof: Command = {
  arguments: [['<file>', 'a proof that `incentive explain --proof` wrote']],
  options: [jsonOption],
  examples: ['incentive verify line.json'],
  details:
    'Computes each line of a proof again from its facts, without a database, and compares hashes, amount and every step. Exit code 1 when one differs.',
  async run(values, [file = '']) {
    const results = (await readProofs(file)).map((proof) => ({ ...nameOf(proof), faults: faultsOf(proof) }));
    printResult(
      values,
      results,
      results.flatMap(({ document, line, payee, faults }) => {
        const title = `${document}, line ${line}, for ${payee}`;
        return faults.length === 0
          ? [`${title}: right. The facts give this amount in this way.`]
          : [`${title}: wrong.`, ...faults.map((fault) => `  ${fault}`)];
      }),
    );
    return results.every(({ faults }) => faults.length === 0) ? exitCodes.ok : exitCodes.failed;
  },
};

function nameOf({ line: { document, line, bucket } }: LineProof) {
  return { document, line, payee: bucket.payee };
}

/** A damaged value makes the engine fail, which is a fault of the proof. */
function faultsOf(proof: LineProof): readonly string[] {
  try {
    return proofFaults(proof);
  } catch (error) {
    return [`The proof is damaged: ${safeErrorMessage(error)}`];
  }
}

/** @throws AppError `bad_request` for a file that is not a proof */
async function readProofs(file: string): Promise<readonly LineProof[]> {
  const content = await readFile(file, 'utf8').catch(() => {
    throw new AppError('bad_request', `The file ${file} cannot be read. Check its name.`);
  });
  const parsed = z.array(proofSchema).min(1).safeParse(jsonOf(content));
  if (!parsed.success)
    throw new AppError('bad_request', `${file} is not a proof that \`incentive explain --proof\` wrote.`);
  return parsed.data as unknown as readonly LineProof[];
}

function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
