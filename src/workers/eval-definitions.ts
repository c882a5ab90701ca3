/** What an eval is planned with and checked against before anything is called. Connects to nothing. */
import { canonicalJson } from '../contracts/json';
import type { JsonObject, JsonValue } from '../contracts/json';
import type { Planning } from '../evals';
import { readDefinitions } from './read-definitions';
import { readWorkerEnvironment } from './worker-environment';

export interface EvalDefinitions extends Planning {
  readonly schemaNames: readonly string[];
  /** What is wrong with a value by a registered schema. */
  checkSchema(value: JsonValue, schema: string): string | undefined;
  /** Throws `Llm.BadRequest` naming the variable that is missing or unknown. */
  checkVariables(prompt: string, variant: string, variables: JsonObject): void;
  /** Names of the variables a prompt takes. */
  variablesOf(prompt: string): readonly string[];
}

/** Reads the environment as a worker does. Throws `Config.Invalid`. */
export function readEvalDefinitions(environment: NodeJS.ProcessEnv): EvalDefinitions {
  const { settings, prompts, schemas } = readDefinitions(readWorkerEnvironment(environment), environment);
  return {
    settings,
    prompts: {
      refs: prompts.refs,
      variantsOf: (ref) => prompts.variantsOf(ref),
      schemaOf: (ref) => prompts.get(ref, 'default').schema,
    },
    schemaNames: schemas.names,
    checkSchema: (value, schema) => {
      const parsed = schemas.get(schema).parse(typeof value === 'string' ? value : canonicalJson(value));
      return parsed.ok ? undefined : parsed.issues;
    },
    // Rendered as it will be, so that nothing is left to find out during the eval.
    checkVariables: (prompt, variant, variables) =>
      void prompts.render(prompts.get(prompt, variant), variables, 'not sent anywhere'),
    variablesOf: (prompt) => prompts.get(prompt, 'default').variables,
  };
}
