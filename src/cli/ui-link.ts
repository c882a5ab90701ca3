/** Where the Temporal Web UI shows one run. */
export function uiLink(run: {
  readonly uiUrl: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
}): string {
  const parts = ['namespaces', run.namespace, 'workflows', run.workflowId, run.runId, 'history'];
  return `${run.uiUrl}/${parts.map(encodeURIComponent).join('/')}`;
}
