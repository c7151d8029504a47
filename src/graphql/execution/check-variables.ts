import {
  coerceInputValue,
  GraphQLError,
  isInputType,
  isNonNullType,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { DomainError } from '../../shared/domain-error.js';

const MAX_ERRORS = 20;

/**
 * INPUT_INVALID for each variable, or part of one, that does not fit its type; `details.field` is its path as
 * `input.aliases.0`. Done ahead of execution because graphql-js says where only in prose.
 */
export function checkVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError[] {
  return variableDefinitions.flatMap((definition) => checkVariable(schema, definition, variables)).slice(0, MAX_ERRORS);
}

function checkVariable(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError[] {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  if (!isInputType(type)) {
    return [];
  }
  if (Object.hasOwn(variables, name)) {
    return coercionErrors(name, variables[name], type, definition);
  }
  const missing = isNonNullType(type) && definition.defaultValue === undefined;
  return missing ? [invalid(name, `The variable "$${name}" of type ${type.toString()} is missing.`, definition)] : [];
}

function coercionErrors(
  name: string,
  value: unknown,
  type: GraphQLInputType,
  definition: VariableDefinitionNode,
): GraphQLError[] {
  const errors: GraphQLError[] = [];
  if (value === null && !isNonNullType(type)) {
    return errors;
  }
  coerceInputValue(value, type, (path, _value, error) => {
    const cause = error.originalError;
    const field = [name, ...path].join('.');
    errors.push(
      cause instanceof DomainError
        ? new GraphQLError(cause.message, { nodes: definition, originalError: cause })
        : invalid(field, `"${field}": ${error.message}`, definition),
    );
  });
  return errors;
}

function invalid(field: string, message: string, node: VariableDefinitionNode): GraphQLError {
  const originalError = new DomainError('INPUT_INVALID', message, { details: { field } });
  return new GraphQLError(message, { nodes: node, originalError });
}
