import type { Attack, AttackResult, AttackSize } from '#test/security/attack-contract.ts';
import { fuzzRound, startFuzzedService } from '#test/security/value-fuzz.ts';

/** Values written between two runs of the main job. */
const valuesARun = 500;

/** Odd values in any field of any shipped mapping, in both CRMs and in invoice files. */
export const valueFuzz: Attack = {
  summary:
    'odd values in every field of both CRMs and of invoice files; each run completes and names the records',
  sizes: { long: 100_000, short: 500 },
  run,
};

async function run({ attempts, seed, log }: AttackSize): Promise<AttackResult> {
  await using world = await startFuzzedService();
  const broken: string[] = [];
  let runs = 0;
  let accepted = 0;
  for (let done = 0; done < attempts; done += valuesARun) {
    const size = Math.min(valuesARun, attempts - done);
    const round = await fuzzRound(world, seed + runs, size);
    runs += 1;
    accepted += round.accepted;
    broken.push(...round.faults.map((fault) => `${fault} (seed ${seed + runs - 1}, ${size} values)`));
    log(`${done + size} of ${attempts} values`);
  }
  if (accepted * 4 < attempts) broken.push('the CRMs refused most values, so the attack proves little');
  return { figures: { runs, 'accepted values': accepted }, broken };
}
