/** Sees to it that the server knows Holdfast's search attributes, or says what is missing. A run needs none of them. */
import type { NativeConnection } from '@temporalio/worker';
import { registrationCommand, searchAttributeKinds, searchAttributes as keys } from '../contracts/search-attributes';
import type { SearchAttributeKind } from '../contracts/search-attributes';

export interface Searchability {
  /** Whether a workflow may set them. */
  readonly searchable: boolean;
  /** One line for the log when it may not. */
  readonly warning?: string;
}

/** `IndexedValueType` of Temporal's API. */
const indexedValueTypes: Readonly<Record<SearchAttributeKind, number>> = {
  Keyword: 2,
  Double: 4,
  Bool: 5,
  KeywordList: 7,
};

const answerTimeoutMs = 5_000;

/** Registers what is missing. Never throws: what goes wrong is a warning. */
export async function ensureSearchAttributes(connection: NativeConnection, namespace: string): Promise<Searchability> {
  try {
    if (await isKnown(connection, namespace)) return { searchable: true };
    await withDeadline(connection, () =>
      connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(
          Object.entries(searchAttributeKinds).map(([name, kind]) => [name, indexedValueTypes[kind]]),
        ),
      }),
    );
    if (await isKnown(connection, namespace)) return { searchable: true };
    return {
      searchable: false,
      warning: warningOf(namespace, 'the server does not show them yet, or knows them with other types'),
    };
  } catch (error) {
    return { searchable: false, warning: warningOf(namespace, reasonOf(error)) };
  }
}

/** A query with an attribute that is missing or of another type is refused: any client may ask, on any server. */
const probe = [
  `${keys.pipeline.name} = '-'`,
  `${keys.tenant.name} = '-'`,
  `${keys.step.name} = '-'`,
  `${keys.degraded.name} = true`,
  `${keys.costUsd.name} > 0`,
  `${keys.waitingFor.name} = '-'`,
].join(' AND ');

const invalidArgument = 3;

async function isKnown(connection: NativeConnection, namespace: string): Promise<boolean> {
  try {
    await withDeadline(connection, () =>
      connection.workflowService.countWorkflowExecutions({ namespace, query: probe }),
    );
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === invalidArgument) return false;
    throw error;
  }
}

function withDeadline<T>(connection: NativeConnection, ask: () => Promise<T>): Promise<T> {
  return connection.withDeadline(Date.now() + answerTimeoutMs, ask);
}

function warningOf(namespace: string, reason: string): string {
  const advice = `to list runs by them, let an operator run: ${registrationCommand(namespace)}`;
  return `namespace ${namespace} has no search attributes of Holdfast (${reason}); ${advice}`;
}

function reasonOf(error: unknown): string {
  const { details, message } = error as { details?: unknown; message?: unknown };
  const told = typeof details === 'string' && details !== '' ? details : String(message ?? error);
  return told.split('\n')[0] ?? told;
}
