import { describe, expect, it } from 'vitest';
import { newId } from '../../shared/ids.js';
import { parseEnrolment } from './enrolment.js';

const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };

/** With a front that passes requests on to this back end. */
function anEnrolment(backend: object): object {
  return {
    serverId: newId(),
    signingKey: key,
    encryptionKey: key,
    queuePasswordSha256: 'a'.repeat(64),
    http: {
      consumer: 'nginx',
      addresses: ['*'],
      httpPort: 80,
      httpsPort: 443,
      workerUser: null,
      front: { consumer: 'pound', backendPort: 8081, backends: [{ port: 80, https: null, ...backend }] },
      paths: { config: '/c', tls: '/t', staging: '/s', run: '/r', log: '/l' },
    },
    platformRoots: ['/srv'],
    stateDirectory: '/var/lib/hler',
  };
}

describe('an enrolment', () => {
  it.each(['127.0.0.1', '[2001:db8::7]', 'web2.example.org'])('may pass requests on to %s', (address) => {
    expect(parseEnrolment(anEnrolment({ address })).http.front?.backends).toEqual([{ address, port: 80, https: null }]);
  });

  it.each(['', '*', '[::', '[1:2]', '2001:db8::7', 'web 2', 'WEB2.example.org', 'a"\nEnd', '127.0.0.1; }'])(
    'is refused with a back end at %j, which no configuration can name',
    (address) => {
      expect(() => parseEnrolment(anEnrolment({ address }))).toThrow(
        expect.objectContaining({ code: 'SERVER_ENROLMENT_INVALID' }),
      );
    },
  );

  it('is refused with a back end whose certificate is to be for what is no hostname', () => {
    const backend = { address: '192.0.2.7', https: { serverName: 'web2;', caFile: null } };
    expect(() => parseEnrolment(anEnrolment(backend))).toThrow('http.front.backends.0.https.serverName');
  });
});
