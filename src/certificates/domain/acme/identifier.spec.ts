import { expect, it } from 'vitest';
import { identifiersOf } from './identifier.js';

it('orders each name once, in one order, whatever way it was written', () => {
  const names = [
    'WWW.Example.org',
    'example.org.',
    '*.example.org',
    'www.example.org',
    'Müller.example',
    '192.0.2.1',
    '2001:DB8:0:0::1',
  ];
  const expected = [
    ['dns', '*.example.org'],
    ['dns', 'example.org'],
    ['dns', 'www.example.org'],
    ['dns', 'xn--mller-kva.example'],
    ['ip', '192.0.2.1'],
    ['ip', '2001:db8::1'],
  ];
  for (const list of [names, names.toReversed()]) {
    expect(identifiersOf(list).map(({ type, value }) => [type, value])).toEqual(expected);
  }
});

it('refuses what is no name', () => {
  expect(() => identifiersOf(['a b.test'])).toThrow(/not a hostname/);
});
