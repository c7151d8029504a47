/**
 * A file of ours without the virtual servers that name a file of this certificate; what stands between them stays. `virtual`
 * matches each virtual server as this consumer writes it. Null when none is left.
 */
export function withoutCertificate(content: string, directory: string, virtual: RegExp): string | null {
  const left = content.replaceAll(virtual, (block) => (block.includes(`"${directory}/`) ? '' : block));
  return left.search(virtual) < 0 ? null : left.replaceAll(/\n{3,}/g, '\n\n').replace(/\n+$/, '\n');
}
