import { describe, expect, it } from 'vitest';
import { aName, aServer, aSite, SPKI_A, SPKI_B } from './a-vhost.fixture.js';
import { CONSUMERS, WEB_SERVER_NAMES } from './index.js';

const server = aServer();
const live = (spki: string): string => `${server.paths.tls}/${spki}/live`;

describe.each(WEB_SERVER_NAMES)('a file of %s without a certificate', (name) => {
  const consumer = CONSUMERS[name];
  const names = [aName('example.org', { certificate: SPKI_A }), aName('example.net', { certificate: SPKI_B })];
  const content = consumer.renderSite(aSite({ https: 'ENABLED', names }), server)[0]!.content;

  it('is the file as it was but for the virtual servers that show it', () => {
    const left = consumer.withoutCertificate!(content, live(SPKI_A))!;
    const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');
    expect(left).not.toContain(SPKI_A);
    expect(left).toContain(SPKI_B);
    expect(lines(left)).toHaveLength(lines(content).length - linesAbout(SPKI_A));
    expect(consumer.withoutCertificate!(left, live(SPKI_A))).toBe(left);
  });

  function linesAbout(spki: string): number {
    const only = (certificate: string) =>
      consumer.renderSite(
        aSite({
          https: 'ENABLED',
          names: names.map((one) => (one.certificate === certificate ? one : { ...one, certificate: null })),
        }),
        server,
      );
    const count = (text: string): number => text.split('\n').filter((line) => line !== '').length;
    return count(content) - count(only(spki === SPKI_A ? SPKI_B : SPKI_A)[0]!.content);
  }

  it('is nothing when no virtual server is left', () => {
    const secure = content.replaceAll(SPKI_B, SPKI_A);
    const all = consumer.withoutCertificate!(secure, live(SPKI_A))!;
    expect(all).toContain('example.org');
    const onlySecure = content.slice(0, content.indexOf('\n')) + content.slice(content.lastIndexOf('\n\n'));
    expect(consumer.withoutCertificate!(onlySecure, live(SPKI_B))).toBeNull();
  });
});

describe('a file of pound without a certificate', () => {
  const names = [aName('example.org', { certificate: SPKI_A }), aName('example.net', { certificate: SPKI_B })];
  const application = { type: 'PROXY', backends: [{ address: '127.0.0.1', port: 81, https: null }] } as const;
  const site = aSite({ https: 'ENABLED', names, application: { ...application, redirectsWhenTold: true } });
  const content = CONSUMERS.pound
    .renderSite(site, server)
    .find(({ path }) => path.startsWith('certificate.d/'))!.content;

  it('shows the others, or none', () => {
    const left = CONSUMERS.pound.withoutCertificate!(content, live(SPKI_A))!;
    expect([content.includes(SPKI_A), left.includes(SPKI_A), left.includes(SPKI_B)]).toEqual([true, false, true]);
    expect(CONSUMERS.pound.withoutCertificate!(left, live(SPKI_B))).toBe(`${content.split('\n')[0]}\n`);
    expect(CONSUMERS.pound.withoutCertificate!(`Cert "${live(SPKI_A)}/combined.pem"\n`, live(SPKI_A))).toBeNull();
  });
});
