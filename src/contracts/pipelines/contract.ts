/** What a pipeline tells the client about itself. */

/** One kind of call of an ordinary run, for planning. */
export interface TypicalCall {
  readonly step: string;
  /** Per run. */
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** From sending the call to its end. */
  readonly seconds: number;
}

export interface PipelineContract<Input = unknown> {
  /** The workflow's name. */
  readonly name: string;
  readonly description: string;
  /** Gives the input back, checked, or throws `Pipeline.InvalidInput`. The client calls it before anything is started. */
  readonly parseInput: (value: unknown) => Input;
  /** An input to try it with. */
  readonly exampleInput?: Input;
  /** What `holdfast plan` starts from. */
  readonly typicalCalls?: readonly TypicalCall[];
}
