import type { ValidationRule } from 'graphql';
import { limitExceeded } from './limits.js';

/** Refuses documents with more than `max` aliased fields: the cheap way to ask the same costly thing many times. */
export function aliasLimit(max: number): ValidationRule {
  return (context) => {
    let actual = 0;
    return {
      Field({ alias }) {
        actual += alias ? 1 : 0;
      },
      Document: {
        leave() {
          if (actual > max) {
            context.reportError(limitExceeded('aliases', max, actual));
          }
        },
      },
    };
  };
}
