import type { Rfc2136Config } from '../../../src/certificates/domain/acme/challenge-method.js';
import type { Command } from '../../../src/consumers/consumer.js';
import { DomainError } from '../../../src/shared/domain-error.js';
import { Secret } from '../../../src/shared/secret.js';
import { runCommand } from '../../system/run-command.js';
import { localError } from '../acme-error.js';
import { readSecret } from '../read-secret.js';
import { isRecordName, type DnsWriter, type TxtRecord } from './dns-writer.js';

/** What it is to do comes on its standard input. */
const NSUPDATE: Command = { file: 'nsupdate', args: ['-v', '-t', '15'], timeoutMs: 20_000 };

/** By `nsupdate` of bind9-dnsutils, over TCP. The key goes through a pipe: it is in no file that a kill could leave behind, nor in argv. */
export function rfc2136Writer(config: Rfc2136Config): DnsWriter {
  return {
    add: (record, signal) => update(config, record, addition(record), signal),
    remove: (record, signal) => update(config, record, `update delete ${record.name}. TXT "${record.value}"`, signal),
  };
}

function addition({ name, ttl, value }: TxtRecord): string {
  return `update add ${name}. ${ttl} TXT "${value}"`;
}

async function update(config: Rfc2136Config, record: TxtRecord, line: string, signal: AbortSignal): Promise<void> {
  if (!isRecordName(record.name) || !isRecordName(record.zone) || !/^[A-Za-z0-9_-]{43}$/.test(record.value)) {
    throw localError(
      'local:challengeNotPresented',
      `The record ${record.name} cannot be written: its name is not one.`,
    );
  }
  const { host, port } = config;
  const lines = [`server ${host} ${port}`, ...(await keyLine(config)), `zone ${record.zone}.`, line, 'send', ''];
  const result = await runCommand(NSUPDATE, { signal, input: new Secret(lines.join('\n')) });
  if (result.outcome === 'NOT_STARTED') {
    throw new DomainError('PROGRAM_MISSING', 'The program `nsupdate` (package bind9-dnsutils) is not installed.');
  }
  if (!result.ok) {
    const said = result.stderr.trim() === '' ? result.outcome : result.stderr.trim();
    throw localError(
      'local:challengeNotPresented',
      `${host} refused to change ${record.name} in ${record.zone}: ${said}`,
    );
  }
}

async function keyLine({ tsig }: Rfc2136Config): Promise<readonly string[]> {
  if (tsig === null) {
    return [];
  }
  const secret = (await readSecret(tsig.secret)).reveal();
  // Held to the letter: nsupdate repeats a secret that it cannot read in its complaint.
  if (!isRecordName(tsig.keyName.toLowerCase()) || Buffer.from(secret, 'base64').toString('base64') !== secret) {
    throw new DomainError(
      'CONFIG_INVALID',
      `The TSIG key ${tsig.keyName.slice(0, 80)} has a name or a secret that cannot be one (base64).`,
    );
  }
  return [`key ${tsig.algorithm}:${tsig.keyName} ${secret}`];
}
