import { describe, expect, it } from 'vitest';
import { orderCertificates } from './certificate-order.js';

const order = (wanted: Readonly<Record<string, readonly string[]>>, has: Readonly<Record<string, readonly string[]>>) =>
  orderCertificates(
    Object.entries(wanted).map(([path, names]) => ({ path, names })),
    new Map(Object.entries(has)),
  );

describe('the order of certificates', () => {
  it('puts exact names before wildcards, which fit names of any depth', () => {
    const names = { '/1': ['*.a.test'], '/2': ['x.y.a.test'], '/3': ['*.y.a.test'], '/4': ['other.test'] };
    const sorted = order(names, names);
    expect(sorted.indexOf('/2')).toBeLessThan(sorted.indexOf('/3'));
    expect(sorted.indexOf('/3')).toBeLessThan(sorted.indexOf('/1'));
    expect(sorted).toHaveLength(4);
  });

  it('goes by what is in a certificate, and by what it is wanted for', () => {
    // The first has a wildcard, but is wanted for its exact name only; the second is wanted for a name that the first fits.
    const wanted = { '/1': ['a.test'], '/2': ['www.a.test'] };
    expect(order(wanted, { '/1': ['a.test', '*.a.test'], '/2': ['www.a.test'] })).toEqual(['/2', '/1']);
    expect(order(wanted, { '/1': ['a.test', 'www.a.test'], '/2': ['www.a.test', 'a.test', 'b.test'] })).toHaveLength(2);
    expect(order(wanted, { '/1': ['a.test', 'www.a.test'], '/2': ['www.a.test', 'b.test', 'c.test'] })).toEqual([
      '/2',
      '/1',
    ]);
  });

  it('names a certificate of many sites once, and one that cannot be read by what it is wanted for', () => {
    const entries = [
      { path: '/shared', names: ['a.test'] },
      { path: '/shared', names: ['b.test'] },
      { path: '/unreadable', names: ['*.b.test'] },
    ];
    expect(orderCertificates(entries, new Map([['/shared', ['a.test', 'b.test']]]))).toEqual([
      '/shared',
      '/unreadable',
    ]);
  });

  it('is the same whatever the order in which sites come', () => {
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
    const entries = paths.map((path, index) => ({
      path,
      names: [index % 5 === 0 ? `*.s${index}.test` : `s${index}.test`],
    }));
    expect(orderCertificates(entries.toReversed(), new Map())).toEqual(orderCertificates(entries, new Map()));
  });
});
