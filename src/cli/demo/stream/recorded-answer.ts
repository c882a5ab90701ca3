/** What Temporal's history says that a run's only call has answered. */
import { Client, Connection } from '@temporalio/client';

export interface Histories {
  /** Throws when the run has not exactly one answer. */
  answerOf(workflowId: string): Promise<string>;
  close(): Promise<void>;
}

export async function openHistories(address: string): Promise<Histories> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    answerOf: async (workflowId) => {
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      const answers = (events ?? []).flatMap((event) => {
        const data = event.activityTaskCompletedEventAttributes?.result?.payloads?.[0]?.data;
        return data ? [JSON.parse(Buffer.from(data).toString()) as { readonly value?: unknown }] : [];
      });
      const [answer] = answers;
      if (answers.length === 1 && typeof answer?.value === 'string') return answer.value;
      throw new Error(`the history of ${workflowId} holds ${answers.length} answers`);
    },
    close: () => connection.close(),
  };
}
