import type { Answer, Asked } from '../../proto/api.ts';
import type { RouteName } from '../../proto/routes.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { packageVersion } from '../../runtime/packageVersion.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { DnsStore } from '../store/dnsStore.ts';
import type { LogStore } from '../store/logStore.ts';
import type { SummaryStore } from '../store/summaryStore.ts';
import type { Desk } from './desk.ts';
import type { Merging } from './merging.ts';
import { printOpenApi } from './openApi.ts';
import { answerDistinct } from './questions/distinct.ts';
import { answerDns, answerPdns } from './questions/dns.ts';
import { answerDnsQueries, answerDnsTop } from './questions/dnsCounts.ts';
import { answerHttp } from './questions/http.ts';
import { answerLogs } from './questions/logs.ts';
import { answerOverlap } from './questions/overlap.ts';
import { answerPoint } from './questions/point.ts';
import { answerQuantiles } from './questions/quantiles.ts';
import { answerSensors } from './questions/sensors.ts';
import { answerSeries } from './questions/series.ts';
import { answerTop } from './questions/top.ts';
import { answerTotal } from './questions/total.ts';
import { ScopeMoved } from './queryError.ts';
import { createTurns } from './turns.ts';

/** A handler for every route of the API. The signal gives the question up. */
export type Handlers = { [Name in RouteName]: (asked: Asked<Name>, signal?: AbortSignal) => Promise<Answer<Name>> };

export interface Answers {
  handlers: Handlers;
  /** Refuses new questions and waits for those that run. */
  close(): Promise<void>;
}

export interface AnswersDeps {
  store: SummaryStore;
  logs: LogStore;
  dns: DnsStore;
  control: ControlStore;
  merging: Merging;
  connected: Desk['connected'];
  links: Desk['links'];
  metrics: Metrics;
  clock: Clock;
}

/** Questions that are answered at once, and that wait. Two keep the merging thread busy while one waits for the store. */
const running = 4;
const waiting = 64;
/** Times that a question is begun again when the rows that it was cut for went meanwhile. */
const repeats = 2;

/**
 * Answers questions. What was acknowledged before a question arrived is in its answer: rows are indexed before they are
 * acknowledged. Coverage and value are of the same instant only as far as no part arrives in between.
 */
export function createAnswers(deps: AnswersDeps): Answers {
  const { store, logs, dns, control, merging, connected, links, clock, metrics } = deps;
  const desk: Desk = { store, dns, control, merging, connected, links, now: () => clock.now() };
  const turns = createTurns({ running, waiting }, metrics);
  const inTurn =
    <Question, Told>(answer: (desk: Desk, asked: Question, signal?: AbortSignal) => Promise<Told>) =>
    async (asked: Question, signal?: AbortSignal): Promise<Told> =>
      await turns.take(async () => {
        for (let again = repeats; ; again--) {
          try {
            return await answer(desk, asked, signal);
          } catch (error) {
            if (again === 0 || !(error instanceof ScopeMoved)) throw error;
          }
        }
      }, signal);
  return {
    close: async () => await turns.close(),
    handlers: {
      sensors: inTurn(answerSensors),
      distinct: inTurn(answerDistinct),
      top: inTurn(answerTop),
      series: inTurn(answerSeries),
      quantiles: inTurn(answerQuantiles),
      point: inTurn(answerPoint),
      total: inTurn(answerTotal),
      overlap: inTurn(answerOverlap),
      http: inTurn(answerHttp),
      dns: inTurn(answerDns),
      dnsTop: inTurn(answerDnsTop),
      dnsQueries: inTurn(answerDnsQueries),
      pdns: inTurn(answerPdns),
      logs: inTurn(async (one, asked: Asked<'logs'>, signal) => await answerLogs({ ...one, logs }, asked, signal)),
      health: () => Promise.resolve({ ready: true, version: packageVersion(), metrics: metrics.read() }),
      openapi: () => Promise.resolve(printOpenApi(packageVersion())),
    },
  };
}
