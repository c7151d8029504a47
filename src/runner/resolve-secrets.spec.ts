import { describe, expect, it } from 'vitest';
import { sealedSecret } from '../operations/domain/sealed-secrets.js';
import { Secret } from '../shared/secret.js';
import { resolveSecrets } from './resolve-secrets.js';

const open = (sealed: string) => Promise.resolve(new Secret(`opened ${sealed}`));

describe('resolveSecrets', () => {
  it('opens what the input refers to, and leaves the input that the journal has as it is', async () => {
    const input = { key: sealedSecret('privateKey'), names: ['a'] };
    expect(await resolveSecrets(input, { privateKey: 'jwe' }, open)).toEqual({ key: 'opened jwe', names: ['a'] });
    expect(input.key).toBe('hler-sealed:privateKey');
  });

  it('gives the input itself, at once, where there is nothing to open', () => {
    const input = { names: ['a'] };
    expect(resolveSecrets(input, {}, open)).toBe(input);
  });

  it('throws when the order lacks the secret', async () => {
    await expect(resolveSecrets({ key: sealedSecret('privateKey') }, {}, open)).rejects.toThrow('"privateKey"');
  });
});
