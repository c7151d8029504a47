export interface PemBlock {
  /** Such as `CERTIFICATE`. */
  readonly label: string;
  readonly der: Buffer;
}

const BLOCK =
  /-----BEGIN ([A-Z0-9 ]+)-----\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)-----END \1-----(?:\n+|$)/gy;

/**
 * The blocks of a strict PEM text (RFC 7468 §3, figure 3): lines of 64, nothing before, between or after the blocks but empty
 * lines. Undefined when the text is anything else; no blocks when it is empty. Readers are lenient in different
 * ways (one skips what another takes for the end), so what is written to a server's files must leave nothing to leniency.
 */
export function readStrictPem(text: string): readonly PemBlock[] | undefined {
  const source = text.replaceAll('\r\n', '\n');
  const blocks: PemBlock[] = [];
  let end = 0;
  for (const match of source.matchAll(BLOCK)) {
    const [whole, label = '', body = ''] = match;
    const base64 = body.replaceAll('\n', '');
    const der = Buffer.from(base64, 'base64');
    if (der.toString('base64') !== base64) {
      return undefined;
    }
    blocks.push({ label, der });
    end += whole.length;
  }
  return end === source.length ? blocks : undefined;
}

/** Strict PEM of one DER value, with a newline at its end. */
export function writeStrictPem({ label, der }: PemBlock): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** PEM texts in one file, each beginning on a line of its own; empty ones leave no trace. */
export function joinPem(...texts: readonly string[]): string {
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}
