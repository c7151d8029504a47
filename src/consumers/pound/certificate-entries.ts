/** A certificate that a site shows for some of its names. */
export interface CertificateEntry {
  readonly path: string;
  readonly names: readonly string[];
}

const ENTRY = /^# Shown for (.+):\nCert "([^"]+)"$/gm;

/** Read by `readCertificateEntries`; nothing of it is Pound's to read, which takes certificates before anything else of a listener. */
export function certificateEntry(path: string, names: readonly string[]): string {
  return `# Shown for ${names.join(' ')}:\nCert "${path}"`;
}

export function readCertificateEntries(content: string): readonly CertificateEntry[] {
  return [...content.matchAll(ENTRY)].map(([, names = '', path = '']) => ({ path, names: names.split(' ') }));
}

/**
 * Null for a file that names the certificate in another way. One without any entry stays: its site's services over HTTPS go on, with the
 * certificate that strangers are shown.
 */
export function withoutCertificateEntry(content: string, directory: string): string | null {
  const left = content.replaceAll(ENTRY, (entry) => (entry.includes(`"${directory}/`) ? '' : entry));
  return left === content ? null : `${left.replaceAll(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}
