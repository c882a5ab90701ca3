/** Wire names. They stand in histories and in other people's code: never changed, only superseded. */

/** Name of the child workflow that runs one fallback tier. */
export const tierWorkflowName = 'holdfastTier';

/** Name of the workflow that tells one channel how a deferred step has ended. */
export const noticeWorkflowName = 'holdfastNotice';

/** Name of the workflow that gathers the questions of a pool for the provider's batches. */
export const batchQueueWorkflowName = 'holdfastBatchQueue';
/** Name of the workflow that sees one batch of a provider through. */
export const batchWorkflowName = 'holdfastBatch';
/** To a queue: look at it now. */
export const batchRingSignalName = 'ring';
/** To who waits: there is an answer. */
export const batchSettledSignalName = 'batchSettled';
/** To a batch: nobody waits for it any more. */
export const batchAbandonedSignalName = 'batchAbandoned';

/** Name of the child workflow that works on one chunk of a list. */
export const chunkWorkflowName = 'holdfastChunk';

export const statusQueryName = 'status';
/** Validated: a decision that is malformed or meets no waiting approval is rejected without a trace in history. */
export const decideUpdateName = 'decide';
/** The same decision as a plain signal, for senders that cannot send updates. Bad ones are counted and ignored. */
export const decisionSignalName = 'decision';
/** Answers a `RunAudit`. */
export const auditQueryName = 'audit';
/** Changes the threshold of a `reviewIfUnsure` while the run goes on: a `ThresholdInput`. */
export const setThresholdUpdateName = 'setThreshold';

/** Says how a parked step goes on: `Operation`. */
export const operateUpdateName = 'operate';

/** Answers a `RunBrief` as soon as the run has ended or waits for somebody, after the given time at the latest. */
export const settledUpdateName = 'settled';

/** Memo key under which a run carries its `RunMemo`. */
export const runMemoKey = 'holdfast';

/** Header under which a run hands a `ChainMemory` to the run it continues as. */
export const chainHeader = 'holdfast-chain';

export const defaultTaskQueue = 'holdfast';

/** In front of every key in Redis. */
export const defaultKeyPrefix = 'holdfast:';

/** Activities of the shipped pipelines and of approvals: like `activityNames`, no tool or rule may be called so. */
export const otherActivityNames = [
  'readSource',
  'renderReport',
  'readPassages',
  'readItems',
  'writeResults',
  'joinResults',
  'runEval',
  'sendAlert',
] as const;

/** Activities every Holdfast worker registers. */
export const activityNames = {
  openStep: 'openStep',
  callModel: 'callModel',
  releaseGrant: 'releaseGrant',
  failStream: 'failStream',
  checkAnswer: 'checkAnswer',
  readDegraded: 'readDegraded',
  tellDeferred: 'tellDeferred',
  readDeferred: 'readDeferred',
  reserveCapacity: 'reserveCapacity',
  settleCapacity: 'settleCapacity',
  releaseCapacity: 'releaseCapacity',
  askBatch: 'askBatch',
  leaveBatch: 'leaveBatch',
  takeBatch: 'takeBatch',
  submitBatch: 'submitBatch',
  pollBatch: 'pollBatch',
  cancelBatch: 'cancelBatch',
  collectBatch: 'collectBatch',
  failBatch: 'failBatch',
} as const;
