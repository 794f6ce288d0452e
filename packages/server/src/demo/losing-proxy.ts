import { createServer, request } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy on loopback that can lose one answer. */
export interface LosingProxy {
  readonly url: string;
  /** The answer to the next such call is thrown away, once, after the server has given it. */
  readonly loseNext: () => void;
  /** How many answers were lost. */
  readonly lost: () => number;
  close(): Promise<void>;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** One call as it comes in. */
export interface IncomingCall {
  readonly path: string;
  readonly body: string;
}

/**
 * Passes requests on to a server, byte for byte. After `loseNext` the first such call is carried out
 * and committed by the server, and the caller's connection is cut instead of answered: what a network does at
 * the worst moment. A server that is away cuts the caller's connection too.
 */
export async function startLosingProxy(
  target: string,
  isSuch: (call: IncomingCall) => boolean,
): Promise<LosingProxy> {
  let isArmed = false;
  let lost = 0;
  const forward = async (incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> =>
    new Promise((answered, failed) => {
      const { method: verb = "POST", headers } = incoming;
      const outgoing = request(new URL(incoming.url ?? "/", target), { method: verb, headers }, answered);
      outgoing.once("error", failed);
      outgoing.end(body);
    });
  const server = createServer((incoming, outgoing) => {
    const pass = async (): Promise<void> => {
      const body = await bodyOf(incoming);
      const isToLose = isArmed && isSuch({ path: incoming.url ?? "", body: body.toString("utf8") });
      if (isToLose) isArmed = false;
      const answer = await forward(incoming, body);
      const answerBody = await bodyOf(answer);
      if (isToLose) {
        lost += 1;
        outgoing.destroy();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.end(answerBody);
    };
    pass().catch(() => outgoing.destroy());
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    loseNext: () => {
      isArmed = true;
    },
    lost: () => lost,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
}
