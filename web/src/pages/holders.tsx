// Holders: who holds what, since when, until when, and why; release, revoke, lend. The list may have a million
// rows: pages are fetched as they come into sight, and only what is in sight is on the page.
import {Alert, Button, Drawer, DrawerActions, DrawerCloseButton, DrawerContent, DrawerContentBody, DrawerHead, DrawerPanelBody, DrawerPanelContent, Label, PageSection, Radio, SearchInput} from '@patternfly/react-core';
import UsersIcon from '@patternfly/react-icons/dist/esm/icons/users-icon';
import {useEffect, useRef, useState} from 'react';
import {type Cal, type Host, idempotencyKey, post, Problem, type Product} from '../api';
import {type CalRows, useCals} from '../cals';
import {usePerson} from '../console';
import {useData} from '../data';
import {endOf, holderName, holdingOf, lastDay, mayLend, mayRecall} from '../holding';
import {Dialog, useFocusWhenDone} from '../parts/dialog';
import {CalState, Facts} from '../parts/facts';
import {HoldingLabel} from '../parts/holding_label';
import {FilterSelect} from '../parts/filter_select';
import {Lend, LendForAbsence, Recall} from '../parts/loans';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice} from '../parts/states';
import {useRows} from '../parts/rows';
import {UsedOn} from '../parts/used_on';
import {Link, useQuery} from '../router';
import {number, t, tn, word} from '../texts';
import {date, dateTime} from '../time';

const states = ['active', 'temporary', 'expired', 'revoked', 'returned'] as const;
const kinds = ['per_user', 'per_device'] as const;

function Filters({products}: {products: Product[]}) {
    const [query, setQuery] = useQuery();
    const [typed, setTyped] = useState(query.get('holder') ?? '');
    const search = () => setQuery({holder: typed.trim() || undefined, cal: undefined});
    const select = (name: 'state' | 'kind' | 'product', all: string, options: [string, string][]) => (
        <FilterSelect label={all} all={all} value={query.get(name)} options={options} choose={(value) => setQuery({[name]: value, cal: undefined})} />
    );
    return (
        <div className="calm-filters" role="search">
            <SearchInput
                className="calm-search"
                aria-label={t('holders.search')}
                placeholder={t('fact.holder')}
                value={typed}
                submitSearchButtonLabel={t('action.search')}
                resetButtonLabel={t('action.clear')}
                onChange={(_, value) => setTyped(value)}
                onSearch={search}
                onClear={() => {
                    setTyped('');
                    setQuery({holder: undefined, cal: undefined});
                }}
            />
            {select('product', t('holders.all_products'), products.map((each) => [each.product, each.product]))}
            {select('state', t('holders.all_states'), states.map((each) => [each, word('cal_state', each)]))}
            {select('kind', t('holders.all_kinds'), kinds.map((each) => [each, word('kind', each)]))}
        </div>
    );
}

type Why = 'left' | 'out_of_service' | 'reassigned';

function Release({cal, close, done}: {cal: Cal; close: () => void; done: (cal: Cal) => unknown}) {
    const reasons: Why[] = cal.holder.kind === 'user' ? ['left', 'reassigned'] : ['out_of_service', 'reassigned'];
    const [why, setWhy] = useState<Why>(reasons[0] ?? 'left');
    const [key] = useState(idempotencyKey);
    return (
        <Dialog
            title={t('holders.release_title', {holder: holderName(cal)})}
            lead={t('holders.release_lead', {product: cal.product})}
            does={t('holders.release')}
            close={close}
            act={async () => done(await post<Cal>(`/v1/cals/${cal.cal}/release`, {why}, {headers: {'Idempotency-Key': key}}))}
        >
            <div role="radiogroup" aria-label={t('holders.release_why')} className="calm-radios">
                {reasons.map((each) => (
                    <Radio key={each} id={each} name="why" label={word('why', each)} description={word('why_help', each)} isChecked={why === each} onChange={() => setWhy(each)} />
                ))}
            </div>
        </Dialog>
    );
}

const revokeReasons = ['out_of_service', 'lost', 'set_up_again', 'needed_elsewhere', 'mistaken'] as const;

function Revoke({cal, close, done}: {cal: Cal; close: () => void; done: (cal: Cal) => unknown}) {
    const [key] = useState(idempotencyKey);
    const [why, setWhy] = useState<(typeof revokeReasons)[number]>();
    const room = cal.revocations;
    const left = room ? Math.max(0, room.limit - room.revoked) : 0;
    return (
        <Dialog
            danger
            ready={why !== undefined && (room === undefined || left > 0)}
            title={t('holders.revoke_title', {holder: holderName(cal)})}
            does={t('holders.revoke')}
            close={close}
            act={async () => done(await post<Cal>(`/v1/cals/${cal.cal}/revoke`, {why}, {headers: {'Idempotency-Key': key}}))}
        >
            <p>{t('holders.revoke_loses')}</p>
            {room && <p className="calm-gap">{t('holders.revoke_room', {revoked: room.revoked, limit: room.limit, installed: room.installed})}</p>}
            {room && left === 0 && <p className="calm-gap">{room.next ? t('holders.revoke_next', {day: dateTime(room.next)}) : t('holders.revoke_never')}</p>}
            {room && left > 0 && <p className="calm-gap">{tn('holders.revoke_left', left)}</p>}
            <div role="radiogroup" aria-label={t('holders.revoke_why')} className="calm-radios calm-gap">
                <div className="calm-label">{t('holders.revoke_why')}</div>
                {revokeReasons.map((each) => (
                    <Radio key={each} id={`revoke-${each}`} name="why" label={word('revoke_why', each)} isChecked={why === each} onChange={() => setWhy(each)} />
                ))}
            </div>
        </Dialog>
    );
}

// The other CAL of a loan, if this one takes part in one: the stand-in's, or the owner's.
const partner = (cal: Cal | undefined) => cal?.lent?.cal ?? cal?.of;

// Why this holder has it, in words. `other` is whoever holds the other CAL of the loan.
function because(cal: Cal, other: string): string {
    if (cal.state === 'temporary') return t('because.temporary');
    if (cal.state !== 'active') return word('because', cal.state);
    if (cal.lent) return t(`because.lent.${cal.lent.why}`, {to: other, until: lastDay(cal.lent.until)});
    if (cal.of !== undefined) return t('because.stands_in', {holder: other, until: lastDay(cal.expires_at)});
    if (cal.overuse) return t('because.overuse');
    if (cal.lease) return t('because.in_use', {pack: cal.pack ?? 0, until: dateTime(cal.expires_at)});
    return t('because.seat', {pack: cal.pack ?? 0});
}

// A device's names and those that look like it; a station's host.
function elsewhere({holder: {kind, name}}: Cal): string | undefined {
    if (name === undefined || kind === 'user') return undefined;
    return `/console/${kind === 'device' ? 'devices' : 'stations'}?search=${encodeURIComponent(name)}`;
}

function Panel({number: chosen, close, changed, loaned}: {number: string; close: () => void; changed: (cal: Cal, told: string) => void; loaned: (cal: Cal, told: string) => Promise<void>}) {
    const {may} = usePerson();
    const {data: cal, problem, reload} = useData<Cal>(`/v1/cals/${encodeURIComponent(chosen)}`, 15_000);
    const partnerId = partner(cal);
    const {data: partnerCal} = useData<Cal>(partnerId === undefined ? undefined : `/v1/cals/${partnerId}`, 0);
    const hosts = useData<{hosts: Host[]}>(cal?.hosts && cal.hosts.length > 0 ? '/v1/hosts' : undefined, 0);
    const [asked, setAsked] = useState<'release' | 'revoke' | 'lend' | 'recall'>();
    const heading = useRef<HTMLHeadingElement>(null);
    const focusHeading = useFocusWhenDone(asked !== undefined, heading);
    const ready = cal !== undefined;
    useEffect(() => heading.current?.focus(), [chosen, ready]);
    const other = partnerCal ? holderName(partnerCal) : t('stations.cal', {cal: String(partnerId)});
    const hostNames = cal?.hosts?.map((id) => hosts.data?.hosts.find((each) => each.host === id)?.name ?? String(id));
    const live = cal?.state === 'active' || cal?.state === 'temporary';
    const done = (now: Cal) => {
        focusHeading();
        changed(now, t(`holders.now.${now.state as 'returned'}`, {holder: holderName(now)}));
        return reload();
    };
    const loanDone = (now: Cal, told: string) => {
        focusHeading();
        return Promise.all([loaned(now, told), reload()]);
    };
    return (
        <DrawerPanelContent minSize="20rem" defaultSize="26rem" aria-label={t('holders.details')}>
            <DrawerHead>
                <h2 ref={heading} tabIndex={-1} className="pf-v6-c-title pf-m-lg">
                    {cal ? holderName(cal) : t('holders.details')}
                </h2>
                <DrawerActions>
                    <DrawerCloseButton onClick={close} aria-label={t('action.close')} />
                </DrawerActions>
            </DrawerHead>
            <DrawerPanelBody>
                {!cal && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {cal && (
                    <>
                        <p className="calm-because">{because(cal, other)}</p>
                        {elsewhere(cal) !== undefined && (
                            <p className="calm-gap">
                                <Link to={elsewhere(cal) ?? ''}>{t(`holders.elsewhere.${cal.holder.kind as 'device' | 'station'}`)}</Link>
                            </p>
                        )}
                        <Facts
                            wide
                            facts={[
                                [t('fact.cal'), String(cal.cal)],
                                [t('fact.state'), <CalState key="s" state={cal.state} />],
                                partnerId !== undefined && [cal.lent ? t('fact.lent_to') : t('fact.stands_in_for'), <Link key="l" to={`/console/holders?cal=${partnerId}`}>{other}</Link>],
                                hostNames && hostNames.length > 0 && [t('fact.in_use_at'), hostNames.join(', ')],
                                [t('fact.product'), cal.product],
                                [t('fact.kind'), word('kind', cal.kind)],
                                [t('fact.holder'), word('holder_kind', cal.holder.kind)],
                                cal.pack !== undefined && [t('fact.pack'), String(cal.pack)],
                                [t('fact.since'), dateTime(cal.issued_at)],
                                [t('fact.until'), dateTime(cal.expires_at)],
                                [t('fact.entry'), number(cal.entry)],
                            ]}
                        />
                        {may('operate') && <UsedOn key={cal.cal} cal={cal.cal} />}
                        {may('operate') && live && (
                            <div className="calm-buttons">
                                <Button variant="secondary" onClick={() => setAsked('release')}>
                                    {t('holders.release')}
                                </Button>
                                {mayLend(cal) && (
                                    <Button variant="secondary" onClick={() => setAsked('lend')}>
                                        {t('holders.lend')}
                                    </Button>
                                )}
                                {mayRecall(cal) && (
                                    <Button variant="secondary" onClick={() => setAsked('recall')}>
                                        {t('holders.recall')}
                                    </Button>
                                )}
                                {cal.kind === 'per_device' && (
                                    <Button variant="secondary" isDanger onClick={() => setAsked('revoke')}>
                                        {t('holders.revoke')}
                                    </Button>
                                )}
                            </div>
                        )}
                        {asked === 'release' && <Release cal={cal} close={() => setAsked(undefined)} done={done} />}
                        {asked === 'lend' && <Lend cal={cal} close={() => setAsked(undefined)} done={loanDone} />}
                        {asked === 'recall' && <Recall cal={cal} other={other} close={() => setAsked(undefined)} done={loanDone} />}
                        {asked === 'revoke' && <Revoke cal={cal} close={() => setAsked(undefined)} done={done} />}
                    </>
                )}
            </DrawerPanelBody>
        </DrawerPanelContent>
    );
}

function Row({cal, index, chosen, choose}: {cal: Cal | undefined; index: number; chosen: boolean; choose: (cal: Cal) => void}) {
    if (!cal) {
        return (
            <div role="row" aria-rowindex={index + 2} className="calm-row calm-row-waiting">
                <span role="cell">{t('state.loading')}</span>
            </div>
        );
    }
    return (
        <div role="row" aria-rowindex={index + 2} className={chosen ? 'calm-row calm-row-chosen' : 'calm-row'} data-cal={cal.cal}>
            <span role="cell" className="calm-cell-holder">
                <button type="button" className="calm-row-button" title={holderName(cal)} onClick={() => choose(cal)} aria-pressed={chosen}>
                    {holderName(cal)}
                </button>
            </span>
            <span role="cell" className="calm-cell-product" title={cal.overuse ? `${cal.product} · ${t('cal.overuse')}` : cal.product}>
                {cal.product}
                {cal.overuse && (
                    <Label isCompact color="orange" className="calm-inline">
                        {t('cal.overuse')}
                    </Label>
                )}
            </span>
            <span role="cell" className="calm-cell-kind">{word('kind', cal.kind)}</span>
            <span role="cell" className="calm-cell-state">
                {holdingOf(cal) ? <HoldingLabel cal={cal} /> : <CalState state={cal.state} />}
            </span>
            <span role="cell" className="calm-cell-since">{date(cal.issued_at)}</span>
            <span role="cell">{endOf(cal)}</span>
        </div>
    );
}

function List({cals, total, chosen, choose}: {cals: CalRows; total: number; chosen: string | undefined; choose: (cal: Cal) => void}) {
    const {complete} = cals;
    const rows = useRows(total, cals.want);
    return (
        <div className="calm-list">
            <div role="table" aria-label={t('holders.title')} aria-rowcount={complete ? total + 1 : -1} className="calm-table">
                <div role="rowgroup">
                    <div role="row" aria-rowindex={1} className="calm-row calm-row-head">
                        <span role="columnheader">{t('fact.holder')}</span>
                        <span role="columnheader">{t('fact.product')}</span>
                        <span role="columnheader" className="calm-cell-kind">{t('fact.kind')}</span>
                        <span role="columnheader">{t('fact.state')}</span>
                        <span role="columnheader" className="calm-cell-since">{t('fact.since')}</span>
                        <span role="columnheader">{t('fact.until')}</span>
                    </div>
                </div>
                <div role="rowgroup" className="calm-scroll" ref={rows.ref} onScroll={rows.onScroll} tabIndex={0}>
                    <div style={{height: rows.before}} />
                    {rows.indexes.map((index) => (
                        <Row key={index} index={index} cal={cals.at(index)} chosen={String(cals.at(index)?.cal) === chosen} choose={choose} />
                    ))}
                    <div style={{height: rows.after}} />
                </div>
            </div>
            <p className="calm-quiet calm-count" role="status">
                {complete ? tn('holders.count', total) : tn('holders.count_so_far', total)}
            </p>
        </div>
    );
}

export function Holders() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const products = useData<{products: Product[]}>('/v1/products', 0);
    const filters = new URLSearchParams();
    for (const name of ['holder', 'product', 'state', 'kind']) {
        const value = query.get(name);
        if (value) filters.set(name, value);
    }
    const asked = filters.toString();
    const found = useCals(asked);
    const [told, setTold] = useState('');
    useEffect(() => setTold(''), [asked]);
    const changed = (cal: Cal, news: string) => {
        found.replace(cal);
        setTold(news);
    };
    const chosen = query.get('cal') ?? undefined;
    const filtered = filters.size > 0;
    // A filter that names what does not exist finds nothing: no reason to show a problem.
    const nothing = found.problem instanceof Problem && found.problem.code === 'product_unknown';
    // A loan changes two CALs, one of which may be new.
    const loaned = async (cal: Cal, news: string) => {
        await found.reload();
        changed(cal, news);
    };
    const panel = chosen && <Panel key={chosen} number={chosen} close={() => setQuery({cal: undefined})} changed={changed} loaned={loaned} />;
    return (
        <>
            <PageHead title={t('holders.title')} lead={t('holders.lead')} learn="concepts/cal" actions={may('operate') && <Button variant="secondary" onClick={() => setQuery({lend: '1'})}>{t('holders.absent')}</Button>} />
            <PageSection isFilled className="calm-fill">
                <Filters key={query.get('holder')} products={products.data?.products ?? []} />
                <Drawer isExpanded={Boolean(chosen)} isInline className="calm-drawer">
                    <DrawerContent panelContent={panel || <DrawerPanelContent />}>
                        <DrawerContentBody>
                            {found.problem && !nothing && <ProblemNotice problem={found.problem} retry={found.reload} />}
                            {!found.problem && found.total === undefined && <Loading rows={8} />}
                            {(nothing || (found.total === 0 && found.complete)) && (
                                <Nothing icon={UsersIcon} title={filtered ? t('holders.none_found') : t('holders.none')} body={filtered ? t('holders.none_found_body') : t('holders.none_body')} />
                            )}
                            {found.total !== undefined && found.total > 0 && <List key={asked} cals={found} total={found.total} chosen={chosen} choose={(cal) => setQuery({cal: String(cal.cal)})} />}
                            <div role="status">{told && <Alert component="p" variant="success" isInline className="calm-gap" title={told} />}</div>
                        </DrawerContentBody>
                    </DrawerContent>
                </Drawer>
            </PageSection>
            {query.get('lend') && may('operate') && (
                <LendForAbsence
                    close={() => setQuery({lend: undefined})}
                    done={async (cal, news) => {
                        setQuery({cal: String(cal.cal)});
                        await loaned(cal, news);
                    }}
                />
            )}
        </>
    );
}
