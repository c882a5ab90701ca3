/** Every pipeline that `npm run pipelines` runs, in this order. */
import type { PipelineScenario } from './scenario';
import { bulkClassifyScenario } from './scenarios/bulk-classify';
import { documentExtractionScenario } from './scenarios/document-extraction';
import { regionalSpilloverScenario } from './scenarios/regional-spillover';
import { researchReportScenario } from './scenarios/research-report';
import { supportReplyScenario } from './scenarios/support-reply';

export const scenarios: readonly PipelineScenario[] = [
  documentExtractionScenario,
  researchReportScenario,
  supportReplyScenario,
  bulkClassifyScenario,
  regionalSpilloverScenario,
];
