// Compliance: what is required, owned, short and spare per product, now or at the end of a past day; who is not
// covered; and the same as a signed report.
import {Alert, Button, Card, CardBody, CardHeader, CardTitle, Label, PageSection, TextInput} from '@patternfly/react-core';
import BalanceScaleIcon from '@patternfly/react-icons/dist/esm/icons/balance-scale-icon';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useEffect, useRef, useState} from 'react';
import {type Position, type PositionRow, post, Problem, type Product, type Report, type Status} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {Big, Copy} from '../parts/facts';
import {FilterSelect} from '../parts/filter_select';
import {Over} from '../parts/history';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {Link, useQuery} from '../router';
import {language, number, t, tn, word} from '../texts';
import {date, dateTime} from '../time';

const listedMax = 100;
const stationsMax = 50;
const everyMs = 60_000;

// What the address asks for: a day of the past, a product; nothing: all of them, now.
interface Asked {
    at?: string;
    product?: string;
}

function Filters({products, today}: {products: Product[]; today: string}) {
    const [query, setQuery] = useQuery();
    const at = query.get('at') ?? '';
    const [typed, setTyped] = useState(at);
    useEffect(() => setTyped(at), [at]);
    // A date that is being typed is a date of the year 2, then of the year 20: only a whole one is asked for.
    const day = (value: string) => {
        setTyped(value);
        if (value === '' || (value >= '2000-01-01' && value <= today)) setQuery({at: value && value !== today ? value : undefined}, true);
    };
    return (
        <div className="calm-filters" role="search">
            <label htmlFor="at">{t('compliance.day')}</label>
            <TextInput id="at" type="date" className="calm-filter calm-date" min="2000-01-01" max={today} value={typed} onChange={(_, value) => day(value)} />
            {typed !== '' && (
                <Button variant="link" onClick={() => day('')}>
                    {t('compliance.now')}
                </Button>
            )}
            <FilterSelect
                label={t('fact.product')}
                all={t('holders.all_products')}
                value={query.get('product')}
                options={products.map((each) => [each.product, each.product])}
                choose={(value) => setQuery({product: value}, true)}
            />
        </div>
    );
}

function Sums({rows}: {rows: PositionRow[]}) {
    const sum = (of: (row: PositionRow) => number) => rows.reduce((total, row) => total + of(row), 0);
    const required = sum((row) => row.required);
    const owned = sum((row) => row.owned);
    const short = sum((row) => row.short);
    const spare = sum((row) => row.spare);
    return (
        <div className="calm-bigs">
            <Big value={required} words={tn('compliance.required', required)} />
            <Big value={owned} words={tn('compliance.owned', owned)} />
            <Big value={short} words={tn('compliance.short', short)} tone={short > 0 ? 'danger' : undefined} />
            <Big value={spare} words={tn('compliance.spare', spare)} />
        </div>
    );
}

// How the numbers of a row come about, in words; what is nothing is not said.
function madeOf(row: PositionRow): string {
    const parts: [number, (count: number) => string][] = [
        [row.users, (count) => tn('compliance.users', count)],
        [row.devices, (count) => tn('compliance.devices', count)],
        [row.stations, (count) => tn('compliance.stations', count)],
        [row.refused, (count) => tn('compliance.refused', count)],
        [row.held, (count) => tn('compliance.held', count)],
        [row.overuse, (count) => tn('pool.overuse', count)],
        [row.temporary, (count) => tn('pool.temporary', count)],
        [row.borrowed, (count) => tn('compliance.borrowed', count)],
        [row.lent, (count) => tn('compliance.lent', count)],
        [row.declared, (count) => tn('compliance.declared', count)],
    ];
    return parts.flatMap(([count, words]) => (count > 0 ? [words(count)] : [])).join(' · ');
}

function Numbers({rows}: {rows: PositionRow[]}) {
    const {may} = usePerson();
    return (
        <Table aria-label={t('compliance.by_product')} variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    <Th>{t('fact.product')}</Th>
                    <Th>{t('fact.kind')}</Th>
                    <Th modifier="nowrap">{t('column.required')}</Th>
                    <Th modifier="nowrap">{t('column.owned')}</Th>
                    <Th modifier="nowrap">{t('column.short')}</Th>
                    <Th modifier="nowrap">{t('column.spare')}</Th>
                    <Th>{t('compliance.made_of')}</Th>
                </Tr>
            </Thead>
            <Tbody>
                {rows.map((row) => (
                    <Tr key={`${row.product} ${row.kind}`}>
                        <Td dataLabel={t('fact.product')} modifier="breakWord">
                            {row.product}{' '}
                            {row.requires !== 'activated' && <Label isCompact>{word('requires', row.requires)}</Label>}
                        </Td>
                        <Td dataLabel={t('fact.kind')}>{word('kind', row.kind)}</Td>
                        <Td dataLabel={t('column.required')}>{number(row.required)}</Td>
                        <Td dataLabel={t('column.owned')}>{number(row.owned)}</Td>
                        <Td dataLabel={t('column.short')}>
                            {row.short > 0 ? <Label color="red">{number(row.short)}</Label> : number(0)}
                        </Td>
                        <Td dataLabel={t('column.spare')}>{number(row.spare)}</Td>
                        <Td dataLabel={t('compliance.made_of')} modifier="breakWord">
                            <p className="calm-quiet">{madeOf(row)}</p>
                            {row.short > 0 && may('license') && <Link to="/console/add">{t('compliance.buy', {product: row.product})}</Link>}
                        </Td>
                    </Tr>
                ))}
            </Tbody>
        </Table>
    );
}

function Uncovered({position}: {position: Position}) {
    const {session} = usePerson();
    const {uncovered, uncovered_more} = position;
    const all = uncovered.length + uncovered_more;
    return (
        <>
            <h2 className="calm-section">{t('compliance.uncovered')}</h2>
            {all === 0 && <p>{t('compliance.nobody')}</p>}
            {all > 0 && session.role === 'viewer' && <p>{tn('compliance.names_hidden', all)}</p>}
            {uncovered.length > 0 && session.role !== 'viewer' && (
                <Table aria-label={t('compliance.uncovered')} variant="compact" gridBreakPoint="grid-lg">
                    <Thead>
                        <Tr>
                            <Th>{t('fact.holder')}</Th>
                            <Th>{t('compliance.holder_kind')}</Th>
                            <Th>{t('fact.product')}</Th>
                            <Th>{t('fact.kind')}</Th>
                            <Th>{t('fact.state')}</Th>
                            <Th>{t('fact.since')}</Th>
                        </Tr>
                    </Thead>
                    <Tbody>
                        {uncovered.map(({holder, product, kind, state, since}) => (
                            <Tr key={`${holder.subject} ${product} ${kind}`}>
                                <Td dataLabel={t('fact.holder')} modifier="breakWord">
                                    {holder.name === undefined ? (
                                        t('holders.forgotten', {subject: String(holder.subject)})
                                    ) : (
                                        <Link to={`/console/holders?holder=${encodeURIComponent(holder.name)}`}>{holder.name}</Link>
                                    )}
                                </Td>
                                <Td dataLabel={t('compliance.holder_kind')}>{word('holder_kind', holder.kind)}</Td>
                                <Td dataLabel={t('fact.product')} modifier="breakWord">
                                    {product}
                                </Td>
                                <Td dataLabel={t('fact.kind')}>{word('kind', kind)}</Td>
                                <Td dataLabel={t('fact.state')}>{word('uncovered_state', state)}</Td>
                                <Td dataLabel={t('fact.since')}>{date(since)}</Td>
                            </Tr>
                        ))}
                    </Tbody>
                </Table>
            )}
            {uncovered_more > 0 && session.role !== 'viewer' && <p className="calm-quiet calm-count">{tn('compliance.more', uncovered_more)}</p>}
        </>
    );
}

function StationsWithout({stations: {registered, covered, uncovered}}: {stations: NonNullable<Position['stations']>}) {
    const shown = uncovered.slice(0, stationsMax);
    return (
        <>
            <h2 className="calm-section">{t('compliance.station_title')}</h2>
            <p>
                {tn('compliance.station_count', registered)} {tn('compliance.station_covered', covered)}
            </p>
            {shown.length > 0 && (
                <>
                    <p>{t('compliance.station_missing')}</p>
                    <ul className="calm-list-inline">
                        {shown.map(({station, name}) => (
                            <li key={station}>
                                <Link to={`/console/stations?search=${encodeURIComponent(name ?? '')}`}>{name ?? String(station)}</Link>
                            </li>
                        ))}
                        {uncovered.length > shown.length && (
                            <li>
                                <Link to="/console/stations">{tn('compliance.station_more', uncovered.length - shown.length)}</Link>
                            </li>
                        )}
                    </ul>
                </>
            )}
        </>
    );
}

const address = (report: Report) => `/v1/reports/${encodeURIComponent(report.report)}`;

// The browser keeps the file as it does every download.
function keep(report: Report): void {
    const link = document.createElement('a');
    link.href = address(report);
    link.download = report.file;
    link.click();
}

function Ready({report, server}: {report: Report; server: string}) {
    return (
        <Alert component="p" variant="success" isInline className="calm-gap" title={t('compliance.report_ready', {file: report.file})}>
            <p className="calm-links">
                <a href={address(report)} download={report.file}>
                    {t('compliance.download_again')}
                </a>
                <a href={`${address(report)}/signature`} download={`${report.file}.sig`}>
                    {t('compliance.download_signature')}
                </a>
            </p>
            <p className="calm-gap">{t('compliance.report_verify')}</p>
            <Copy text={`calm report verify ${report.file} --server-id ${server}`} label={t('compliance.report_verify')} />
            <p className="calm-quiet">{t('compliance.report_until', {until: dateTime(report.until)})}</p>
        </Alert>
    );
}

// File and signature come from one making, in the language of the screen.
function Reports({asked}: {asked: Asked}) {
    const status = useData<Status>('/v1/status', 0);
    const [busy, setBusy] = useState<'pdf' | 'csv'>();
    const [made, setMade] = useState<Report | Problem>();
    const {at, product} = asked;
    const current = useRef('');
    current.current = `${at} ${product}`;
    useEffect(() => setMade(undefined), [at, product]);
    const make = async (format: 'pdf' | 'csv') => {
        const wanted = current.current;
        setBusy(format);
        setMade(undefined);
        try {
            const report = await post<Report>('/v1/reports', {format, lang: language(), product, at});
            // Whoever has chosen another day meanwhile is not handed this one.
            if (current.current === wanted) {
                setMade(report);
                keep(report);
            }
        } catch (error) {
            setMade(error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0));
        }
        setBusy(undefined);
    };
    return (
        <Card className="calm-form-card calm-report">
            <CardHeader>
                <CardTitle component="h2">{t('compliance.report')}</CardTitle>
            </CardHeader>
            <CardBody>
                <p>{t('compliance.report_lead')}</p>
                <div className="calm-buttons">
                    {(['pdf', 'csv'] as const).map((format) => (
                        <Button key={format} variant="secondary" isDisabled={busy !== undefined} isLoading={busy === format} onClick={() => void make(format)}>
                            {t('compliance.download', {what: format.toUpperCase()})}
                        </Button>
                    ))}
                </div>
                <div aria-live="polite">
                    {busy && <p className="calm-quiet calm-gap">{t('compliance.report_making')}</p>}
                    {made instanceof Problem && <ProblemNotice problem={made} />}
                    {made && !(made instanceof Problem) && <Ready report={made} server={status.data?.license_server_id ?? ''} />}
                </div>
            </CardBody>
        </Card>
    );
}

export function Compliance() {
    const {may} = usePerson();
    const [query] = useQuery();
    const products = useData<{products: Product[]}>('/v1/products', 0);
    const asked: Asked = {at: query.get('at') ?? undefined, product: query.get('product') ?? undefined};
    const ask = new URLSearchParams({limit: String(listedMax)});
    if (asked.at) ask.set('at', asked.at);
    if (asked.product) ask.set('product', asked.product);
    // A day of the past changes no more.
    const {data, problem, reload} = useData<Position>(`/v1/position?${ask.toString()}`, asked.at ? 0 : everyMs);
    const short = data?.rows.reduce((total, row) => total + row.short, 0) ?? 0;
    return (
        <>
            <PageHead title={t('compliance.title')} lead={t('compliance.lead')} learn="concepts/position" />
            <PageSection>
                <Filters products={products.data?.products ?? []} today={new Date().toISOString().slice(0, 10)} />
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading rows={6} />)}
                {data && (
                    <>
                        <Stale problem={problem} retry={reload} />
                        <p className="calm-quiet calm-because">{tn('compliance.based_on', data.entries, {at: asked.at ? date(`${asked.at}T12:00:00`) : dateTime(data.at)})}</p>
                        {data.rows.length === 0 && <Nothing icon={BalanceScaleIcon} title={t('compliance.nothing')} body={t('compliance.nothing_body')} />}
                        {data.rows.length > 0 && (
                            <>
                                <Sums rows={data.rows} />
                                <Alert component="p" isInline variant={short > 0 ? 'danger' : 'success'} title={short > 0 ? tn('compliance.is_short', short) : t('compliance.is_covered')} actionLinks={short > 0 && <Link to="/console/purchase">{t('purchase.make')}</Link>} />
                                <h2 className="calm-section">{t('compliance.by_product')}</h2>
                                <Numbers rows={data.rows} />
                                <Uncovered position={data} />
                                <p className="calm-gap">
                                    <Link to={`/console/refusals${asked.product ? `?product=${encodeURIComponent(asked.product)}` : ''}`}>{t('compliance.refusals')}</Link>
                                </p>
                                {!asked.at && <Over id="history-title" title={t('history.compliance_title')} lead={t('history.compliance_lead')} measures={['required', 'owned', 'short']} product={asked.product} />}
                            </>
                        )}
                        {data.stations && <StationsWithout stations={data.stations} />}
                        {may('audit') && <Reports asked={asked} />}
                    </>
                )}
            </PageSection>
        </>
    );
}
