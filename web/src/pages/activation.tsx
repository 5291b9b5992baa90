// Activate this server: by which vendors it is activated, and the three ways of becoming so.
import {Alert, Button, Card, CardBody, CardHeader, CardTitle, Label, PageSection, Radio} from '@patternfly/react-core';
import CertificateIcon from '@patternfly/react-icons/dist/esm/icons/certificate-icon';
import {useEffect, useRef, useState} from 'react';
import {type ActivationVendor, giveUp, goOnline, isReachable, usualWay, wasActivated, type Way, ways} from '../activation';
import {type ActivationRequest, type Activations, asProblem, type Problem, type TakenAnswer} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {saveFile} from '../files';
import {ByFile, ByPhone, NoClearinghouse, Online, type WayProps} from '../parts/activation_ways';
import {Dialog, useFocusWhenDone} from '../parts/dialog';
import {Copy, Facts} from '../parts/facts';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {Taken} from '../parts/taken_answer';
import {VendorFile} from '../parts/vendor_file';
import {useQuery} from '../router';
import {t, tn, word} from '../texts';
import {date} from '../time';

const stateColors = {activated: 'green', ended: 'orange', not_activated: 'grey'} as const;

const nameOf = (vendor: ActivationVendor) => vendor.vendor || vendor.fingerprint;

// What a vendor's certificate says, in words.
function stateOf({state, until, needed}: ActivationVendor): string {
    if (state === 'activated' && until) return t('activation.until', {until: date(until)});
    if (state === 'ended') return until ? t('activation.ended', {until: date(until)}) : t('activation.given_up');
    return needed ? t('activation.needed') : t('activation.not_needed');
}

function VendorCard({vendor, begin, end, news}: {vendor: ActivationVendor; begin: () => void; end: () => void; news: () => Promise<void>}) {
    const {may} = usePerson();
    const [busy, setBusy] = useState(false);
    const name = nameOf(vendor);
    const {state, clearinghouse} = vendor;
    const begins = wasActivated(vendor) ? t('activation.again') : t('activation.begin');
    const of = (does: string) => t('activation.does_of', {does, vendor: name});
    return (
        <Card isCompact>
            <CardHeader>
                <CardTitle component="h3">
                    <span className="calm-breaks">{name}</span>{' '}
                    <Label isCompact color={state === 'not_activated' && vendor.needed ? 'orange' : stateColors[state]}>
                        {word('activation.state', state)}
                    </Label>
                </CardTitle>
            </CardHeader>
            <CardBody>
                <p className="calm-because">{stateOf(vendor)}</p>
                <Facts
                    wide
                    facts={[
                        vendor.serial !== undefined && [t('activation.serial'), t('activation.number', {number: vendor.serial})],
                        vendor.status_list !== undefined && [t('activation.status_list'), t('activation.number', {number: vendor.status_list})],
                        [t('activation.clearinghouse'), clearinghouse ? clearinghouse.address || t('activation.no_address') : t('activation.unknown')],
                        vendor.vendor !== '' && [t('fact.fingerprint'), <span key="f" className="calm-fingerprint">{vendor.fingerprint}</span>],
                    ]}
                />
                {may('license') && (
                    <div className="calm-buttons">
                        <Button variant={state === 'activated' ? 'secondary' : 'primary'} aria-label={of(begins)} onClick={begin}>
                            {begins}
                        </Button>
                        {state === 'activated' && isReachable(vendor) && (
                            <Button
                                variant="secondary"
                                isDisabled={busy}
                                isLoading={busy}
                                aria-label={of(t('activation.news'))}
                                onClick={() => {
                                    setBusy(true);
                                    void news().finally(() => setBusy(false));
                                }}
                            >
                                {t('activation.news')}
                            </Button>
                        )}
                        {state === 'activated' && (
                            <Button variant="link" isDanger aria-label={of(t('activation.end'))} onClick={end}>
                                {t('activation.end')}
                            </Button>
                        )}
                    </div>
                )}
            </CardBody>
        </Card>
    );
}

const views = {online: Online, file: ByFile, phone: ByPhone};

function isPossible(way: Way, vendor: ActivationVendor): boolean {
    if (way === 'online') return isReachable(vendor);
    return way === 'file' || vendor.clearinghouse !== undefined;
}

function Wizard({close, ...props}: WayProps & {close: () => void}) {
    const {vendor} = props;
    const [query, setQuery] = useQuery();
    const asked = ways.find((each) => each === query.get('way'));
    const way = asked && isPossible(asked, vendor) ? asked : usualWay(vendor);
    const View = views[way];
    const title = useRef<HTMLHeadingElement>(null);
    useEffect(() => title.current?.focus(), []);
    return (
        <Card className="calm-form-card calm-gap">
            <CardHeader>
                <h2 ref={title} tabIndex={-1} className="calm-done-title calm-breaks">
                    {t('activation.wizard', {vendor: nameOf(vendor)})}
                </h2>
                <div role="radiogroup" aria-label={t('activation.how')} className="calm-radios calm-gap">
                    {ways.map((each) => (
                        <Radio
                            key={each}
                            id={`way-${each}`}
                            name="way"
                            label={word('activation.way', each)}
                            description={word('activation.way_help', each)}
                            isDisabled={!isPossible(each, vendor)}
                            isChecked={way === each}
                            onChange={() => setQuery({way: each}, true)}
                        />
                    ))}
                </div>
            </CardHeader>
            <CardBody>
                {!isReachable(vendor) && <NoClearinghouse />}
                <div className="calm-gap">
                    <View key={`${vendor.key} ${way}`} {...props} />
                </div>
                <Button variant="link" isInline className="calm-gap" onClick={close}>
                    {t('action.close')}
                </Button>
            </CardBody>
        </Card>
    );
}

// First the question; then the file, which cannot be made a second time.
function Deactivate({vendor, close, done}: {vendor: ActivationVendor; close: () => void; done: () => unknown}) {
    const [made, setMade] = useState<ActivationRequest>();
    if (made) {
        return (
            <Dialog key="next" title={t('moving.done_title', {file: made.file})} does={t('action.done')} told close={close} act={async () => undefined}>
                <p>{t('activation.ended_next', {vendor: nameOf(vendor)})}</p>
                <Button variant="link" isInline className="calm-gap" onClick={() => saveFile(made.file, made.request)}>
                    {t('activation.request_again')}
                </Button>
            </Dialog>
        );
    }
    const act = async () => {
        const request = await giveUp(vendor);
        saveFile(request.file, request.request);
        setMade(request);
        await done();
    };
    return (
        <Dialog key="question" danger title={t('activation.end_title', {vendor: nameOf(vendor)})} does={t('activation.end')} act={act} close={() => undefined} cancel={close}>
            <p>{t('activation.end_body')}</p>
            <p className="calm-gap">{t('activation.end_file')}</p>
        </Dialog>
    );
}

interface Told {
    vendor: string;
    taken?: TakenAnswer;
    problem?: Problem;
}

function Outcome({told: {vendor, taken, problem}}: {told: Told}) {
    if (problem) return <ProblemNotice problem={problem} />;
    if (!taken) return null;
    return <Taken taken={taken} title={taken.activated_until === undefined ? t('activation.taken.title', {vendor}) : t('activation.taken.activated', {vendor})} />;
}

function Vendors({data, reload}: {data: Activations; reload: () => Promise<void>}) {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const [told, setTold] = useState<Told>();
    const [ending, setEnding] = useState<ActivationVendor>();
    const notice = useRef<HTMLDivElement>(null);
    const chosen = may('license') ? data.vendors.find((each) => each.key === query.get('vendor')) : undefined;
    const close = () => setQuery({vendor: undefined, way: undefined});
    const tell = (next: Told) => {
        setTold(next);
        void reload();
        notice.current?.focus();
    };
    const news = async (vendor: ActivationVendor) => {
        try {
            tell({vendor: nameOf(vendor), taken: await goOnline({vendor: vendor.key, purpose: 'packs'})});
        } catch (error) {
            tell({vendor: nameOf(vendor), problem: asProblem(error)});
        }
    };
    // The answer itself says whose it is.
    const whenTaken = (taken: TakenAnswer) => {
        const of = data.vendors.find((each) => each.key === taken.vendor) ?? chosen;
        close();
        tell({vendor: of ? nameOf(of) : '', taken});
    };
    return (
        <>
            <div ref={notice} tabIndex={-1} aria-live="polite" className="calm-notice calm-gap">
                {told && <Outcome told={told} />}
            </div>
            {!chosen && (
                <>
                    <h2 className="calm-section">{tn('activation.vendors', data.vendors.length)}</h2>
                    <div className="calm-cards calm-cards-wide calm-vendors">
                        {data.vendors.map((each) => (
                            <VendorCard
                                key={each.key}
                                vendor={each}
                                begin={() => {
                                    setTold(undefined);
                                    setQuery({vendor: each.key, way: undefined});
                                }}
                                end={() => setEnding(each)}
                                news={() => news(each)}
                            />
                        ))}
                    </div>
                </>
            )}
            {chosen && <Wizard key={chosen.key} vendor={chosen} serverId={data.license_server_id} whenTaken={whenTaken} changed={reload} close={close} />}
            {ending && <Deactivate vendor={ending} close={() => setEnding(undefined)} done={reload} />}
        </>
    );
}

export function Activation() {
    const {may} = usePerson();
    const {data, problem, reload} = useData<Activations>('/v1/activations');
    const [query, setQuery] = useQuery();
    const [told, setTold] = useState('');
    const notice = useRef<HTMLDivElement>(null);
    const asked = data && may('own') && query.has('file');
    const focusNotice = useFocusWhenDone(Boolean(asked), notice);
    const give = may('own') && (
        <Button variant="secondary" onClick={() => setQuery({file: '1'})}>
            {t('activation.vendor_file')}
        </Button>
    );
    const done = async (words: string) => {
        focusNotice();
        await reload();
        setTold(words);
    };
    return (
        <>
            <PageHead title={t('activation.title')} lead={t('activation.lead')} learn="concepts/activation" actions={give} />
            <PageSection>
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {data && (
                    <>
                        <Stale problem={problem} retry={reload} />
                        <div ref={notice} tabIndex={-1} aria-live="polite" className="calm-notice">
                            {told && <Alert component="p" variant="success" isInline title={told} />}
                        </div>
                        <div className="calm-own-id">
                            <Facts facts={[[t('home.server_id'), <Copy key="id" text={data.license_server_id} label={t('home.server_id')} />]]} />
                        </div>
                        {data.vendors.length === 0 ? <Nothing icon={CertificateIcon} title={t('activation.none')} body={t('activation.none_body')} /> : <Vendors data={data} reload={reload} />}
                    </>
                )}
            </PageSection>
            {asked && <VendorFile vendors={data.vendors} close={() => setQuery({file: undefined})} done={done} />}
        </>
    );
}
