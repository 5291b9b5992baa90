// What whoever is responsible wants to know first: how many, activated or not, which mode, and when it will not be enough.
import {Card, CardBody, CardHeader, CardTitle, Label} from '@patternfly/react-core';
import type {Forecast, RefusedAttempts, Status} from '../api';
import {useData} from '../data';
import {firstToRunOut, tooEarly} from '../outlook';
import {attemptsOf, firstDay} from '../refusals';
import {Link} from '../router';
import {t, tn, word} from '../texts';
import {date} from '../time';
import {Facts} from './facts';
import {Figures} from './figures';
import {noon} from './forecasts';

// By each vendor whose packs ask for it.
function Activated({activations = []}: {activations: Status['activations']}) {
    if (activations.length === 0) return <>{t('glance.no_activation')}</>;
    return (
        <ul className="calm-plain">
            {activations.map(({vendor, state, until}) => (
                <li key={vendor}>
                    <Label isCompact color={state === 'activated' ? 'green' : 'orange'}>
                        {word('activation.state', state)}
                    </Label>{' '}
                    {state === 'activated' && until !== undefined ? t('glance.activated', {vendor: vendor || t('home.a_vendor'), until: date(until)}) : vendor || t('home.a_vendor')}{' '}
                    {state !== 'activated' && <Link to="/console/activation">{t('action.look')}</Link>}
                </li>
            ))}
        </ul>
    );
}

const modes = ['per_user', 'per_device', 'either', 'not_configured'] as const;

function Modes({modes: hosts}: {modes: Status['modes']}) {
    const used = modes.filter((each) => hosts[each] > 0);
    if (used.length === 0) return <>{t('hosts.none')}</>;
    return <>{used.map((each) => tn('glance.mode', hosts[each], {mode: word('mode', each)})).join(' · ')}</>;
}

function RunsOut() {
    const {data, problem} = useData<{forecasts: Forecast[]}>('/v1/forecast', 60_000);
    if (!data) return <>{problem ? problem.title : t('state.loading')}</>;
    const first = firstToRunOut(data.forecasts);
    const pool = first && t('glance.pool', {product: first.product, kind: word('kind', first.kind)});
    const words = () => {
        if (first) return first.outcome === 'full' ? t('glance.full', {pool: pool ?? ''}) : t('glance.runs_out', {pool: pool ?? '', day: date(noon(first.day ?? ''))});
        return tooEarly(data.forecasts) ? t('glance.too_early') : t('glance.lasts');
    };
    return (
        <>
            {words()} <Link to="/console/alerts">{t('glance.forecast')}</Link>
        </>
    );
}

const refusedDays = 7;

function Refused() {
    const {data, problem} = useData<RefusedAttempts>(`/v1/refusals?since=${firstDay(refusedDays, Date.now())}&limit=1`, 60_000);
    if (!data) return <>{problem ? problem.title : t('state.loading')}</>;
    const attempts = attemptsOf(data.totals);
    if (attempts === 0) return <>{t('glance.refused_none')}</>;
    return (
        <>
            {tn('glance.refused_count', attempts)} <Link to={`/console/refusals?days=${refusedDays}`}>{t('refusals.each')}</Link>
        </>
    );
}

export function Glance({status}: {status: Status}) {
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('glance.title')}</CardTitle>
            </CardHeader>
            <CardBody>
                <div className="calm-glance">
                    <Figures status={status} />
                    <Facts
                        facts={[
                            [t('glance.activation'), <Activated key="a" activations={status.activations} />],
                            [t('fact.mode'), <Modes key="m" modes={status.modes} />],
                            [t('glance.outlook'), <RunsOut key="r" />],
                            [t('glance.refused'), <Refused key="d" />],
                        ]}
                    />
                </div>
            </CardBody>
        </Card>
    );
}
