import { describe, expect, it } from 'vitest';
import { nginxInspection } from './inspection.js';

describe('the versions that nginx prints', () => {
  it.each([
    [
      'nginx version: nginx/1.22.1\nbuilt with OpenSSL 3.0.22 25 Aug 2026 (running with OpenSSL 3.0.19 27 Jan 2026)\n',
      { programVersion: '1.22.1', opensslVersion: '3.0.19 27 Jan 2026' },
    ],
    [
      'nginx version: nginx/1.26.3\nbuilt with OpenSSL 3.5.1 1 Jul 2025\nTLS SNI support enabled\n',
      { programVersion: '1.26.3', opensslVersion: '3.5.1 1 Jul 2025' },
    ],
    [
      'nginx version: openresty/1.25.3.1\nbuilt with OpenSSL 3.0.2\n',
      { programVersion: '1.25.3', opensslVersion: '3.0.2' },
    ],
    ['nginx version: nginx/1.22.1\n', { programVersion: '1.22.1', opensslVersion: null }],
    ['', { programVersion: null, opensslVersion: null }],
  ])('%j', (text, versions) => {
    expect(nginxInspection.versions(text)).toEqual(versions);
  });
});
