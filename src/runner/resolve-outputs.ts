import { OUTPUT_REFERENCE } from '../operations/domain/task.js';
import type { PlainObject, PlainValue } from '../shared/plain.js';

type Outputs = { readonly [task: string]: PlainObject };

/**
 * The input with every `outputOf(…)` replaced by what that task found out. Pure.
 * @throws Error when the task or the field is not there: a plan that names what no earlier task gives is a defect.
 */
export function resolveOutputs(input: PlainObject, outputs: Outputs): PlainObject {
  return resolve(input, outputs) as PlainObject;
}

function resolve(value: PlainValue | undefined, outputs: Outputs): PlainValue | undefined {
  if (typeof value === 'string') {
    return value.startsWith(OUTPUT_REFERENCE) ? lookUp(value.slice(OUTPUT_REFERENCE.length), outputs) : value;
  }
  if (Array.isArray(value)) {
    return value.map((member: PlainValue) => resolve(member, outputs) as PlainValue);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member, outputs)]));
  }
  return value;
}

function lookUp(reference: string, outputs: Outputs): PlainValue {
  const [task = '', field = '', ...otherwise] = reference.split('#');
  const value = outputs[task]?.[field] ?? (otherwise.length > 0 ? parse(otherwise.join('#')) : undefined);
  if (value === undefined) {
    throw new Error(`The plan refers to "${field}" of ${task}, which no earlier task has given.`);
  }
  return value;
}

const parse = (json: string): PlainValue => JSON.parse(json) as PlainValue;
