/** A certificate that a site shows for some of its names. */
export interface CertificateEntry {
  readonly path: string;
  readonly names: readonly string[];
}

export const ENTRY = /^# Shown for (.+):\nCert "([^"]+)"$/gm;

/** Read by `readCertificateEntries`; nothing of it is Pound's to read, which takes certificates before anything else of a listener. */
export function certificateEntry(path: string, names: readonly string[]): string {
  return `# Shown for ${names.join(' ')}:\nCert "${path}"`;
}

export function readCertificateEntries(content: string): readonly CertificateEntry[] {
  return [...content.matchAll(ENTRY)].map(([, names = '', path = '']) => ({ path, names: names.split(' ') }));
}
