/** One block of PEM as people paste it. */
export interface PastedBlock {
  readonly label: string;
  /** Lines before the base64, such as `Proc-Type: 4,ENCRYPTED`. */
  readonly headers: readonly string[];
  /** Undefined when what is between the lines is not base64. */
  readonly der: Buffer | undefined;
}

const BEGIN = /-----BEGIN ([A-Z0-9 ]{1,40})-----/g;
const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,40}:/;

/**
 * Every PEM block of a text, whatever stands between them: bag attributes, mail, indentation, any line ends, line ends
 * that became `\n` on the way through a form or JSON, or were lost. Lenient where `readStrictPem` is strict: what is read here is
 * written anew before anything else sees it. Linear in the length of the text.
 */
export function pastedBlocks(text: string): readonly PastedBlock[] {
  const source = withRealLineEnds(text);
  const blocks: PastedBlock[] = [];
  let end = 0;
  for (const { 0: begin, 1: label = '', index } of source.matchAll(BEGIN)) {
    const close = `-----END ${label}-----`;
    const start = index + begin.length;
    const stop = index < end ? -1 : source.indexOf(close, start);
    if (stop >= 0) {
      blocks.push({ label, ...contentOf(source.slice(start, stop)) });
      end = stop + close.length;
    }
  }
  return blocks;
}

/** Base64 without PEM around it; undefined for anything else. */
export function pastedBase64(text: string): Buffer | undefined {
  const base64 = text.replaceAll(/\s/g, '');
  return isBase64(base64) ? Buffer.from(base64, 'base64') : undefined;
}

function withRealLineEnds(text: string): string {
  return text.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll(/\r\n?/g, '\n');
}

function contentOf(content: string): Omit<PastedBlock, 'label'> {
  const lines = content.split('\n').map((line) => line.trim());
  const headers = lines.filter((line) => HEADER.test(line));
  const base64 = lines
    .filter((line) => !HEADER.test(line))
    .join('')
    .replaceAll(' ', '');
  return { headers, der: isBase64(base64) ? Buffer.from(base64, 'base64') : undefined };
}

function isBase64(text: string): boolean {
  return text.length > 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
