// Alerts: what the license server warns of, who was told, and who takes care; the day on which each pool runs out.
import {Alert as Notice, Button, Label, PageSection} from '@patternfly/react-core';
import BellIcon from '@patternfly/react-icons/dist/esm/icons/bell-icon';
import {ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useEffect, useRef, useState} from 'react';
import {readAlerts, severities} from '../alerts';
import {type Alert, type Alerts, type AlertTest, post, Problem} from '../api';
import {usePerson} from '../console';
import {useData, useStays} from '../data';
import {Forecasts} from '../parts/forecasts';
import {Dialog} from '../parts/dialog';
import {ExpandCell} from '../parts/expand_cell';
import {Facts, Severity, Typed} from '../parts/facts';
import {FilterSelect} from '../parts/filter_select';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {useQuery} from '../router';
import {number, t, tn, word} from '../texts';
import {dateTime} from '../time';

const states = ['open', 'acknowledged', 'resolved', 'all'] as const;
const pageSize = 50;
const deliveryColors = {pending: 'blue', sent: 'green', failed: 'red'} as const;

function Filters() {
    const [query, setQuery] = useQuery();
    const select = (name: 'state' | 'severity', label: string, options: [string, string][]) => (
        <FilterSelect label={label} value={query.get(name)} options={options} choose={(value) => setQuery({[name]: value, alert: undefined})} />
    );
    return (
        <div className="calm-filters" role="search">
            {select('state', t('alerts.which'), [['', t('alerts.standing')], ...states.map((each): [string, string] => [each, word('alert_filter', each)])])}
            {select('severity', t('alerts.severity'), [['', t('alerts.all_severities')], ...severities.map((each): [string, string] => [each, word('severity', each)])])}
        </div>
    );
}

// What became of telling each receiver.
function Deliveries({alert}: {alert: Alert}) {
    if (alert.deliveries.length === 0) return <>{t('alerts.nobody_told')}</>;
    return (
        <ul className="calm-plain calm-tight">
            {alert.deliveries.map(({receiver, state, tries, at, why}) => (
                <li key={receiver}>
                    <strong>{receiver}</strong>{' '}
                    <Label isCompact color={deliveryColors[state]}>
                        {word('delivery_state', state)}
                    </Label>{' '}
                    <span className="calm-quiet">
                        {[tn('alerts.tries', tries), at && dateTime(at), why].filter(Boolean).join(' · ')}
                    </span>
                </li>
            ))}
        </ul>
    );
}

function Details({alert}: {alert: Alert}) {
    const {acknowledged_at, acknowledged_by, resolved_at} = alert;
    return (
        <>
            <p className="calm-because">
                <Typed text={alert.remedy} />
            </p>
            <Facts
                wide
                facts={[
                    [t('alerts.number'), number(alert.alert)],
                    [t('alerts.first_seen'), dateTime(alert.first_seen)],
                    [t('alerts.last_seen'), dateTime(alert.last_seen)],
                    [t('alerts.raised'), dateTime(alert.raised_at)],
                    acknowledged_at !== undefined && [t('alerts.acknowledged_at'), acknowledged_by ? t('alerts.by', {time: dateTime(acknowledged_at), account: acknowledged_by}) : dateTime(acknowledged_at)],
                    resolved_at !== undefined && [t('alerts.resolved_at'), dateTime(resolved_at)],
                    [t('alerts.deliveries'), <Deliveries key="d" alert={alert} />],
                ]}
            />
        </>
    );
}

interface RowsProps {
    alerts: Alert[];
    open: string | undefined;
    toggle: (alert: Alert) => void;
    acknowledge: (alert: Alert) => Promise<void>;
}

function Rows({alerts, open, toggle, acknowledge}: RowsProps) {
    const {may} = usePerson();
    const [busy, setBusy] = useState<number>();
    const run = async (alert: Alert) => {
        setBusy(alert.alert);
        await acknowledge(alert);
        setBusy(undefined);
    };
    return (
        <Table aria-label={t('alerts.title')} variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    <Th screenReaderText={t('alerts.details_column')} />
                    <Th modifier="nowrap">{t('alerts.severity')}</Th>
                    <Th>{t('alerts.sentence')}</Th>
                    <Th>{t('fact.state')}</Th>
                    <Th>{t('alerts.raised')}</Th>
                    {may('operate') && <Th screenReaderText={t('fact.actions')} />}
                </Tr>
            </Thead>
            {alerts.map((each) => {
                const shown = open === String(each.alert);
                return (
                    <Tbody key={each.alert} isExpanded={shown}>
                        <Tr>
                            <ExpandCell open={shown} label={`alert-${each.alert}`} toggle={() => toggle(each)} />
                            <Td dataLabel={t('alerts.severity')}>
                                <Severity of={each.severity} />
                            </Td>
                            <Td dataLabel={t('alerts.sentence')} modifier="breakWord" id={`alert-${each.alert}`}>
                                {each.sentence}
                            </Td>
                            <Td dataLabel={t('fact.state')} className="calm-nowrap-wide">{word('alert_state', each.state)}</Td>
                            <Td dataLabel={t('alerts.raised')} modifier="nowrap">{dateTime(each.raised_at)}</Td>
                            {may('operate') && (
                                <Td dataLabel={t('fact.actions')} className="calm-nowrap-wide">
                                    {each.state === 'open' && (
                                        <Button variant="secondary" size="sm" className="calm-wrap" isDisabled={busy === each.alert} isLoading={busy === each.alert} aria-label={t('alerts.acknowledge_of', {alert: each.alert})} onClick={() => void run(each)}>
                                            {t('alerts.acknowledge')}
                                        </Button>
                                    )}
                                </Td>
                            )}
                        </Tr>
                        {shown && (
                            <Tr isExpanded>
                                <Td colSpan={may('operate') ? 6 : 5}>
                                    <ExpandableRowContent>
                                        <Details alert={each} />
                                    </ExpandableRowContent>
                                </Td>
                            </Tr>
                        )}
                    </Tbody>
                );
            })}
        </Table>
    );
}

// Sends every receiver a message, and says what became of each.
function Test({close}: {close: () => void}) {
    const [found, setFound] = useState<AlertTest>();
    if (found) {
        return (
            <Dialog title={t('alerts.test_done')} does={t('action.done')} told close={close} act={async () => undefined}>
                <ul className="calm-plain">
                    {found.receivers.map(({receiver, sent, why}) => (
                        <li key={receiver}>
                            <strong>{receiver}</strong>{' '}
                            <Label isCompact color={sent ? 'green' : 'red'}>
                                {word('delivery_state', sent ? 'sent' : 'failed')}
                            </Label>
                            {why && <p className="calm-quiet">{why}</p>}
                        </li>
                    ))}
                </ul>
            </Dialog>
        );
    }
    return <Dialog title={t('alerts.test')} lead={t('alerts.test_lead')} does={t('alerts.test_send')} close={() => undefined} cancel={close} act={async () => setFound(await post<AlertTest>('/v1/alerts/test', {}))} />;
}

// The newest that fit the filters, and one that the address names, wherever it is.
function useAlerts(state: string, severity: string, wanted: number, chosen: string | undefined) {
    const filters = new URLSearchParams({limit: String(wanted)});
    if (state) filters.set('state', state);
    if (severity) filters.set('severity', severity);
    const list = useData<Alerts>(`/v1/alerts?${filters.toString()}`, 10_000, readAlerts);
    const data = useStays(`${state} ${severity}`, list.data);
    const away = chosen && data && !data.alerts.some((each) => String(each.alert) === chosen);
    const named = useData<Alert>(away ? `/v1/alerts/${encodeURIComponent(chosen)}` : undefined);
    return {
        alerts: data && [...(away && named.data ? [named.data] : []), ...data.alerts],
        more: data?.cursor !== undefined,
        problem: list.problem,
        unknown: away ? named.problem : undefined,
        reload: () => Promise.all([list.reload(), named.reload()]),
    };
}

export function AlertsPage() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const state = query.get('state') ?? '';
    const severity = query.get('severity') ?? '';
    const chosen = query.get('alert') ?? undefined;
    const [wanted, setWanted] = useState(pageSize);
    const [testing, setTesting] = useState(false);
    const [told, setTold] = useState<number | Problem>();
    const {alerts, more, problem, unknown, reload} = useAlerts(state, severity, wanted, chosen);
    const notice = useRef<HTMLDivElement>(null);
    useEffect(() => setWanted(pageSize), [state, severity]);

    const acknowledge = async (alert: Alert) => {
        try {
            await post(`/v1/alerts/${alert.alert}/acknowledge`, {});
            setTold(alert.alert);
        } catch (error) {
            setTold(error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0));
        }
        await reload();
        notice.current?.focus(); // the button that had it is gone
    };
    return (
        <>
            <PageHead
                title={t('alerts.title')}
                lead={t('alerts.lead')}
                learn="operating/alerts"
                actions={
                    may('own') && (
                        <Button variant="secondary" onClick={() => setTesting(true)}>
                            {t('alerts.test')}
                        </Button>
                    )
                }
            />
            <PageSection>
                <Filters />
                <div ref={notice} tabIndex={-1} aria-live="polite" className="calm-notice">
                    {told instanceof Problem && <ProblemNotice problem={told} />}
                    {typeof told === 'number' && <Notice component="p" variant="success" isInline title={t('alerts.acknowledged', {alert: told})} />}
                </div>
                {unknown && <ProblemNotice problem={unknown} />}
                {!alerts && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {alerts && <Stale problem={problem} retry={reload} />}
                {alerts?.length === 0 && !unknown && (
                    <Nothing icon={BellIcon} title={state || severity ? t('alerts.none_found') : t('alerts.none')} body={state || severity ? t('alerts.none_found_body') : t('alerts.none_body')} />
                )}
                {alerts && alerts.length > 0 && (
                    <Rows alerts={alerts} open={chosen} toggle={(each) => setQuery({alert: chosen === String(each.alert) ? undefined : String(each.alert)}, true)} acknowledge={acknowledge} />
                )}
                {more && (
                    <div className="calm-buttons">
                        <Button variant="secondary" onClick={() => setWanted(wanted + pageSize)}>
                            {t('alerts.more')}
                        </Button>
                    </div>
                )}
            </PageSection>
            <PageSection>
                <Forecasts />
            </PageSection>
            {testing && <Test close={() => setTesting(false)} />}
        </>
    );
}
