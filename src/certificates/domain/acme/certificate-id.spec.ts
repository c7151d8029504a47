import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificateId, certificateIdOf } from './certificate-id.js';

/** RFC 9773, appendix A. */
const EXAMPLE = `-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----
`;

describe('what a certificate is called in ARI', () => {
  it('is what RFC 9773 §4.1 says', () => {
    const keyIdentifier = Buffer.from('69885B6B87464041E1B37B847BA0AE2CDE01C8D4', 'hex');
    const expected = 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE';
    expect(certificateId(keyIdentifier, Buffer.from('0087654321', 'hex'))).toBe(expected);
    expect(certificateIdOf(new X509Certificate(EXAMPLE))).toBe(expected);
  });
});
