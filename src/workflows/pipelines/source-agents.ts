/**
 * sourceAgents: an agent for each question, each a child workflow with caps of its own. They reserve from the same pools
 * as everybody else, so they share their capacity and never exceed it.
 */
import { executeChild, workflowInfo } from '@temporalio/workflow';
import { parseAgentsInput } from '../../contracts/pipelines/retrieval-answer';
import type { AgentAnswer, AgentsInput, AgentTurn } from '../../contracts/pipelines/retrieval-answer';
import { summaryLine } from '../../contracts/summary-line';
import { HoldfastError } from '../../errors/holdfast-error';
import { each } from '../primitives/each';
import { guard } from '../primitives/guard';
import { step } from '../primitives/step';

export async function sourceAgents(input: AgentsInput): Promise<readonly AgentAnswer[]> {
  const { questions, maxTurns } = parseAgentsInput(input);
  const ask = (question: string, index: number): Promise<AgentAnswer> =>
    executeChild(sourceAgent, {
      workflowId: `${workflowInfo().workflowId}/agent/${index}`,
      args: [{ question, maxTurns }],
      staticSummary: summaryLine(question),
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      parentClosePolicy: 'REQUEST_CANCEL',
    });
  return each(questions, ask, { concurrency: questions.length, name: 'agents' });
}

/** Searches and takes notes, turn by turn, until it says that it is done or one of its caps says so. */
export async function sourceAgent(input: { question: string; maxTurns: number }): Promise<AgentAnswer> {
  const { question, maxTurns } = input;
  const loop = guard({
    name: 'agent',
    maxTurns,
    tokens: 40_000,
    usd: 0.25,
    time: '10 minutes',
    // Told, not stopped: how far an honest note lies from its question has to be seen on a few runs first.
    drift: { task: question, by: { embedding: 'source.embed' }, limit: 0.9, action: 'warn' },
  });
  const notes: string[] = [];
  const ended = (answer: string, how: string): AgentAnswer => {
    const { turns, usd } = loop.used;
    return { question, answer, ended: how, turns, costUsd: usd };
  };
  try {
    for (;;) {
      const takeTurn = () => step<AgentTurn>('agent.turn', { question, notes });
      const { value } = await loop.turn(takeTurn, { says: (turn) => `${turn.value.note} ${turn.value.answer}` });
      if (value.isDone) return ended(value.answer, 'done');
      notes.push(value.note);
    }
  } catch (error) {
    const isCapped = error instanceof HoldfastError && ['Pipeline.LoopLimit', 'Pipeline.Drifted'].includes(error.type);
    if (!isCapped) throw error;
    return ended(notes.join(' '), error.type);
  }
}
