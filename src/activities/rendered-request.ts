import type { EmbeddingPlan } from '../contracts/embedding';
import type { ModelMessage, OutputFormat, ToolDefinition } from '../contracts/model';
import type { ModelParameters } from '../contracts/settings';

/** The request without its model: the same for every endpoint of the tier. */
export interface RenderedRequest {
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  readonly parameters: ModelParameters;
  readonly output?: OutputFormat;
  readonly tools?: readonly ToolDefinition[];
  readonly embedding?: EmbeddingPlan;
}
