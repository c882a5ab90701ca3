import { parseExtractionInput } from './document-extraction';
import type { ExtractionInput } from './document-extraction';
import type { PipelineContract } from './contract';

const example = `Brightwater Joinery Ltd
12 Mill Hill
Leeds LS6 3QP

INVOICE

Bill to:                                      Invoice number: INV-2041
Hallam & Sons Ltd                             Invoice date: 3 March 2026
4 Abbey Close                                 Due date: 17 March 2026
Bath BA1 5LN

Subtotal                                              £1,250.00
VAT 20%                                                 £250.00
Total due                                             £1,500.00
`;

export const documentExtractionContract: PipelineContract<ExtractionInput> = {
  name: 'documentExtraction',
  description: 'fields of letters, invoices and agreements: model → small model → rules → a person',
  parseInput: parseExtractionInput,
  exampleInput: { documents: [{ id: 'inv-2041', text: example }] },
  // Per document, of those in examples/documents with the simulator.
  typicalCalls: [{ step: 'documents.extract', calls: 1, inputTokens: 900, outputTokens: 140, seconds: 1.6 }],
};
