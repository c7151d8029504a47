import { describe, expect, it } from 'vitest';
import { effectivePolicy, type CertificatePolicy, type PolicyScope } from './certificate-policy.js';

const says = (scope: PolicyScope, what: Partial<CertificatePolicy>): CertificatePolicy => ({
  scope,
  scopeId: scope,
  provider: null,
  keyType: null,
  profile: null,
  ...what,
});

describe('effectivePolicy', () => {
  it('is self-signed and P-256 where nobody says anything', () => {
    expect(effectivePolicy([])).toEqual({
      provider: 'SELF_SIGNED',
      keyType: 'EC_P256',
      profile: null,
      from: { provider: null, keyType: null, profile: null },
    });
  });

  it('takes each field from the nearest that says something of it, in whatever order they come', () => {
    const policies = [
      says('INSTALLATION', { provider: 'global', keyType: 'RSA_2048', profile: 'classic' }),
      says('CLIENT', { provider: 'of-client' }),
      says('SERVER', { provider: 'of-server', profile: 'tlsserver' }),
      says('SITE', { keyType: 'RSA_4096' }),
    ];
    const expected = {
      provider: 'of-client',
      keyType: 'RSA_4096',
      profile: 'tlsserver',
      from: { provider: 'CLIENT', keyType: 'SITE', profile: 'SERVER' },
    };
    expect(effectivePolicy(policies)).toEqual(expected);
    expect(effectivePolicy(policies.toReversed())).toEqual(expected);
  });

  it.each<[PolicyScope, PolicyScope]>([
    ['SITE', 'CLIENT'],
    ['CLIENT', 'PLATFORM'],
    ['PLATFORM', 'SERVER'],
    ['SERVER', 'INSTALLATION'],
  ])('%s wins over %s', (near, far) => {
    const { provider, from } = effectivePolicy([says(far, { provider: 'far' }), says(near, { provider: 'near' })]);
    expect([provider, from.provider]).toEqual(['near', near]);
  });
});
