import { describe, expect, it } from 'vitest';
import { whyCaaForbids, type CaaProperty, type CaaQuestion } from './caa.js';

const ACCOUNT = 'https://ca.example/acct/1';
const question: CaaQuestion = {
  identities: ['letsencrypt.org'],
  accountUrl: ACCOUNT,
  methods: ['http-01'],
  wildcard: false,
};
const record = (tag: string, value: string, critical = false): CaaProperty => ({ tag, value, critical });

describe('whyCaaForbids (RFC 8659, RFC 8657)', () => {
  it.each<[string, readonly CaaProperty[], Partial<CaaQuestion>]>([
    ['an empty set', [], {}],
    ['a set without issue', [record('iodef', 'mailto:x@example.org')], {}],
    ['the CA itself, whatever the case', [record('issue', ' LetsEncrypt.org ')], {}],
    ['one of several', [record('issue', 'other.example'), record('issue', 'letsencrypt.org')], {}],
    ['this account', [record('issue', `letsencrypt.org; accounturi=${ACCOUNT}`)], {}],
    ['an account that is not known yet', [record('issue', 'letsencrypt.org; accounturi=x')], { accountUrl: null }],
    ['this method', [record('issue', 'letsencrypt.org; validationmethods=dns-01,http-01')], {}],
    ['a wildcard by issuewild', [record('issue', ';'), record('issuewild', 'letsencrypt.org')], { wildcard: true }],
    ['a wildcard by issue, where there is no issuewild', [record('issue', 'letsencrypt.org')], { wildcard: true }],
    ['a plain name, whatever issuewild says', [record('issuewild', ';')], {}],
    ['an unknown property that is not critical', [record('tbs', 'x')], {}],
  ])('allows %s', (_, records, changes) => {
    expect(whyCaaForbids(records, { ...question, ...changes })).toBeUndefined();
  });

  it.each<[string, readonly CaaProperty[], Partial<CaaQuestion>, RegExp]>([
    ['another CA', [record('issue', 'other.example')], {}, /only other\.example may issue/],
    ['nobody', [record('issue', ';')], {}, /nobody may issue/],
    ['another account', [record('issue', 'letsencrypt.org; accounturi=https://x/2')], {}, /only the account/],
    ['another method', [record('issue', 'letsencrypt.org; validationmethods=dns-01')], {}, /only by dns-01/],
    [
      'a wildcard by issuewild, although issue allows it',
      [record('issue', 'letsencrypt.org'), record('issuewild', ';')],
      { wildcard: true },
      /issuewild ";"/,
    ],
    ['an unknown critical property', [record('tbs', 'x', true)], {}, /critical property "tbs"/],
    ['a CA whose name only ends like it', [record('issue', 'letsencrypt.org.evil.example')], {}, /only letsencrypt/],
  ])('forbids for %s', (_, records, changes, reason) => {
    expect(whyCaaForbids(records, { ...question, ...changes })).toMatch(reason);
  });
});
