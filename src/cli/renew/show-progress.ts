import type { OnProgress } from './renew-all.js';
import type { RenewOutcome } from './renew-outcome.js';

const ERASE_LINE = '\r\u001b[2K';

/** On a terminal one line that is drawn anew; elsewhere a line for each certificate that was worked on. Standard error. */
export function showProgress(stream: NodeJS.WriteStream = process.stderr): OnProgress {
  return stream.isTTY
    ? (outcome, done, all) =>
        void stream.write(done < all ? `${ERASE_LINE}${done} of ${all}: ${line(outcome)}` : ERASE_LINE)
    : (outcome) => void stream.write(`${line(outcome)}\n`);
}

function line({ certificate, result }: RenewOutcome): string {
  return `${certificate.names[0] ?? certificate.id} ${result.toLowerCase().replaceAll('_', ' ')}`;
}
