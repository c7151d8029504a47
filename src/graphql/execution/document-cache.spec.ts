import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DocumentCache } from './document-cache.js';

const document = parse('{ a }');

describe('DocumentCache', () => {
  it('drops the least recently used when its texts grow too long together', () => {
    const cache = new DocumentCache(10);
    cache.set('aaaa', document);
    cache.set('bbbb', document);
    expect(cache.get('aaaa')).toBe(document);
    cache.set('cccc', document);
    expect([cache.get('aaaa'), cache.get('bbbb'), cache.get('cccc')]).toEqual([document, undefined, document]);
  });

  it('counts a text once, and keeps none that is longer than all it may hold', () => {
    const cache = new DocumentCache(5);
    cache.set('aaaa', document);
    cache.set('aaaa', document);
    expect(cache.size).toBe(1);
    cache.set('longer than five', document);
    expect(cache.size).toBe(0);
  });
});
