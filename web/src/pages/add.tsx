// Add client access licenses: what the pack says, who signed it, what changes; then the pool's new size.
import {
    Alert, Button, Card, CardBody, CardHeader, CardTitle, Checkbox, Content, Form, FormGroup, PageSection, Radio,
} from '@patternfly/react-core';
import CheckCircleIcon from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import {type FormEvent, useEffect, useRef, useState} from 'react';
import {type Activations, ask, asProblem, idempotencyKey, type Pack, type PackPreview, type Problem, type Product, type Status, type TakenAnswer, type Vendor} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {faultOf, printed} from '../ledger_id';
import {cameFrom, isTransfer, type MovedFrom, packLabel, type Source, transferLabel} from '../moving';
import {AgreementPacks} from '../parts/agreement_packs';
import {Facts, Meter} from '../parts/facts';
import {Changes} from '../parts/changes';
import {type Counts, Figures, missingOf} from '../parts/figures';
import {PackByPhone} from '../parts/pack_by_phone';
import {ProductField} from '../parts/product_field';
import {ProductKeys} from '../parts/product_keys';
import {QuantityField, usualQuantity} from '../parts/quantity_field';
import {ServerId} from '../parts/server_id';
import {PageHead} from '../parts/shell';
import {Loading, ProblemNotice} from '../parts/states';
import {Taken} from '../parts/taken_answer';
import {TextFile} from '../parts/text_file';
import {follow, go, isWebAddress, Link, useQuery} from '../router';
import {t, tn, word} from '../texts';
import {date} from '../time';

const packBytesMax = 65_536;

// Whoever has nothing to add yet: what to hand to whoever buys, and where the trusted vendors sell.
function BuyLinks() {
    const {data} = useData<{vendors: Vendor[]}>('/v1/vendors', 0);
    return (
        <p className="calm-links">
            <Link to="/console/purchase">{t('purchase.make')}</Link>
            {data?.vendors.map(
                (each) =>
                    isWebAddress(each.buy_url) && (
                        <a key={each.key} href={each.buy_url} target="_blank" rel="noopener noreferrer">
                            {t('add.buy_from', {vendor: each.name ?? each.fingerprint})}
                        </a>
                    ),
            )}
        </p>
    );
}

function Buy({missing}: {missing: number}) {
    return (
        <Alert component="p" variant="warning" isInline className="calm-stale calm-form-card" title={tn('add.short', missing)}>
            <p>{t('add.short_body')}</p>
            <BuyLinks />
        </Alert>
    );
}

// Trust is given by a person who compared the fingerprint with what the vendor says by another way.
function Trust({preview, text, whenTrusted}: {preview: PackPreview; text: string; whenTrusted: () => unknown}) {
    const {may} = usePerson();
    const [compared, setCompared] = useState(false);
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const {vendor, fingerprint} = preview.pack;
    const trust = async () => {
        setBusy(true);
        try {
            await ask('/v1/vendors', {method: 'POST', text, headers: {'CALM-Fingerprint': fingerprint}});
            await whenTrusted();
        } catch (error) {
            setProblem(asProblem(error));
        }
        setBusy(false);
    };
    return (
        <Alert component="p" variant="warning" isInline title={t('add.unknown_vendor', {vendor})} className="calm-gap">
            <p>{t('add.compare')}</p>
            <p className="calm-fingerprint">{fingerprint}</p>
            {may('own') ? (
                <>
                    <Checkbox id="compared" label={t('add.compared')} isChecked={compared} onChange={(_, value) => setCompared(value)} />
                    <Button className="calm-gap" variant="secondary" isDisabled={!compared || busy} isLoading={busy} onClick={() => void trust()}>
                        {t('add.trust', {vendor})}
                    </Button>
                </>
            ) : (
                <p>{t('add.ask_an_owner')}</p>
            )}
            {problem && <ProblemNotice problem={problem} />}
        </Alert>
    );
}

// The pack is for a product that this server does not know, and brings no rules for it.
function Define({product, whenDefined}: {product: string; whenDefined: () => unknown}) {
    const [problem, setProblem] = useState<Problem>();
    const define = async () => {
        try {
            await ask('/v1/products', {method: 'POST', json: {product, requires: 'activated'}});
            await whenDefined();
        } catch (error) {
            setProblem(asProblem(error));
        }
    };
    return (
        <Alert component="p" variant="warning" isInline title={t('add.unknown_product', {product})} className="calm-gap">
            <p>{t('add.unknown_product_body')}</p>
            <Button className="calm-gap" variant="secondary" onClick={() => void define()}>
                {t('add.define', {product})}
            </Button>
            {problem && <ProblemNotice problem={problem} />}
        </Alert>
    );
}

type Preview = PackPreview & {moved_from?: MovedFrom};

function Said({preview}: {preview: Preview}) {
    const {pack, defines_product, product_known, moved_from: from} = preview;
    return (
        <Facts
            wide
            facts={[
                [t('fact.product'), [pack.product, ...pack.also].join(', ')],
                [t('fact.kind'), word('kind', pack.kind)],
                [t('fact.quantity'), tn('pool.cals', pack.quantity)],
                pack.metric !== undefined && [t('fact.metric'), word('metric', pack.metric)],
                [t('fact.channel'), word('channel', pack.channel)],
                pack.agreement_number !== undefined && [t('fact.agreement'), `${word('program', pack.agreement_program)} ${pack.agreement_number}`],
                pack.overdraft !== undefined && [t('fact.overdraft'), tn('pool.cals', pack.overdraft)],
                [t('fact.valid'), pack.expires_at ? t('fact.from_to', {from: date(pack.not_before), to: date(pack.expires_at)}) : t('fact.from', {from: date(pack.not_before)})],
                pack.maintained_until !== undefined && [t('fact.maintained'), date(pack.maintained_until)],
                from && [t('moving.comes_from'), <span key="m" className="calm-breaks">{t(`moving.from.${from.source}`, {server: from.server})}</span>],
                [t('fact.signed_by'), pack.vendor],
                preview.vendor_trusted && [t('fact.fingerprint'), <span key="f" className="calm-fingerprint">{pack.fingerprint}</span>],
                defines_product && !product_known && [t('fact.new_product'), t('add.defines_product')],
            ]}
        />
    );
}

// What was added, and how large the pool is now.
function Done({pack, again}: {pack: Pack; again: () => void}) {
    const {data} = useData<Status>('/v1/status', 0);
    const product = data?.products.find((each) => each.product === pack.product);
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    return (
        <Card>
            <CardBody>
                <div className="calm-done">
                    <CheckCircleIcon className="calm-done-icon" />
                    <h2 ref={heading} tabIndex={-1} className="calm-done-title">
                        {tn('add.done', pack.quantity, {product: pack.product})}
                    </h2>
                </div>
                {product && <Meter used={product.used} owned={product.owned} label={t('pool.of', {product: pack.product})} />}
                {pack.state === 'not_activated' && (
                    <Alert component="p" variant="warning" isInline className="calm-gap" title={t('add.asks_activation')}>
                        <Link to="/console/activation">{t('activation.title')}</Link>
                    </Alert>
                )}
                <div className="calm-buttons">
                    <Button component="a" href="/console/licenses" onClick={(event) => follow(event as never, '/console/licenses')}>
                        {t('add.see_licenses')}
                    </Button>
                    <Button variant="secondary" onClick={again}>
                        {t('add.another')}
                    </Button>
                </div>
            </CardBody>
        </Card>
    );
}

// A pack that another license server had, and cannot hand over: which one, and why.
function Elsewhere({from, set}: {from: {server: string; source: Source} | undefined; set: (from: {server: string; source: Source} | undefined) => void}) {
    return (
        <div>
            <Checkbox id="elsewhere" label={t('moving.elsewhere')} isChecked={from !== undefined} onChange={(_, value) => set(value ? {server: '', source: 'unreachable'} : undefined)} />
            {from && (
                <div className="calm-within">
                    <ServerId id="elsewhere-server" label={t('moving.elsewhere_server')} help={t('moving.elsewhere_help')} value={from.server} set={(server) => set({...from, server})} />
                    <div role="radiogroup" aria-label={t('moving.elsewhere_why')} className="calm-radios calm-gap">
                        {(['unreachable', 'dead'] as const).map((each) => (
                            <Radio key={each} id={`source-${each}`} name="source" label={word('moving.source', each)} description={word('moving.source_help', each)} isChecked={from.source === each} onChange={() => set({...from, source: each})} />
                        ))}
                    </div>
                    <Alert component="p" variant="warning" isInline className="calm-gap" title={t('moving.elsewhere_warning')}>
                        <p>{t('moving.elsewhere_warning_body')}</p>
                    </Alert>
                </div>
            )}
        </div>
    );
}

function FromPack({counts, whenDone}: {counts: Counts; whenDone: (pack: Pack) => void}) {
    const [text, setText] = useState('');
    const [from, setFrom] = useState<{server: string; source: Source}>();
    const [preview, setPreview] = useState<Preview>();
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const key = useRef(idempotencyKey());
    const whole = text.includes('-----END');
    const transfer = isTransfer(text);
    // Nothing is asked before it is known which server the pack comes from.
    const waits = from !== undefined && !transfer && faultOf(from.server) !== undefined;
    const query = transfer || waits ? '' : cameFrom(from && {server: printed(from.server), source: from.source});

    const look = async (pack: string, origin: string, signal?: AbortSignal) => {
        try {
            const answer = await ask(`/v1/packs?dry_run=yes${origin && `&${origin}`}`, {method: 'POST', text: pack, signal});
            setPreview((await answer.json()) as Preview);
            setProblem(undefined);
        } catch (error) {
            if (signal?.aborted) return;
            setPreview(undefined);
            setProblem(asProblem(error));
        }
    };

    // Checked as it is typed: a moment after the last key.
    useEffect(() => {
        setPreview(undefined);
        setProblem(undefined);
        key.current = idempotencyKey();
        if (!whole || waits) return undefined;
        const stop = new AbortController();
        const timer = setTimeout(() => void look(text, query, stop.signal), 250);
        return () => {
            clearTimeout(timer);
            stop.abort();
        };
    }, [text, whole, waits, query]);

    const install = async (event: FormEvent) => {
        event.preventDefault();
        if (!preview?.installable || busy) return;
        setBusy(true);
        try {
            const answer = await ask(`/v1/packs${query && `?${query}`}`, {method: 'POST', text, headers: {'Idempotency-Key': key.current}});
            whenDone((await answer.json()) as Pack);
        } catch (error) {
            setProblem(asProblem(error));
            setBusy(false);
        }
    };
    const again = () => look(text, query);

    return (
        <Form onSubmit={(event) => void install(event)}>
            <TextFile
                id="pack"
                label={t('add.pack')}
                help={t('add.pack_help')}
                tooLarge={t('add.too_large')}
                bytesMax={packBytesMax}
                placeholder={`-----BEGIN ${packLabel}-----`}
                rows={preview === undefined ? 9 : 4}
                text={text}
                setText={setText}
            />
            <div aria-live="polite">
                {problem && <ProblemNotice problem={problem} title={t('add.not_readable')} />}
                {text !== '' && !whole && <Content component="p">{t('add.not_whole', {end: `-----END ${transfer ? transferLabel : packLabel}-----`})}</Content>}
                {preview && (
                    <>
                        <h3 className="calm-subtitle">{t('add.says')}</h3>
                        <Said preview={preview} />
                        {!preview.vendor_trusted && <Trust preview={preview} text={text} whenTrusted={again} />}
                        {preview.problem?.code === 'pack_product_unknown' && <Define product={preview.pack.product} whenDefined={again} />}
                        {preview.problem && preview.problem.code !== 'pack_product_unknown' && preview.vendor_trusted && (
                            <Alert component="p" variant="danger" isInline title={preview.problem.title ?? preview.problem.code} className="calm-gap">
                                <p>{preview.problem.remedy}</p>
                            </Alert>
                        )}
                        {preview.installable && (
                            <Changes
                                product={preview.pack.product}
                                kind={preview.pack.kind}
                                before={preview.pool.owned_now}
                                after={preview.pool.owned_then}
                                missing={counts(preview.pack.product).missing}
                                foreseeable={preview.product_known && preview.pack.metric !== 'per_server'}
                            />
                        )}
                    </>
                )}
            </div>
            {whole && !transfer && <Elsewhere from={from} set={setFrom} />}
            <div className="calm-buttons">
                <Button type="submit" isDisabled={!preview?.installable || busy} isLoading={busy}>
                    {preview ? tn('add.install', preview.pack.quantity) : t('add.install_none')}
                </Button>
            </div>
        </Form>
    );
}

// Products on trust need no signed pack: what was bought is declared.
function Declared({products, counts, renewed, whenDone}: {products: Product[]; counts: Counts; renewed: Pack | undefined; whenDone: (pack: Pack) => void}) {
    const [product, setProduct] = useState(products[0]?.product ?? '');
    const [kind, setKind] = useState<string>(renewed?.kind ?? 'per_user');
    const [quantity, setQuantity] = useState(renewed?.quantity ?? (counts(product).missing || usualQuantity));
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const key = useRef(idempotencyKey());
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        try {
            const answer = await ask('/v1/packs', {method: 'POST', json: {declared: {product, kind, quantity}}, headers: {'Idempotency-Key': key.current}});
            whenDone((await answer.json()) as Pack);
        } catch (error) {
            setProblem(asProblem(error));
            setBusy(false);
        }
    };
    return (
        <Form onSubmit={(event) => void submit(event)}>
            <ProductField
                products={products}
                value={product}
                choose={(value) => {
                    setProduct(value);
                    setQuantity(counts(value).missing || usualQuantity);
                }}
            />
            <FormGroup role="radiogroup" label={t('fact.kind')} fieldId="kind">
                {(['per_user', 'per_device'] as const).map((each) => (
                    <Radio key={each} id={each} name="kind" label={word('kind', each)} isChecked={kind === each} onChange={() => setKind(each)} />
                ))}
            </FormGroup>
            <QuantityField id="quantity" label={t('fact.quantity')} value={quantity} set={setQuantity} />
            <Changes product={product} kind={kind} before={counts(product).owned} after={counts(product).owned + quantity} missing={counts(product).missing} />
            {problem && <ProblemNotice problem={problem} />}
            <div className="calm-buttons">
                <Button type="submit" isDisabled={busy} isLoading={busy}>
                    {tn('add.install', quantity)}
                </Button>
            </div>
        </Form>
    );
}

const waysToAdd = ['pack', 'keys', 'open', 'program', 'phone', 'declare'] as const;
type WayToAdd = (typeof waysToAdd)[number];

// What came of product keys, or of asking for the packs of an agreement.
function Redeemed({taken, keys, again}: {taken: TakenAnswer; keys: boolean; again: () => void}) {
    const notice = useRef<HTMLDivElement>(null);
    useEffect(() => notice.current?.focus(), []);
    return (
        <Card className="calm-form-card">
            <CardBody>
                <div ref={notice} tabIndex={-1} className="calm-notice">
                    <Taken taken={taken} title={keys ? t('keys.done') : t('agreement.done')} />
                </div>
                <Button variant="secondary" onClick={again}>
                    {keys ? t('keys.more') : t('add.another')}
                </Button>
            </CardBody>
        </Card>
    );
}

interface HowProps {
    products: Product[];
    activations: Activations;
    counts: Counts;
    missing: number; // of all products
    renewed: Pack | undefined; // whose time ends
    whenDone: (pack: Pack) => void;
    whenTaken: (taken: TakenAnswer, keys: boolean) => void;
}

// A pack whose time ends: its vendor renews it with a document of the same pack; what was declared is declared anew.
function Renewing({pack}: {pack: Pack}) {
    return (
        <Alert component="p" variant="info" isInline className="calm-stale calm-form-card" title={t('add.renewing', {pack: pack.pack, product: pack.product, until: date(pack.expires_at ?? '')})}>
            <p>{pack.declared ? t('add.renewing_declared') : t('add.renewing_signed')}</p>
            {!pack.declared && (
                <p className="calm-links">
                    <Link to="/console/activation">{t('add.renewing_fetch')}</Link>
                </p>
            )}
        </Alert>
    );
}

// Which way it is stands in the address.
function How({products: all, activations, counts, missing, renewed, whenDone, whenTaken}: HowProps) {
    const [query, setQuery] = useQuery();
    // Forms begin with the first product.
    const products = renewed ? [...all].sort((a, b) => Number(b.product === renewed.product) - Number(a.product === renewed.product)) : all;
    const trusted = products.filter((each) => each.requires === 'trusted');
    const possible = waysToAdd.filter((each) => each !== 'declare' || trusted.length > 0);
    const way: WayToAdd = possible.find((each) => each === (query.get('way') ?? (renewed?.declared ? 'declare' : 'pack'))) ?? 'pack';
    const known = activations.vendors.filter((each) => each.clearinghouse !== undefined);
    // A request file is made for any of them.
    const vendors = [...known, ...activations.vendors.filter((each) => each.clearinghouse === undefined)];
    return (
        <Card className="calm-form-card">
            <CardHeader>
                <CardTitle component="h2">{t('add.how')}</CardTitle>
                <div role="radiogroup" aria-label={t('add.how')} className="calm-radios calm-gap">
                    {possible.map((each) => (
                        <Radio key={each} id={`way-${each}`} name="way" label={word('add.way', each)} description={word('add.way_help', each)} isChecked={way === each} onChange={() => setQuery({way: each}, true)} />
                    ))}
                </div>
            </CardHeader>
            <CardBody>
                {way === 'pack' && <FromPack counts={counts} whenDone={whenDone} />}
                {way === 'keys' && <ProductKeys vendors={vendors} whenTaken={(taken) => whenTaken(taken, true)} />}
                {(way === 'open' || way === 'program') && (
                    <AgreementPacks key={way} open={way === 'open'} vendors={vendors} products={products} serverId={activations.license_server_id} counts={counts} whenDone={whenDone} whenTaken={(taken) => whenTaken(taken, false)} />
                )}
                {way === 'phone' && <PackByPhone vendors={known} products={products} serverId={activations.license_server_id} counts={counts} whenDone={whenDone} />}
                {way === 'declare' && <Declared products={trusted} counts={counts} renewed={renewed} whenDone={whenDone} />}
                {missing === 0 && (
                    <div className="calm-none-yet">
                        <p className="calm-quiet">{t('add.none_yet')}</p>
                        <BuyLinks />
                    </div>
                )}
            </CardBody>
        </Card>
    );
}

export function Add() {
    const status = useData<Status>('/v1/status', 0);
    const products = useData<{products: Product[]}>('/v1/products', 0);
    const activations = useData<Activations>('/v1/activations', 0);
    const [done, setDone] = useState<Pack>();
    const [taken, setTaken] = useState<{answer: TakenAnswer; keys: boolean}>();
    const [query] = useQuery();
    const wanted = query.get('renew');
    const packs = useData<{packs: Pack[]}>(wanted === null ? undefined : '/v1/packs', 0);
    const renewed = packs.data?.packs.find((each) => String(each.pack) === wanted);
    const problem = status.problem ?? products.problem ?? activations.problem ?? packs.problem;
    const all = status.data?.products ?? [];
    const missing = missingOf(all);
    const counts: Counts = (product) => ({owned: all.find((each) => each.product === product)?.owned ?? 0, missing: missingOf(all, product)});
    const reload = () => Promise.all([status.reload(), products.reload(), activations.reload()]);
    const again = () => {
        setDone(undefined);
        setTaken(undefined);
        void reload();
    };
    const asking = !done && !taken;
    return (
        <>
            <PageHead title={t('add.title')} lead={t('add.lead')} learn="operating/console" actions={<Button variant="link" onClick={() => go('/console/licenses')}>{t('add.see_licenses')}</Button>} />
            <PageSection>
                {!status.data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {status.data && asking && <Figures status={status.data} />}
                {asking && renewed && <Renewing pack={renewed} />}
                {asking && missing > 0 && <Buy missing={missing} />}
                {done && <Done pack={done} again={again} />}
                {taken && <Redeemed taken={taken.answer} keys={taken.keys} again={again} />}
                {status.data && products.data && activations.data && (wanted === null || packs.data) && asking && (
                    <How products={products.data.products} activations={activations.data} counts={counts} missing={missing} renewed={renewed} whenDone={setDone} whenTaken={(answer, keys) => setTaken({answer, keys})} />
                )}
            </PageSection>
        </>
    );
}
