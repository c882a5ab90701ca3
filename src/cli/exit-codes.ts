/** What a script that calls the CLI can rely on. */
import { isFailureType } from '../errors';
import type { FailureType } from '../errors';

export const exitCodes = {
  ok: 0,
  /** The pipeline failed, was rejected or expired; also a defect of our own. */
  failed: 1,
  /** Wrong usage, input or configuration: trying again does not help. */
  usage: 2,
  /** Temporal, Redis or every worker is out of reach: trying again may help. */
  unreachable: 3,
  /** Refused because too much is waiting; nothing was started, later it may be. */
  overloaded: 4,
  /** `holdfast eval`: a score fell since its baseline. */
  drifted: 5,
  /** Ctrl-C, as shells report it. */
  interrupted: 130,
} as const;

/** Every type that is not here means that something was tried and failed. */
const codeOfType: Partial<Record<FailureType, number>> = {
  'Config.Invalid': exitCodes.usage,
  'Pipeline.Unknown': exitCodes.usage,
  'Pipeline.InvalidInput': exitCodes.usage,
  'Pipeline.AlreadyStarted': exitCodes.usage,
  'Pipeline.NotFound': exitCodes.usage,
  'Approval.NotWaiting': exitCodes.usage,
  'Approval.Malformed': exitCodes.usage,
  'Approval.Stale': exitCodes.usage,
  'Approval.Forbidden': exitCodes.usage,
  'Service.Unreachable': exitCodes.unreachable,
  'Capacity.StoreUnavailable': exitCodes.unreachable,
  'Capacity.Overloaded': exitCodes.overloaded,
};

export function exitCodeOf(type: string): number {
  return (isFailureType(type) ? codeOfType[type] : undefined) ?? exitCodes.failed;
}

export const exitCodesHelp = `

Exit codes:
  0    done
  1    the pipeline failed, was rejected or expired
  2    wrong usage, input or configuration
  3    Temporal, Redis or every worker is out of reach
  4    not started, because too much is waiting already: try again later
  5    a score of an eval fell since its baseline
  130  ended by Ctrl-C`;
