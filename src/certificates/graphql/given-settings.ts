import type { PlainObject, PlainValue } from '../../shared/plain.js';

/** The input without what was left out or null, at any depth: there the defaults of the settings hold. */
export function givenSettings(input: object): PlainObject {
  return given(input as PlainObject) as PlainObject;
}

function given(value: PlainValue | undefined): PlainValue | undefined {
  if (Array.isArray(value)) {
    return value.map((member: PlainValue) => given(member) as PlainValue);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== null && member !== undefined)
        .map(([key, member]) => [key, given(member)]),
    );
  }
  return value;
}
