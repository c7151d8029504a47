import { makeCsr } from '../../dist/workers/tls/make-csr.js';
import { makeKeyPair, privateKeyPem } from '../../dist/workers/tls/make-self-signed.js';

/** A key and a request for it, as PEM and DER: what an order needs. */
export default async function makeKeyAndRequest({ keyType, names }) {
  const { privateKey } = await makeKeyPair(keyType);
  return { key: privateKeyPem(privateKey).reveal(), request: makeCsr(privateKey, { names, addresses: [] }) };
}
