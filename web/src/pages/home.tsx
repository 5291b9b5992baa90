// Home: what is right and wrong at a glance, and what people come here to do.
import {Button, Card, CardBody, CardHeader, CardTitle, Content, Grid, GridItem, Label, PageSection, ProgressStep, ProgressStepper} from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import ExclamationTriangleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon';
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import InfoCircleIcon from '@patternfly/react-icons/dist/esm/icons/info-circle-icon';
import {readUrgent} from '../alerts';
import type {Alerts, Pack, Status} from '../api';
import {type Concern, concerns} from '../attention';
import {usePerson} from '../console';
import {useData} from '../data';
import {Copy, Facts, Meter, Severity} from '../parts/facts';
import {Glance} from '../parts/glance';
import {PageHead} from '../parts/shell';
import {Loading, ProblemNotice, Stale} from '../parts/states';
import {Tasks} from '../parts/tasks';
import {go, Link} from '../router';
import {number, t, tn, word} from '../texts';
import {date, dateTime, daysLeft, daysUntil} from '../time';

function sentence({what, values, count}: Concern): string {
    switch (what) {
        case 'pool_full': return tn('concern.pool_full', count ?? 0, values);
        case 'overuse': return tn('concern.overuse', count ?? 0, values);
        case 'pack_expires': return tn('concern.pack_expires', count ?? 0, values);
        case 'missing': return tn('concern.missing', count ?? 0, values);
        case 'grace_over': return tn('concern.grace_over', count ?? 0, values);
        case 'silent': return tn('concern.silent', count ?? 0, values);
        case 'alerts_critical':
        case 'alerts_warning':
        case 'alerts_notice': return tn(`concern.${what}`, count ?? 0, values);
        case 'grace_ends': return tn('concern.grace_ends', count ?? 0, values);
        case 'mode_missing': return tn('concern.mode_missing', count ?? 0, values);
        case 'restored': return tn('concern.restored', count ?? 0, values);
        case 'not_activated':
        case 'activation_ended': return t(`concern.${what}`, {vendor: values.vendor || t('home.a_vendor')});
        default: return t(`concern.${what}`, values);
    }
}

// The verdict in one line, before everything else.
function Verdict({found}: {found: Concern[]}) {
    const worst = found[0]?.level;
    const calm = worst === undefined || worst === 'info';
    const Icon = calm ? CheckCircleIcon : worst === 'danger' ? ExclamationCircleIcon : ExclamationTriangleIcon;
    const serious = found.filter((each) => each.level !== 'info').length;
    return (
        <div className={`calm-verdict calm-verdict-${calm ? 'success' : worst}`} role="status">
            <Icon className="calm-verdict-icon" />
            <span>{calm ? t('home.all_well') : tn('home.attention', serious)}</span>
        </div>
    );
}

// Told from the first day on: a pack that waits for it gives nothing.
const asksForActivation = ({what}: Concern) => what === 'not_activated' || what === 'activation_ended';

const icons = {danger: ExclamationCircleIcon, warning: ExclamationTriangleIcon, info: InfoCircleIcon};

function Concerns({found}: {found: Concern[]}) {
    const {may} = usePerson();
    if (found.length === 0) return null;
    const adds = (what: Concern['what']) => may('license') && (what.startsWith('pool_') || what === 'no_cals' || what === 'overuse' || what === 'missing' || what === 'grace_over');
    return (
        <ul className="calm-concerns" aria-label={t('home.concerns')}>
            {found.map((each) => {
                const Icon = icons[each.level];
                return (
                    <li key={each.what + JSON.stringify(each.values)} className={`calm-concern calm-concern-${each.level}`}>
                        <Icon className="calm-concern-icon" />
                        <span className="calm-concern-words">
                            <span className="pf-v6-screen-reader">{word('level', each.level)} </span>
                            {sentence(each)}
                        </span>
                        <span className="calm-concern-links">
                            {adds(each.what) && <Link to="/console/add">{t('action.add')}</Link>}
                            {each.to && <Link to={each.to}>{asksForActivation(each) && may('license') ? t('activation.title') : t('action.look')}</Link>}
                        </span>
                    </li>
                );
            })}
        </ul>
    );
}

function Pools({status}: {status: Status}) {
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('home.pools')}</CardTitle>
            </CardHeader>
            <CardBody>
                {status.products.length === 0 && <Content component="p">{t('home.no_products')}</Content>}
                <ul className="calm-pools">
                    {status.products.map(({product, requires, owned, used, temporary, overuse}) => (
                        <li key={product} className="calm-pool">
                            <div className="calm-pool-name">
                                <Link to={`/console/holders?product=${encodeURIComponent(product)}`}>{product}</Link>
                                <span className="calm-pool-labels">
                                    {requires !== 'activated' && <Label isCompact>{word('requires', requires)}</Label>}
                                    {temporary > 0 && (
                                        <Label isCompact color="blue">
                                            {tn('pool.temporary', temporary)}
                                        </Label>
                                    )}
                                    {overuse > 0 && (
                                        <Label isCompact color="orange">
                                            {tn('pool.overuse', overuse)}
                                        </Label>
                                    )}
                                </span>
                            </div>
                            {requires === 'none' ? <span className="calm-quiet">{t('pool.none_needed')}</span> : <Meter used={used} owned={owned} label={t('pool.of', {product})} />}
                        </li>
                    ))}
                </ul>
            </CardBody>
        </Card>
    );
}

function HostsCard({status}: {status: Status}) {
    const {grace, hosts, ledger_time: now} = status;
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('hosts.title')}</CardTitle>
            </CardHeader>
            <CardBody>
                <p>
                    {hosts === 0 ? t('hosts.none') : tn('home.hosts', hosts)} {hosts > 0 && (grace.hosts === 0 ? t('home.none_in_grace') : <Link to="/console/hosts?state=in_grace">{tn('home.in_grace', grace.hosts)}</Link>)}
                </p>
                <ul className="calm-plain">
                    {grace.first.map((host) => (
                        <li key={host.host} className="calm-line">
                            <span className="calm-line-name">{host.name}</span>
                            <span title={date(host.grace_until)}>{daysLeft(daysUntil(host.grace_until, now))}</span>
                        </li>
                    ))}
                </ul>
                {hosts > 0 && <Link to="/console/hosts">{t('home.all_hosts')}</Link>}
            </CardBody>
        </Card>
    );
}

// How many alerts are open, and the most urgent of them.
function AlertsCard({counts}: {counts: Status['alerts']}) {
    const {data, problem, reload} = useData<Alerts>(counts.open > 0 ? '/v1/alerts?state=open' : undefined, 15_000, readUrgent);
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('home.alerts')}</CardTitle>
            </CardHeader>
            <CardBody>
                <p>
                    {counts.open === 0 ? t('home.no_alerts') : tn('home.open_alerts', counts.open)} {counts.critical > 0 && tn('home.critical_alerts', counts.critical)}{' '}
                    {counts.acknowledged > 0 && tn('home.acknowledged_alerts', counts.acknowledged)}
                </p>
                {counts.open > 0 && !data && problem && <ProblemNotice problem={problem} retry={reload} />}
                {counts.open > 0 && (
                    <ul className="calm-plain">
                        {data?.alerts.map((each) => (
                            <li key={each.alert} className="calm-alert">
                                <Severity of={each.severity} />
                                <Link to={`/console/alerts?alert=${each.alert}`} className="calm-line-name">
                                    {each.sentence}
                                </Link>
                            </li>
                        ))}
                    </ul>
                )}
                <Link to="/console/alerts">{t('home.all_alerts')}</Link>
            </CardBody>
        </Card>
    );
}

function ServerCard({status}: {status: Status}) {
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('home.server')}</CardTitle>
            </CardHeader>
            <CardBody>
                <Facts
                    facts={[
                        [t('home.server_id'), <Copy key="id" text={status.license_server_id} label={t('home.server_id')} />],
                        status.fingerprint !== '' && [t('home.fingerprint'), <Copy key="fingerprint" text={status.fingerprint} label={t('home.fingerprint')} />],
                        [t('home.ledger_time'), dateTime(status.ledger_time)],
                        [t('home.entries'), number(status.entries)],
                    ]}
                />
            </CardBody>
        </Card>
    );
}

// A new server: what comes first, second, third.
function FirstSteps({status, packs}: {status: Status; packs: Pack[]}) {
    const {may} = usePerson();
    const done = [packs.length > 0, status.hosts > 0, status.cals > 0];
    const current = done.indexOf(false);
    const state = (index: number) => (done[index] ? 'success' : index === current ? 'info' : 'pending');
    return (
        <Card>
            <CardHeader>
                <CardTitle component="h2">{t('home.first_steps')}</CardTitle>
            </CardHeader>
            <CardBody>
                <ProgressStepper aria-label={t('home.first_steps')}>
                    <ProgressStep variant={state(0)} isCurrent={current === 0} id="step-packs" titleId="step-packs-title" description={t('home.step_packs')}>
                        {t('add.title')}
                    </ProgressStep>
                    <ProgressStep variant={state(1)} isCurrent={current === 1} id="step-hosts" titleId="step-hosts-title" description={t('home.step_hosts')}>
                        {t('hosts.enrol')}
                    </ProgressStep>
                    <ProgressStep variant={state(2)} isCurrent={current === 2} id="step-cals" titleId="step-cals-title" description={t('home.step_cals')}>
                        {t('home.step_cals_title')}
                    </ProgressStep>
                </ProgressStepper>
                {current === 0 && may('license') && (
                    <Button className="calm-next" onClick={() => go('/console/add')}>
                        {t('add.title')}
                    </Button>
                )}
                {current === 1 && may('operate') && (
                    <Button className="calm-next" onClick={() => go('/console/hosts?enrol=1')}>
                        {t('hosts.enrol')}
                    </Button>
                )}
            </CardBody>
        </Card>
    );
}

export function Home() {
    const {may} = usePerson();
    const status = useData<Status>('/v1/status', 5_000);
    const packs = useData<{packs: Pack[]}>('/v1/packs', 15_000);
    const all = status.data && packs.data ? {status: status.data, packs: packs.data.packs} : undefined;
    const problem = status.problem ?? packs.problem;
    const retry = () => Promise.all([status.reload(), packs.reload()]);
    const fresh = all && (all.packs.length === 0 || all.status.hosts === 0 || all.status.cals === 0);
    const found = all ? concerns(all.status, all.packs) : [];
    return (
        <>
            <PageHead title={t('home.title')} actions={may('license') && <Button onClick={() => go('/console/add')}>{t('add.title')}</Button>} />
            <PageSection>
                {!all && (problem ? <ProblemNotice problem={problem} retry={retry} /> : <Loading rows={6} />)}
                {all && (
                    <>
                        <Stale problem={problem} retry={retry} />
                        {!fresh && <Verdict found={found} />}
                        <Concerns found={fresh ? found.filter(asksForActivation) : found} />
                        <Grid hasGutter>
                            {fresh && (
                                <GridItem span={12}>
                                    <FirstSteps {...all} />
                                </GridItem>
                            )}
                            <GridItem span={12} lg={8}>
                                <Glance status={all.status} />
                            </GridItem>
                            <GridItem span={12} lg={4} rowSpan={2}>
                                <Tasks />
                            </GridItem>
                            <GridItem span={12} lg={8}>
                                <Pools status={all.status} />
                            </GridItem>
                            <GridItem span={12} lg={8}>
                                <AlertsCard counts={all.status.alerts} />
                            </GridItem>
                            <GridItem span={12} lg={4}>
                                <HostsCard status={all.status} />
                            </GridItem>
                            <GridItem span={12}>
                                <ServerCard status={all.status} />
                            </GridItem>
                        </Grid>
                    </>
                )}
            </PageSection>
        </>
    );
}
