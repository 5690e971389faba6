import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBootedService } from '#test/support/snapshot.ts';
import type { Service } from '#test/support/service.ts';
import { peopleAtWork, submittedAt } from './people-at-work.ts';

/** Customers and orders of the ERP, from files in the inbox to the decision about a registration. */
let service: Service;
beforeAll(async () => {
  service = await startBootedService();
});
afterAll(() => service[Symbol.asyncDispose]());
const { salesforceAs, partnerIn, decided } = peopleAtWork(() => service);

async function register(number: string, customer: string, more: object = {}): Promise<void> {
  const partner = await salesforceAs(`Reseller${number.replaceAll('-', '')}`, ['Fairway_Partner']);
  await partner('Fairway_Registration__c', {
    Number__c: number,
    Partner__c: await partnerIn('salesforce'),
    Customer_Name__c: customer,
    Customer_Country__c: 'AT',
    Product_Family__c: 'Sensors',
    Deal_Type__c: 'new',
    Submitted_At__c: submittedAt(),
    ...more,
  });
}

const drop = (name: string, rows: readonly string[]): Promise<void> =>
  writeFile(join(service.erpDir, 'in', name), `${rows.join('\n')}\n`);

describe('a company that only the ERP knows', { timeout: 60_000 }, () => {
  it('is an existing customer by its day of the first purchase, and a rival deal by its open order', async () => {
    await drop('customers-2026-11.csv', [
      'Customer Number;Name;Website;Country;City;Vat Id;Customer Since',
      'K-1001;Steinfelder Ofenbau GmbH;www.steinfelder-ofen.example;Austria;Steyr;ATU12345675;2024-03-01',
      'K-1002;Quendel Verpackungswerk AG;;AT;Linz;;',
      '=“K-1003”;Nobody;;AT;;;',
      'K-1004;Wacholder Messtechnik GmbH;;AT;Graz;;',
    ]);
    await drop('orders-2026-11.csv', [
      'order_number,customer_number,partner_code,name,product_family,stage,currency,amount,opened_on,closed_on',
      'A-1,k-1002,,Sensors for line 4,Sensors,Offer,EUR,"12.500,00",2026-11-02,',
      'A-2,K-1004,P-0001,Through a partner,Sensors,ordered,EUR,"3.000,00",2026-11-02,2026-11-05',
      'A-3,K-9999,,Unknown customer,Sensors,Offer,EUR,"1.000,00",2026-11-02,',
      'A-4,K-1002,,No amount,Sensors,Offer,EUR,,2026-11-02,',
    ]);
    await service.runJobAndRest();
    await register('DR-ERP-1', 'Steinfelder Ofenbau', { Customer_Domain__c: 'steinfelder-ofen.example' });
    await register('DR-ERP-2', 'Quendel Verpackungswerk AG');
    await register('DR-ERP-3', 'Wacholder Messtechnik GmbH');
    await service.runJobAndRest();
    expect([await decided('DR-ERP-1'), await decided('DR-ERP-2'), await decided('DR-ERP-3')]).toMatchObject([
      { status: 'in_review', findings: ['existing_customer review'] },
      { status: 'in_review', findings: ['direct_opportunity review'] },
      { status: 'approved', findings: null },
    ]);
    expect((await service.runJobAndRest()).summary.written).toEqual({ salesforce: 0, hubspot: 0 });
  });

  it('has a receipt beside each file, with the rows that were refused or wait', async () => {
    const receipt = async (name: string): Promise<unknown> =>
      JSON.parse(await readFile(join(service.erpDir, 'in', `${name}.receipt.json`), 'utf8'));
    expect(await receipt('customers-2026-11.csv')).toMatchObject({
      rows: 4,
      accepted: 3,
      refused: [{ line: 4, code: 'key_damaged' }],
      totals: {},
    });
    expect(await receipt('orders-2026-11.csv')).toMatchObject({
      rows: 4,
      accepted: 2,
      refused: [{ line: 5, code: 'value_missing' }],
      waiting: [{ line: 4, document: 'A-3', code: 'account_unknown' }],
      totals: { EUR: '15500.00' },
    });
  });
});
