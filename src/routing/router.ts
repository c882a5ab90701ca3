/** Puts strategies to work: gathers what they are to know and asks them. One router per process. */
import type { EndpointSettings, ModelSize, PoolChoice, PoolSettings } from '../contracts/settings';
import { defaultThresholds, modelSizeFor, sizeValues } from './complexity';
import { joinReadings } from './route-reading';
import type { RouteReading } from './route-reading';
import type { RouteStats } from './route-stats';
import { seededRandom } from './seeded-random';
import { endpointStrategies, needsReadings, poolStrategies } from './strategies';
import type { RouteOption } from './strategy';

/** A pool with the settings of its endpoints, in its order. */
export interface RoutedPool {
  readonly pool: Pick<PoolSettings, 'name' | 'route'>;
  readonly endpoints: readonly EndpointSettings[];
}

export interface RankRequest extends RoutedPool {
  /** The endpoints to rank, in the pool's order, with what this request costs there, US dollars. */
  readonly candidates: readonly { readonly endpoint: string; readonly expectedCostUsd: number }[];
  /** 0–1, see complexity.ts. */
  readonly complexity: number;
  /** Id of the claim: made again, it gets the same ranks from chance. */
  readonly seed: string;
}

/** One pool of a tier. */
export interface ChoiceOption {
  readonly size: ModelSize;
  readonly pool: string;
  readonly endpoints: readonly EndpointSettings[];
  /** Of the request as this option's prompt variant renders it, US dollars. */
  readonly expectedCostUsd: number;
}

export interface ChoiceRequest {
  readonly choice: Pick<PoolChoice, 'by' | 'thresholds'>;
  /** At least one. */
  readonly options: readonly ChoiceOption[];
  readonly complexity: number;
  /** What the run may still spend, US dollars; absent = any amount. */
  readonly remainingUsd?: number | undefined;
  readonly seed: string;
}

export interface Router {
  /** The preference for each candidate, lower first. */
  rank(request: RankRequest): number[];
  /** Index of the option to take. */
  choose(request: ChoiceRequest): number;
}

export function createRouter(stats: RouteStats): Router {
  const turns = new Map<string, number>();
  return {
    rank(request) {
      const { name, route } = request.pool;
      const turn = turns.get(name) ?? 0;
      turns.set(name, turn + 1);
      const options = endpointOptions(stats, request);
      const wantedSize = sizeValues[modelSizeFor(request.complexity, defaultThresholds)];
      return endpointStrategies[route.by]({ options, wantedSize, random: seededRandom(request.seed), turn });
    },

    choose({ choice, options, complexity, remainingUsd, seed }) {
      const wantedSize = sizeValues[modelSizeFor(complexity, choice.thresholds)];
      const known = options.map((option, index) => ({ index, option: poolOption(stats, option, choice.by) }));
      // Neither speed nor a record of calls that did not fail says that a model is good enough for this request.
      const sufficient = known.filter(({ option }) => !needsReadings(choice.by) || option.size >= wantedSize);
      const open = sufficient.length > 0 ? sufficient : known.slice(-1);
      const ranks = poolStrategies[choice.by]({
        options: open.map(({ option }) => option),
        wantedSize,
        ...(remainingUsd === undefined ? {} : { remainingUsd }),
        random: seededRandom(seed),
        turn: 0,
      });
      return open[ranks.indexOf(Math.min(...ranks))]?.index ?? 0;
    },
  };
}

function endpointOptions(stats: RouteStats, { pool, endpoints, candidates }: RankRequest): RouteOption[] {
  const readings = needsReadings(pool.route.by) ? readingsOf(stats, pool.name, endpoints) : undefined;
  const sizes = modelSizesOf(endpoints);
  return candidates.map(({ endpoint: name, expectedCostUsd }) => {
    const endpoint = endpoints.find((known) => known.name === name);
    const reading = readings?.get(name);
    return {
      name,
      size: sizes.get(endpoint?.model ?? '') ?? 0,
      weight: endpoint?.weight ?? 1,
      expectedCostUsd,
      ...(reading === undefined ? {} : { reading }),
    };
  });
}

function poolOption(stats: RouteStats, option: ChoiceOption, by: PoolChoice['by']): RouteOption {
  const { pool, endpoints, size, expectedCostUsd } = option;
  const readings = needsReadings(by) ? [...readingsOf(stats, pool, endpoints).values()] : [];
  return {
    name: pool,
    size: sizeValues[size],
    weight: 1,
    expectedCostUsd,
    ...(readings.length === 0 ? {} : { reading: joinReadings(readings) }),
  };
}

function readingsOf(
  stats: RouteStats,
  pool: string,
  endpoints: readonly EndpointSettings[],
): ReadonlyMap<string, RouteReading> {
  const inspected = endpoints.map(({ name, quotaGroup, limits }) => ({ endpoint: name, quotaGroup, limits }));
  return stats.of(pool, inspected);
}

/** Models in the order in which the pool names them first, the smallest first: 0 … 1. */
function modelSizesOf(endpoints: readonly EndpointSettings[]): ReadonlyMap<string, number> {
  const models = [...new Set(endpoints.map(({ model }) => model))];
  return new Map(models.map((model, index) => [model, models.length === 1 ? 0 : index / (models.length - 1)]));
}
