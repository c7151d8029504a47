import { describe, expect, it } from 'vitest';
import { registrableDomain } from './registrable-domain.js';

describe('registrableDomain', () => {
  it.each([
    ['www.example.org', 'example.org'],
    ['a.b.example.co.uk', 'example.co.uk'],
    ['shop.name.github.io', 'name.github.io'],
    ['xn--bcher-kva.example.de', 'example.de'],
    ['deep.in.the.example.test', 'example.test'],
    ['192.0.2.7', '192.0.2.7'],
    ['co.uk', 'co.uk'],
  ])('of %s is %s', (name, domain) => {
    expect(registrableDomain(name)).toBe(domain);
  });
});
