// Refused attempts: who was not let in, when, where and why, with what mends it. Counted by the license server, a row for
// each day, product, reason, host and who came.
import {Alert, Button, Label, PageSection} from '@patternfly/react-core';
import BanIcon from '@patternfly/react-icons/dist/esm/icons/ban-icon';
import {ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useEffect, useState} from 'react';
import type {Product, RefusedAttempt, RefusedAttempts} from '../api';
import {useData, useStays} from '../data';
import {ExpandCell} from '../parts/expand_cell';
import {Facts, Typed} from '../parts/facts';
import {FilterSelect} from '../parts/filter_select';
import {noon} from '../parts/forecasts';
import {RefusalsExport} from '../parts/refusals_export';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {TypedFilter} from '../parts/typed_filter';
import {type Reasons, useReasons} from '../reasons';
import {addressOf, askedFor, attemptsOf, daysIn, filterNames, periods, readRefusals, usualDays, whoOf} from '../refusals';
import {Link, useQuery} from '../router';
import {number, t, tn, word} from '../texts';
import {date, dateTime} from '../time';

const pageSize = 50;
const totalsMax = 20;

const without = Object.fromEntries(filterNames.map((each) => [each, undefined]));

// What there is in the period may be chosen, and what is chosen already.
function Filters({all, reasons}: {all: RefusedAttempts['totals']; reasons: Reasons}) {
    const [query, setQuery] = useQuery();
    const products = useData<{products: Product[]}>('/v1/products', 0);
    const choice = (name: 'product' | 'reason', found: string[]) => [...new Set([...found, query.get(name) ?? ''])].filter((each) => each !== '').sort();
    const choose = (changes: Record<string, string | undefined>) => setQuery({...changes, refusal: undefined}, true);
    return (
        <div className="calm-filters" role="search">
            <FilterSelect
                label={t('refusals.period')}
                value={String(daysIn(query))}
                options={periods.map((each) => [String(each), tn('refusals.days', each)])}
                choose={(value) => choose({days: value === String(usualDays) ? undefined : value})}
            />
            <FilterSelect
                label={t('fact.product')}
                all={t('holders.all_products')}
                value={query.get('product')}
                options={choice('product', [...(products.data?.products ?? []), ...(all ?? [])].map((each) => each.product)).map((each) => [each, each])}
                choose={(product) => choose({product})}
            />
            <FilterSelect
                label={t('refusals.reason')}
                all={t('refusals.all_reasons')}
                value={query.get('reason')}
                options={choice('reason', (all ?? []).map((each) => each.reason)).map((each) => [each, reasons.title(each)])}
                choose={(reason) => choose({reason})}
            />
            <TypedFilter id="refusals-host" name="host" type="text" label={t('refusals.host')} />
            <TypedFilter id="refusals-name" name="name" type="text" label={t('refusals.name')} />
            {filterNames.some((each) => query.get(each)) && (
                <Button variant="link" onClick={() => choose(without)}>
                    {t('audit.clear')}
                </Button>
            )}
        </div>
    );
}

const productNamed = (product: string) => (product === '' ? <span className="calm-quiet">{t('refusals.no_product')}</span> : product);

function Totals({totals, reasons}: {totals: NonNullable<RefusedAttempts['totals']>; reasons: Reasons}) {
    const [query] = useQuery();
    const narrowed = (product: string, reason: string) => {
        const next = new URLSearchParams(query);
        if (product !== '') next.set('product', product);
        next.set('reason', reason);
        next.delete('refusal');
        return `/console/refusals?${next.toString()}`;
    };
    return (
        <>
            <Table aria-labelledby="refusals-totals" variant="compact" gridBreakPoint="grid-md">
                <Thead>
                    <Tr>
                        <Th>{t('fact.product')}</Th>
                        <Th>{t('refusals.reason')}</Th>
                        <Th>{t('refusals.attempts')}</Th>
                        <Th>{t('refusals.who_count')}</Th>
                        <Th>{t('refusals.on_days')}</Th>
                    </Tr>
                </Thead>
                <Tbody>
                    {totals.slice(0, totalsMax).map(({product, reason, attempts, who, days}) => (
                        <Tr key={`${product} ${reason}`}>
                            <Td dataLabel={t('fact.product')} modifier="breakWord">
                                {productNamed(product)}
                            </Td>
                            <Td dataLabel={t('refusals.reason')} modifier="breakWord">
                                <Link to={narrowed(product, reason)}>{reasons.title(reason)}</Link>
                            </Td>
                            <Td dataLabel={t('refusals.attempts')}>{number(attempts)}</Td>
                            <Td dataLabel={t('refusals.who_count')}>{number(who)}</Td>
                            <Td dataLabel={t('refusals.on_days')}>{number(days)}</Td>
                        </Tr>
                    ))}
                </Tbody>
            </Table>
            {totals.length > totalsMax && <p className="calm-quiet calm-count">{tn('refusals.totals_more', totals.length - totalsMax)}</p>}
        </>
    );
}

function Who({refusal}: {refusal: RefusedAttempt}) {
    const who = whoOf(refusal);
    if (refusal.others) return <span className="calm-quiet">{t('refusals.others')}</span>;
    if (who.length === 0) return <span className="calm-quiet">{t('refusals.nameless')}</span>;
    return (
        <>
            {who.map((each) => (
                <div key={each.kind}>
                    <Link to={addressOf(each)}>{each.name}</Link> <span className="calm-quiet">{word('holder_kind', each.kind)}</span>
                </div>
            ))}
        </>
    );
}

function Details({refusal, reasons}: {refusal: RefusedAttempt; reasons: Reasons}) {
    const {reason, sentence, offline, others, first_at: first} = refusal;
    const remedy = reasons.remedy(reason);
    return (
        <>
            {others && <p className="calm-because">{t('refusals.others_body')}</p>}
            {offline && <p className="calm-because">{t('refusals.offline_body')}</p>}
            {remedy !== undefined && (
                <p className="calm-because">
                    <Typed text={remedy} />
                </p>
            )}
            <Facts
                wide
                facts={[
                    sentence !== '' && [t('refusals.told'), sentence],
                    [t('refusals.first_at'), dateTime(first)],
                ]}
            />
            <p className="calm-gap">
                <a href={`/problems/${encodeURIComponent(reason)}`} target="_blank" rel="noopener">
                    {t('refusals.cause')}
                </a>
            </p>
        </>
    );
}

function Host({refusal: {host, host_name: name}}: {refusal: RefusedAttempt}) {
    if (!name) return <>{host ?? ''}</>;
    return <Link to={`/console/hosts?search=${encodeURIComponent(name)}&host=${host ?? ''}`}>{name}</Link>;
}

function Rows({refusals, reasons}: {refusals: RefusedAttempt[]; reasons: Reasons}) {
    const [query, setQuery] = useQuery();
    const open = query.get('refusal');
    return (
        <Table aria-label={t('refusals.title')} variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    <Th screenReaderText={t('refusals.details')} />
                    <Th width={10}>{t('refusals.last_at')}</Th>
                    <Th width={20}>{t('refusals.who')}</Th>
                    <Th width={15}>{t('fact.product')}</Th>
                    <Th width={20}>{t('refusals.reason')}</Th>
                    <Th width={20}>{t('fact.host')}</Th>
                    <Th>{t('refusals.attempts')}</Th>
                </Tr>
            </Thead>
            {refusals.map((each) => {
                const shown = open === String(each.refusal);
                return (
                    <Tbody key={each.refusal} isExpanded={shown}>
                        <Tr>
                            <ExpandCell open={shown} label={`refusal-${each.refusal}`} toggle={() => setQuery({refusal: shown ? undefined : String(each.refusal)}, true)} />
                            <Td dataLabel={t('refusals.last_at')}>{dateTime(each.last_at)}</Td>
                            <Td dataLabel={t('refusals.who')} modifier="breakWord" id={`refusal-${each.refusal}`}>
                                <Who refusal={each} />
                            </Td>
                            <Td dataLabel={t('fact.product')} modifier="breakWord">
                                {productNamed(each.product)}
                            </Td>
                            <Td dataLabel={t('refusals.reason')} modifier="breakWord">
                                {reasons.title(each.reason)}
                                {each.offline && (
                                    <div>
                                        <Label isCompact color="orange">
                                            {t('refusals.offline')}
                                        </Label>
                                    </div>
                                )}
                            </Td>
                            <Td dataLabel={t('fact.host')} modifier="breakWord">
                                <Host refusal={each} />
                            </Td>
                            <Td dataLabel={t('refusals.attempts')}>{number(each.attempts)}</Td>
                        </Tr>
                        {shown && (
                            <Tr isExpanded>
                                <Td colSpan={7}>
                                    <ExpandableRowContent>
                                        <Details refusal={each} reasons={reasons} />
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

function Found({found, asked, filtered, reasons, more}: {found: RefusedAttempts; asked: string; filtered: boolean; reasons: Reasons; more: () => void}) {
    const {totals = [], refusals, since, until, complete_since: complete, cursor} = found;
    return (
        <>
            {complete !== undefined && <Alert component="p" isInline variant="info" className="calm-because" title={t('refusals.incomplete', {day: date(noon(complete))})} />}
            {refusals.length === 0 && (
                <Nothing icon={BanIcon} title={filtered ? t('refusals.none_found') : t('refusals.none')} body={filtered ? t('refusals.none_found_body') : t('refusals.none_body')} />
            )}
            {refusals.length > 0 && (
                <>
                    <h2 className="calm-section" id="refusals-totals">
                        {tn('refusals.count', attemptsOf(totals), {since: date(noon(since)), until: date(noon(until))})}
                    </h2>
                    <Totals totals={totals} reasons={reasons} />
                    <h2 className="calm-section">{t('refusals.each')}</h2>
                    <Rows refusals={refusals} reasons={reasons} />
                    <div className="calm-buttons">
                        {cursor !== undefined && (
                            <Button variant="secondary" onClick={more}>
                                {t('refusals.more')}
                            </Button>
                        )}
                        <RefusalsExport key={asked} asked={asked} reasons={reasons} />
                    </div>
                </>
            )}
        </>
    );
}

export function RefusalsPage() {
    const [query] = useQuery();
    const asked = askedFor(query, Date.now());
    const [wanted, setWanted] = useState(pageSize);
    const reasons = useReasons();
    const list = useData<RefusedAttempts>(`${asked}&limit=${wanted}`, 10_000, readRefusals);
    // The totals of the period without filters are what there is to choose from.
    const all = useData<RefusedAttempts>(`${askedFor(query, Date.now(), [])}&limit=1`, 0);
    const data = useStays(asked, list.data);
    // A filter that names what does not exist finds nothing: no reason to show a problem.
    const nothing = list.problem?.code === 'host_unknown';
    useEffect(() => setWanted(pageSize), [asked]);
    return (
        <>
            <PageHead title={t('refusals.title')} lead={t('refusals.lead')} learn="operating/refused-attempts" />
            <PageSection>
                {reasons && <Filters all={all.data?.totals} reasons={reasons} />}
                {nothing && <Nothing icon={BanIcon} title={t('refusals.none_found')} body={t('refusals.none_found_body')} />}
                {!data && list.problem && !nothing && <ProblemNotice problem={list.problem} retry={list.reload} />}
                {(!reasons || (!data && !list.problem)) && <Loading rows={6} />}
                {data && reasons && !nothing && (
                    <>
                        <Stale problem={list.problem} retry={list.reload} />
                        <Found found={data} asked={asked} filtered={filterNames.some((each) => query.get(each))} reasons={reasons} more={() => setWanted(wanted + pageSize)} />
                    </>
                )}
            </PageSection>
        </>
    );
}
