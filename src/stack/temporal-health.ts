import { connect } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';

const answerMs = 2_000;
const describeNamespace = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace';

/**
 * Asks a Temporal frontend for a namespace, by gRPC over plain HTTP/2. An open port says less: the server listens before
 * it serves, and registers its namespace later still.
 * @returns whether the namespace can be used
 */
export function hasNamespace(address: string, namespace: string): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const settle = (answer: boolean): void => {
      resolve(answer);
      session.destroy();
    };
    session.on('error', () => settle(false));
    session.setTimeout(answerMs, () => settle(false));
    const stream = session.request({
      ':method': 'POST',
      ':path': describeNamespace,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const isOk = (headers: IncomingHttpHeaders): boolean => headers['grpc-status'] === '0';
    // A failure may come without a body, with the status among the headers.
    stream.on('response', (headers) => headers['grpc-status'] !== undefined && settle(isOk(headers)));
    stream.on('trailers', (trailers: IncomingHttpHeaders) => settle(isOk(trailers)));
    stream.on('error', () => settle(false));
    stream.on('close', () => settle(false));
    stream.resume();
    stream.end(frame(namespaceRequest(namespace)));
  });
}

/** DescribeNamespaceRequest { string namespace = 1; }; the name is shorter than 128 bytes. */
function namespaceRequest(namespace: string): Buffer {
  const name = Buffer.from(namespace);
  return Buffer.concat([Buffer.from([0x0a, name.length]), name]);
}

/** A gRPC message: not compressed, four bytes of length, the message. */
function frame(message: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
