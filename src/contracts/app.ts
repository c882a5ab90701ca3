/** What somebody's own pipelines bring along: the default export of the `app` file in their folder (docs/your-first-pipeline.md). */
import type { PipelineContract } from './pipelines/contract';

/** A schema as zod makes them. */
export interface SchemaDefinition<Value = unknown> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Value }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

/** A pipeline of one's own; what it is not given a check for, it takes as it comes. */
export type AppPipeline = Omit<PipelineContract, 'parseInput'> &
  Partial<Pick<PipelineContract, 'parseInput'>> & {
    /** Checks the input before anything is started; in place of `parseInput`. */
    readonly input?: SchemaDefinition;
  };

export interface HoldfastApp {
  /** What may be started, beside the shipped pipelines. */
  readonly pipelines: readonly AppPipeline[];
  /** Output schemas, by the name that `output` of a step uses. */
  readonly schemas?: Readonly<Record<string, SchemaDefinition>>;
  /** Activities of its own: what pipelines, tools and rules call. */
  readonly activities?: Readonly<Record<string, (...args: never[]) => unknown>>;
  /** Default: the name of its folder. */
  readonly taskQueue?: string;
}

/** Gives the app back: says its type to an editor. */
export function defineApp(app: HoldfastApp): HoldfastApp {
  return app;
}
