import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rfc2136Config } from '../../../src/certificates/domain/acme/challenge-method.js';
import type { Command } from '../../../src/consumers/consumer.js';
import { DomainError } from '../../../src/shared/domain-error.js';
import { atomicWrite } from '../../system/atomic-write.js';
import { runCommand } from '../../system/run-command.js';
import { localError } from '../acme-error.js';
import { readSecret } from '../read-secret.js';
import { isRecordName, type DnsWriter, type TxtRecord } from './dns-writer.js';

const TIMEOUT_MS = 20_000;

/** By `nsupdate` of bind9-dnsutils, over TCP. The key is in a file of its own, 0600, for as long as the program runs: never in argv. */
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
  const directory = await mkdtemp(join(tmpdir(), 'hler-nsupdate-'));
  try {
    const script = join(directory, 'update');
    const lines = [`server ${config.host} ${config.port}`, `zone ${record.zone}.`, line, 'send', ''];
    await atomicWrite({ path: script, content: lines.join('\n'), mode: 0o600 });
    const result = await runCommand(nsupdate(script, await keyFile(config, directory)), { signal });
    if (result.outcome === 'NOT_STARTED') {
      throw new DomainError('PROGRAM_MISSING', 'The program `nsupdate` (package bind9-dnsutils) is not installed.');
    }
    if (!result.ok) {
      const said = result.stderr.trim() === '' ? result.outcome : result.stderr.trim();
      throw localError(
        'local:challengeNotPresented',
        `${config.host} refused to change ${record.name} in ${record.zone}: ${said}`,
      );
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function nsupdate(script: string, key: string | null): Command {
  return {
    file: 'nsupdate',
    args: ['-v', '-t', '15', ...(key === null ? [] : ['-k', key]), script],
    timeoutMs: TIMEOUT_MS,
  };
}

async function keyFile({ tsig }: Rfc2136Config, directory: string): Promise<string | null> {
  if (tsig === null) {
    return null;
  }
  const secret = (await readSecret(tsig.secret)).reveal();
  if (!isRecordName(tsig.keyName.toLowerCase()) || !/^[A-Za-z0-9+/]+={0,2}$/.test(secret)) {
    throw new DomainError(
      'CONFIG_INVALID',
      `The TSIG key ${tsig.keyName.slice(0, 80)} has a name or a secret that cannot be one (base64).`,
    );
  }
  const path = join(directory, 'key');
  const content = `key "${tsig.keyName}" {\n  algorithm ${tsig.algorithm};\n  secret "${secret}";\n};\n`;
  await atomicWrite({ path, content, mode: 0o600 });
  return path;
}
