// The day on which each pool runs out, and what that rests on.
import {Label} from '@patternfly/react-core';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import type {Forecast} from '../api';
import {useData} from '../data';
import {number, t, tn, word} from '../texts';
import {date, daysUntil} from '../time';
import {Meter} from './facts';
import {Loading, ProblemNotice} from './states';

const soonDays = 30;

// A day of the calendar, wherever the person is.
export const noon = (day: string) => `${day}T12:00:00`;

function Outlook({pool}: {pool: Forecast}) {
    const {outcome, day, packs} = pool;
    const soon = outcome === 'full' || (day !== undefined && daysUntil(noon(day), new Date()) <= soonDays);
    const words = outcome === 'runs_out' && day !== undefined ? t('outlook.runs_out', {day: date(noon(day))}) : outcome === 'not_enough_history' ? tn('forecast.too_early', pool.samples) : word('outlook', outcome);
    const known = outcome !== 'not_enough_history' && outcome !== 'full';
    const changes = packs.map(({at, seats}) => `${date(at)} ${seats > 0 ? '+' : '−'}${number(Math.abs(seats))}`);
    return (
        <>
            {soon ? <Label color="red">{words}</Label> : words}
            {known && <p className="calm-quiet">{tn('forecast.history', pool.history_days, {known: tn('forecast.known', pool.samples)})}</p>}
            {known && changes.length > 0 && <p className="calm-quiet">{t('forecast.packs', {changes: changes.join(', ')})}</p>}
        </>
    );
}

export function Forecasts() {
    const {data, problem, reload} = useData<{forecasts: Forecast[]}>('/v1/forecast', 60_000);
    return (
        <>
            <h2 className="calm-section">{t('forecast.title')}</h2>
            <p className="calm-quiet">{t('forecast.lead')}</p>
            {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
            {data?.forecasts.length === 0 && <p className="calm-gap">{t('forecast.none')}</p>}
            {data && data.forecasts.length > 0 && (
                <Table aria-label={t('forecast.title')} variant="compact" gridBreakPoint="grid-lg">
                    <Thead>
                        <Tr>
                            <Th>{t('fact.product')}</Th>
                            <Th>{t('fact.kind')}</Th>
                            <Th width={25}>{t('forecast.seats')}</Th>
                            <Th modifier="wrap">{t('forecast.growth')}</Th>
                            <Th>{t('forecast.outlook')}</Th>
                        </Tr>
                    </Thead>
                    <Tbody>
                        {data.forecasts.map((pool) => (
                            <Tr key={`${pool.product} ${pool.kind}`}>
                                <Td dataLabel={t('fact.product')} modifier="breakWord">
                                    {pool.product}
                                </Td>
                                <Td dataLabel={t('fact.kind')}>{word('kind', pool.kind)}</Td>
                                <Td dataLabel={t('forecast.seats')}>
                                    <Meter used={pool.used} owned={pool.seats} label={t('pool.of', {product: pool.product})} />
                                </Td>
                                <Td dataLabel={t('forecast.growth')}>{pool.outcome === 'not_enough_history' || pool.outcome === 'full' ? t('forecast.unknown') : number(pool.growth_per_day)}</Td>
                                <Td dataLabel={t('forecast.outlook')}>
                                    <Outlook pool={pool} />
                                </Td>
                            </Tr>
                        ))}
                    </Tbody>
                </Table>
            )}
        </>
    );
}
