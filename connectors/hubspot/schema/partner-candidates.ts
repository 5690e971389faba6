import type { PartnerCandidate } from '#connectors/contract/crm.ts';
import { mayMeanPartner, usuallyMeansPartner } from '#connectors/contract/partner-words.ts';
import type { HubspotApi } from '#connectors/hubspot/api.ts';
import { propertiesAnswer, searchAnswer } from '#connectors/hubspot/wire.ts';
import { objectPath, propertiesPath } from './naming.ts';

/** HubSpot allows five searches a second in a whole account, and each candidate costs one. */
const mostCandidates = 10;

type Rule = Omit<PartnerCandidate, 'accounts'>;

/**
 * Companies say that they are partners by an option of the standard property `type`, whose options each portal
 * changes, or by an option or checkbox of the portal's own.
 * Source: developers.hubspot.com, CRM search (`total`) and default company properties.
 */
export async function hubspotPartnerCandidates(api: HubspotApi): Promise<readonly PartnerCandidate[]> {
  const { data } = await api.send({ method: 'GET', path: propertiesPath('companies') }, propertiesAnswer);
  const rules = data.results
    .filter(({ archived, name }) => !archived && !name.startsWith('hs_') && !name.startsWith('fairway_'))
    .flatMap(({ name, label, type, options = [] }): readonly Rule[] => {
      if (type === 'bool')
        return mayMeanPartner(label)
          ? [{ field: name, values: ['true'], label: `${label} is set`, usual: false }]
          : [];
      return options
        .filter((option) => !option.hidden && mayMeanPartner(option.label ?? option.value))
        .map((option) => ({
          field: name,
          values: [option.value],
          label: `${label} is ${option.label ?? option.value}`,
          usual: name === 'type' && usuallyMeansPartner(option.label ?? option.value),
        }));
    });
  const standard = rules.filter(({ field }) => field === 'type');
  const others = rules.filter(({ field }) => field !== 'type');
  const counted: PartnerCandidate[] = [];
  for (const rule of [...standard, ...others].slice(0, mostCandidates))
    counted.push({ ...rule, accounts: await countCompanies(api, rule) });
  return counted;
}

async function countCompanies(api: HubspotApi, { field, values }: Rule): Promise<number> {
  const body = {
    after: '0',
    filterGroups: [{ filters: [{ propertyName: field, operator: 'EQ', value: values[0] }] }],
    limit: 1,
    properties: [],
    sorts: [],
  };
  const { data } = await api.send(
    { method: 'POST', path: objectPath('companies', '/search'), body },
    searchAnswer,
  );
  return data.total;
}
