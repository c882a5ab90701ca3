/** Contracts of the pipelines around one source: `retrievalAnswer` and `sourceAgents`. */
import { HoldfastError } from '../../errors/holdfast-error';
import type { PipelineContract } from './contract';
import type { Citation } from './research-report';

export interface RetrievalInput {
  /** 3 to 500 characters. */
  readonly question: string;
  /** Path of a plain-text source, relative to the worker's document folder. */
  readonly source: string;
  /** Passages the model is shown, 1 to 20. Default 6. */
  readonly passages: number;
}

/** What the step answers. */
export interface SourceAnswer {
  readonly answer: string;
  readonly citations: readonly Citation[];
}

export interface RetrievalAnswer extends SourceAnswer {
  /** Citations that stood in no passage, and were left out. */
  readonly unverified: number;
  /** What the model was shown, the nearest first. */
  readonly passages: readonly { readonly chapter: number; readonly score: number }[];
  readonly embeddingModel: string;
  readonly servedBy: string;
  readonly costUsd: number;
}

export interface AgentsInput {
  /** One agent each, 1 to 20. */
  readonly questions: readonly string[];
  /** Turns of one agent, 1 to 20. Default 4. */
  readonly maxTurns: number;
}

/** What the step answers, once a turn. */
export interface AgentTurn {
  readonly note: string;
  readonly isDone: boolean;
  readonly answer: string;
}

export interface AgentAnswer {
  readonly question: string;
  readonly answer: string;
  /** `done`: it said so. Otherwise the failure type that ended it: `Pipeline.LoopLimit`, `Pipeline.Drifted`. */
  readonly ended: string;
  readonly turns: number;
  readonly costUsd: number;
}

const longestQuestion = 500;
const book = 'books/how-to-listen-to-music.txt';

export const retrievalAnswerContract: PipelineContract<RetrievalInput> = {
  name: 'retrievalAnswer',
  description: 'a question answered from the passages of a source that are nearest to it, with checked citations',
  parseInput: parseRetrievalInput,
  exampleInput: { question: 'What do the woodwinds do in an orchestra?', source: book, passages: 6 },
};

export const sourceAgentsContract: PipelineContract<AgentsInput> = {
  name: 'sourceAgents',
  description: 'agents side by side, each with a question and a tool that searches the example book',
  parseInput: parseAgentsInput,
  exampleInput: { questions: ['What is a symphony?', 'How should one listen to a choir?'], maxTurns: 4 },
};

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseRetrievalInput(value: unknown): RetrievalInput {
  const { question, source, passages = 6, ...others } = recordOf('retrievalAnswer', value);
  refuseOthers('retrievalAnswer', others);
  if (typeof source !== 'string' || source === '' || source.length > 300)
    throw invalid('retrievalAnswer', 'source', "expected the path of a text below the worker's document folder");
  return {
    question: readQuestion('retrievalAnswer', 'question', question),
    source,
    passages: readCount('retrievalAnswer', 'passages', passages),
  };
}

export function parseAgentsInput(value: unknown): AgentsInput {
  const { questions, maxTurns = 4, ...others } = recordOf('sourceAgents', value);
  refuseOthers('sourceAgents', others);
  if (!Array.isArray(questions) || questions.length < 1 || questions.length > 20)
    throw invalid('sourceAgents', 'questions', 'expected a list of 1 to 20 questions');
  return {
    questions: questions.map((question, index) => readQuestion('sourceAgents', `questions.${index}`, question)),
    maxTurns: readCount('sourceAgents', 'maxTurns', maxTurns),
  };
}

function recordOf(pipeline: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(pipeline, 'input', 'expected an object');
}

function refuseOthers(pipeline: string, others: object): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalid(pipeline, unknown, 'expected no field of this name');
}

function readQuestion(pipeline: string, field: string, value: unknown): string {
  const question = typeof value === 'string' ? value.trim() : '';
  if (question.length >= 3 && question.length <= longestQuestion) return question;
  throw invalid(pipeline, field, `expected text of 3 to ${longestQuestion} characters`);
}

function readCount(pipeline: string, field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 20) return value;
  throw invalid(pipeline, field, `expected a whole number from 1 to 20, received ${JSON.stringify(value)}`);
}

function invalid(pipeline: string, field: string, problem: string): HoldfastError {
  return new HoldfastError('Pipeline.InvalidInput', `${pipeline}: ${field}: ${problem}`, { field });
}
