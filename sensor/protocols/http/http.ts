import type { HttpFiles } from '../files/file.ts';
import type { StreamProtocol } from '../protocol.ts';
import { HttpAnalyser } from './analyser.ts';
import { recogniseHttp } from './recognise.ts';
import { type HttpTold, toldAll } from './transactions.ts';

const ports: ReadonlySet<number> = new Set([80, 81, 631, 1080, 3128, 8000, 8080, 8888]);

/** HTTP up to 1.1: at the usual ports, and wherever requests or answers are seen. */
export function createHttp(files: HttpFiles, told: HttpTold = toldAll): StreamProtocol {
  return {
    name: 'http',
    transport: 'tcp',
    ports,
    recognise: recogniseHttp,
    oneSided: 'either',
    create: (flow) => new HttpAnalyser(flow, files, told),
  };
}
