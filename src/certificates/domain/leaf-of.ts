const END = '-----END CERTIFICATE-----\n';

/** The first certificate of a chain, as PEM. */
export function leafOf(chainPem: string): string {
  return chainPem.slice(0, chainPem.indexOf(END) + END.length);
}
