/** Wire names. They stand in histories and in other people's code: never changed, only superseded. */

/** Name of the child workflow that runs one fallback tier. */
export const tierWorkflowName = 'holdfastTier';

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

/** Memo key under which a run carries its `RunMemo`. */
export const runMemoKey = 'holdfast';

/** Header under which a run hands a `ChainMemory` to the run it continues as. */
export const chainHeader = 'holdfast-chain';

export const defaultTaskQueue = 'holdfast';

/** In front of every key in Redis. */
export const defaultKeyPrefix = 'holdfast:';

/** Activities of the shipped pipelines and of approvals: like `activityNames`, no tool or rule may be called so. */
export const otherActivityNames = ['readSource', 'renderReport'] as const;

/** Activities every Holdfast worker registers. */
export const activityNames = {
  openStep: 'openStep',
  callModel: 'callModel',
  releaseGrant: 'releaseGrant',
  failStream: 'failStream',
  checkAnswer: 'checkAnswer',
  reserveCapacity: 'reserveCapacity',
  settleCapacity: 'settleCapacity',
  releaseCapacity: 'releaseCapacity',
} as const;
