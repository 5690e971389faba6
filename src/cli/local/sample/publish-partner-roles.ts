import { findPersonByEmail } from '#src/db/people/person-store.ts';
import { openProgramDraft } from '#src/db/program/draft-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { requireProgramDocument } from '#src/domain/program/document/document.ts';
import { programToYaml } from '#src/domain/program/document/yaml.ts';
import { latestStoredProgram } from '#src/operations/program/current-program.ts';
import { approveProgram } from '#src/operations/program/decide-program.ts';
import { importProgram } from '#src/operations/program/import-program.ts';
import { sampleReviewers } from './sample-steps.ts';

/**
 * Publishes a version of the programme in which a partner states its role, and a reseller and a distributor may
 * register one deal together. One reviewer submits it and the other approves it.
 *
 * @returns false if people have a programme or a draft already, which stays as it is
 */
export async function publishPartnerRoles(deps: Deps): Promise<boolean> {
  const { document, version } = await latestStoredProgram(deps);
  if (version > 1 || (await openProgramDraft(deps.db)) !== null) return false;
  const role = {
    name: 'partnerRole',
    label: { en: 'Role of the partner', de: 'Rolle des Partners' },
    type: 'choice',
    choices: [
      { code: 'reseller', en: 'Reseller', de: 'Reseller' },
      { code: 'distributor', en: 'Distributor', de: 'Distributor' },
    ],
  };
  const changed = requireProgramDocument({
    ...document,
    form: { fields: [...document.form.fields, role] },
    engagement: {
      ...document.engagement,
      rules: {
        ...document.engagement.rules,
        co_sell: { effect: 'note', field: role.name, together: [['reseller', 'distributor']] },
      },
    },
  });
  const imported = await importProgram(deps, {
    text: programToYaml(changed),
    note: 'Resellers and distributors work together.',
    effectiveOn: null,
    personId: await personId(deps, sampleReviewers.olga.email),
  });
  if (imported.did !== 'submitted') return false;
  await approveProgram(deps, {
    draftId: imported.draftId,
    personId: await personId(deps, sampleReviewers.omar.email),
  });
  return true;
}

async function personId({ db }: Deps, email: string): Promise<string> {
  const found = await findPersonByEmail(db, email);
  if (found === null) throw new AppError('internal', `${email} is no person of the sample.`);
  return found.id;
}
