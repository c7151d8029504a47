import { localError } from '../acme-error.js';
import type { DnsLookup } from './dns-lookup.js';
import { isRecordName } from './dns-writer.js';

const LONGEST_CHAIN = 8;

export interface RecordPlace {
  readonly name: string;
  readonly zone: string;
}

/** Where a record is really to be written: at the end of the CNAMEs from `name`, in the zone that has its SOA. @throws AcmeError */
export async function findRecordPlace(name: string, lookup: DnsLookup): Promise<RecordPlace> {
  const target = await followCnames(name.toLowerCase(), lookup);
  return { name: target, zone: await findZone(target, lookup) };
}

async function followCnames(name: string, lookup: DnsLookup): Promise<string> {
  let target = name;
  for (let step = 0; step < LONGEST_CHAIN; step += 1) {
    const found = await lookup.cname(target);
    if (found.state === 'FAILED') {
      throw localError('local:challengeNotPresented', `The CNAME of ${target} cannot be looked up (${found.code}).`);
    }
    const [next] = found.state === 'FOUND' ? found.records : [];
    if (next === undefined) {
      return target;
    }
    target = undotted(next);
    if (!isRecordName(target)) {
      throw localError('local:challengeNotPresented', `${name} is an alias of a name that cannot have records.`);
    }
  }
  throw localError('local:challengeNotPresented', `${name} is an alias of more than ${LONGEST_CHAIN} names in a row.`);
}

async function findZone(name: string, lookup: DnsLookup): Promise<string> {
  for (let zone = name; zone.includes('.'); zone = zone.slice(zone.indexOf('.') + 1)) {
    const found = await lookup.hasSoa(zone);
    if (found.state === 'FOUND') {
      return zone;
    }
    if (found.state === 'FAILED') {
      throw localError(
        'local:challengeNotPresented',
        `The zone of ${name} cannot be looked up (SOA of ${zone}: ${found.code}).`,
      );
    }
  }
  throw localError('local:challengeNotPresented', `No zone holds ${name}.`);
}

function undotted(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
