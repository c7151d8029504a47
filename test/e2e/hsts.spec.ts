import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSite, makeGround, type Ground } from '../support/ground.js';
import { startHler, type Hler } from '../support/hler.js';
import { send } from '../support/request.js';

const uri = 'strict.example.org';

describe('HSTS', () => {
  let hler: Hler;
  let ground: Ground;
  let siteId: string;

  beforeAll(async () => {
    hler = await startHler();
    ground = await makeGround(hler);
    siteId = await createSite(hler.api, ground, uri, { https: 'ENABLED', hstsMaxAge: 3600 });
  });
  afterAll(() => hler?.stop());

  const said = async (scheme: 'http' | 'https') =>
    (await send({ port: hler.ports[scheme], scheme, host: uri, path: '/' })).headers['strict-transport-security'];
  const view = async () => {
    const query = `query ($id: ID!) { site(id: $id) { https hstsMaxAge hstsPromisedUntil } }`;
    return (await hler.api.ask<{ site: Record<string, unknown> }>(query, { id: siteId })).site;
  };

  it('is said over HTTPS alone', async () => {
    expect(await said('https')).toBe('max-age=3600');
    expect(await said('http')).toBeUndefined();
    expect(await view()).toEqual({ https: 'ENABLED', hstsMaxAge: 3600, hstsPromisedUntil: null });
  });

  it('is refused without HTTPS, and for a time that is none', async () => {
    const { clientId, platformId } = ground;
    const input = { uri: 'plain.example.org', clientId, platformId, hstsMaxAge: 60 };
    expect(await hler.api.refusalOf('createSite', input)).toMatchObject({ code: 'HSTS_NEEDS_HTTPS' });
    for (const hstsMaxAge of [-1, 63_072_001]) {
      const refusal = await hler.api.refusalOf('updateSite', { siteId, hstsMaxAge });
      expect(refusal).toMatchObject({ code: 'INPUT_INVALID', details: { field: 'hstsMaxAge' } });
    }
    expect(await said('https')).toBe('max-age=3600');
  });

  it('is taken back over HTTPS before HTTPS can be switched off', async () => {
    for (const input of [
      { https: 'DISABLED' },
      { https: 'DISABLED', hstsMaxAge: 0 },
      { https: 'ENABLED', hstsMaxAge: null },
    ]) {
      const refusal = await hler.api.refusalOf('setHttps', { siteId, ...input });
      expect(refusal).toMatchObject({ code: 'HSTS_PROMISED', details: { hstsPromisedUntil: expect.any(String) } });
    }
    await hler.api.done('updateSite', { siteId, hstsMaxAge: 0 });
    expect(await said('https')).toBe('max-age=0');
    const { hstsPromisedUntil } = await view();
    expect(Date.parse(hstsPromisedUntil as string)).toBeGreaterThan(Date.now() + 3_000_000);
    expect(await hler.api.refusalOf('updateSite', { siteId, https: 'DISABLED' })).toMatchObject({
      code: 'HSTS_PROMISED',
      details: { hstsPromisedUntil },
    });
    await hler.api.done('setHttps', { siteId, https: 'DISABLED', breakHstsPromise: true });
    expect(await view()).toEqual({ https: 'DISABLED', hstsMaxAge: 0, hstsPromisedUntil });
    expect(await said('http')).toBeUndefined();
  });
});
