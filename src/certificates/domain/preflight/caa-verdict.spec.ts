import { expect, it } from 'vitest';
import { forbiddenByCaa, type CaaProperty, type CaaQuestion } from './caa-verdict.js';

const aQuestion = (changes: Partial<CaaQuestion> = {}): CaaQuestion => ({
  wildcard: false,
  identities: ['ca.example'],
  accountUri: 'https://ca.example/acct/1',
  method: 'http-01',
  ...changes,
});

const aRecord = (tag: string, value: string, critical = false): CaaProperty => ({ critical, tag, value });

it.each<[string, boolean, readonly CaaProperty[], Partial<CaaQuestion>?]>([
  ['no record', true, []],
  ['this CA', true, [aRecord('issue', 'ca.example')]],
  ['this CA among others, in capitals', true, [aRecord('issue', 'other.example'), aRecord('ISSUE', 'CA.example')]],
  ['another CA', false, [aRecord('issue', 'other.example')]],
  ['nobody', false, [aRecord('issue', ';')]],
  ['an address for complaints only', true, [aRecord('iodef', 'mailto:a@b.example')]],
  ['a wildcard for nobody, and a name for this CA', true, [aRecord('issue', 'ca.example'), aRecord('issuewild', ';')]],
  ['the same, for a wildcard', false, [aRecord('issue', 'ca.example'), aRecord('issuewild', ';')], { wildcard: true }],
  ['issue alone, for a wildcard', true, [aRecord('issue', 'ca.example')], { wildcard: true }],
  ['issuewild alone, for a name', true, [aRecord('issuewild', 'other.example')]],
  ['this account', true, [aRecord('issue', 'ca.example; accounturi=https://ca.example/acct/1')]],
  ['another account', false, [aRecord('issue', 'ca.example; accounturi=https://ca.example/acct/2')]],
  [
    'another account, ours not known',
    true,
    [aRecord('issue', 'ca.example;accounturi=https://ca.example/acct/2')],
    { accountUri: null },
  ],
  ['this method', true, [aRecord('issue', 'ca.example; validationmethods=dns-01,http-01')]],
  ['another method', false, [aRecord('issue', 'ca.example; validationmethods=dns-01')]],
  ['a critical tag that nobody knows', false, [aRecord('issue', 'ca.example'), aRecord('tbs', 'x', true)]],
  ['a tag that nobody knows', true, [aRecord('issue', 'ca.example'), aRecord('tbs', 'x')]],
])('CAA for %s: may issue %s', (_, may, properties, question = {}) => {
  expect(forbiddenByCaa(properties, aQuestion(question)) === undefined).toBe(may);
});
