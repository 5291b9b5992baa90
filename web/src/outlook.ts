// Which pool runs out first: pure, so that it can be tested by itself.
import type {Forecast} from './api';

// A pool that is full already comes first, then the earliest day; undefined: none is foreseen to run out.
export function firstToRunOut(forecasts: Forecast[]): Forecast | undefined {
    const when = ({outcome, day}: Forecast) => (outcome === 'full' ? '' : day);
    return forecasts
        .filter(({outcome, day}) => outcome === 'full' || (outcome === 'runs_out' && day !== undefined))
        .sort((a, b) => (when(a) ?? '').localeCompare(when(b) ?? ''))[0];
}

// None is foreseen to run out only where enough is known of each.
export const tooEarly = (forecasts: Forecast[]) => forecasts.length > 0 && forecasts.every(({outcome}) => outcome === 'not_enough_history');
