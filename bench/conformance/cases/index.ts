/** Every conformance case there is. */
import type { ConformanceCase } from '../case';
import { answerCases } from './answers';
import { backgroundCases } from './background';
import { bodyCases } from './bodies';
import { cancellationCases } from './cancellation';
import { endingCases } from './endings';
import { largeBodyCases } from './large-bodies';
import { requestCases } from './requests';
import { statusCases } from './statuses';
import { streamCases } from './streams';
import { timerCases } from './timers';
import { toolCases } from './tools';
import { transportCases } from './transport';
import { usageCases } from './usage';
import { waitCases } from './waits';

export const cases: readonly ConformanceCase[] = [
  ...answerCases,
  ...requestCases,
  ...toolCases,
  ...usageCases,
  ...endingCases,
  ...statusCases,
  ...waitCases,
  ...bodyCases,
  ...largeBodyCases,
  ...streamCases,
  ...transportCases,
  ...timerCases,
  ...cancellationCases,
  ...backgroundCases,
];
