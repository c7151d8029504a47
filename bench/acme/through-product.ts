import { inLanes } from '../api.js';
import { cpuMsOf } from '../processes.js';
import { newRoot, startProduct } from '../product.js';
import { isServed } from '../handshake.js';
import { newSite, prepare, siteIds } from '../setting.js';
import { obtainEach, type Obtain } from './obtain.js';

/**
 * The mutation `issueCertificate` for sites that are there with a self-signed certificate, until nginx serves the one of the CA and the
 * product has seen it. The CPU is that of all its processes together.
 */
export const throughProduct: Obtain = async ({ pebble }, names, lanes) => {
  const product = await startProduct(await newRoot(), pebble.httpPort);
  try {
    const { api, httpsPort } = product;
    const setting = await prepare(product);
    const acme = {
      directoryUrl: pebble.ca.directoryUrl,
      caBundle: pebble.ca.caBundlePem,
      termsOfServiceAgreed: true,
      contact: ['ops@example.org'],
      staging: true,
      preflight: { resolvers: [pebble.dns.server], httpPort: pebble.httpPort },
    };
    const { createCertificateProvider } = await api.ask<{
      readonly createCertificateProvider: { readonly provider: { readonly id: string } };
    }>(
      `mutation ($input: CreateCertificateProviderInput!) { createCertificateProvider(input: $input) { provider { id } } }`,
      { input: { name: 'pebble', acme } },
    );
    await inLanes(names, 10, (uri) => api.perform('createSite', newSite(setting, uri)));
    const ids = await siteIds(api, names);
    const cpuBefore = cpuMsOf(product.usage());
    const obtained = await obtainEach(names, lanes, async (uri, index) => {
      const input = { siteId: ids[index], provider: createCertificateProvider.provider.id };
      try {
        await api.perform('issueCertificate', input);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      return (await isServed(uri, httpsPort)) ? undefined : `${uri} is said to be served and is not.`;
    });
    return { ...obtained, cpuMs: cpuMsOf(product.usage()) - cpuBefore };
  } finally {
    await product.stop();
  }
};
