import { describe, expect, it } from 'vitest';
import type { Backend, VhostSpec } from '../../consumers/index.js';
import { tlsFrontOf, type Server } from '../../servers/index.js';
import { specAtFront, specBehindFront } from './behind-front.js';

const spec: VhostSpec = {
  siteId: '0190f3c2-7b1a-7000-8000-000000000001',
  uri: 'a.test',
  state: 'ENABLED',
  https: 'REQUIRED',
  hstsMaxAge: 300,
  names: [
    { name: 'a.test', redirectTo: null, certificate: 'c' },
    { name: 'old.test', redirectTo: 'a.test', certificate: null },
  ],
  application: { type: 'STATIC', root: '/srv/a' },
};

const front = (...backends: readonly Backend[]) => {
  const paths = { config: '/c', tls: '/t', staging: '/s', run: '/r', log: '/l' };
  const http = {
    consumer: 'nginx',
    addresses: ['*'],
    httpPort: 80,
    httpsPort: 443,
    workerUser: null,
    paths,
    front: { consumer: 'pound', backendPort: 8081, backends },
  } as const;
  return tlsFrontOf({ id: 'server', http } as unknown as Server)!;
};

const own: Backend = { address: '127.0.0.1', port: 8081, https: null };
const elsewhere: Backend = { address: '192.0.2.7', port: 80, https: null };
const secure: Backend = { address: 'web2.test', port: 443, https: { serverName: 'web2.test', caFile: null } };

describe('a site behind a TLS front', () => {
  it('has names, certificates and redirects at the front, and none of that behind it', () => {
    expect(specAtFront(spec, front())).toEqual({
      ...spec,
      application: { type: 'PROXY', backends: [own], redirectsWhenTold: true },
    });
    expect(specBehindFront(spec, front())).toEqual({
      ...spec,
      https: 'DISABLED',
      hstsMaxAge: null,
      names: [
        { name: 'a.test', redirectTo: null, certificate: null },
        { name: 'old.test', redirectTo: null, certificate: null },
      ],
    });
  });

  it('goes past the web server of the machine when others are named', () => {
    expect(front(elsewhere)).toMatchObject({ backends: [elsewhere], passesThroughWebServer: false, beyond: [] });
    expect(front(elsewhere, own)).toMatchObject({ passesThroughWebServer: true });
  });

  it('is passed on over HTTPS by the web server, which verifies it', () => {
    expect(front(secure)).toMatchObject({ backends: [own], passesThroughWebServer: true, beyond: [secure] });
    expect(specBehindFront(spec, front(secure)).application).toEqual({
      type: 'PROXY',
      backends: [secure],
      redirectsWhenTold: false,
    });
  });
});
