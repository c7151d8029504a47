import type { ExecConfig } from '../../../src/certificates/domain/acme/challenge-method.js';
import type { Command } from '../../../src/consumers/consumer.js';
import { runCommand } from '../../system/run-command.js';
import { localError } from '../acme-error.js';
import type { DnsWriter, TxtRecord } from './dns-writer.js';

/** By a program of the operator; lego's `exec` hooks have the same arguments. What it prints is shown when it fails. */
export function execWriter(config: ExecConfig): DnsWriter {
  const run = async (action: 'present' | 'cleanup', record: TxtRecord, signal: AbortSignal): Promise<void> => {
    const result = await runCommand(hookCommand(config, action, record), { signal });
    if (!result.ok) {
      const said =
        result.outcome === 'EXITED' ? result.stderr.trim().slice(-500) : `${result.outcome} ${result.errno ?? ''}`;
      throw localError(
        'local:challengeNotPresented',
        `The program ${config.command[0] ?? ''} failed (${action} ${record.name}): ${said}`,
      );
    }
  };
  return {
    add: (record, signal) => run('present', record, signal),
    remove: (record, signal) => run('cleanup', record, signal),
  };
}

export function hookCommand(
  { command, env, timeoutMs }: ExecConfig,
  action: 'present' | 'cleanup',
  record: TxtRecord,
): Command {
  const [file = '', ...args] = command;
  return {
    file,
    args: [...args, action, `${record.name}.`, record.value],
    env: {
      ...env,
      HLER_ACME_ACTION: action,
      HLER_ACME_NAME: record.name,
      HLER_ACME_VALUE: record.value,
      HLER_ACME_ZONE: record.zone,
    },
    timeoutMs,
  };
}
