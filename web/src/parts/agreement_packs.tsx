// CALs under a volume agreement: the numbers of the agreement as its program writes them, then what is taken from it. On
// trust they are entered here; where a product asks for signed packs, the vendor draws them and this server fetches them.
import {Alert, Button, Form, FormGroup, FormSelect, FormSelectOption} from '@patternfly/react-core';
import {type FormEvent, useRef, useState} from 'react';
import {type ActivationVendor, goOnline, isReachable, makeRequest} from '../activation';
import {agreementNumber, agreementOf, authorizationNumber, bareNumber, isWholeNumber, licenseNumber, otherPrograms, type Program} from '../agreement';
import {type ActivationRequest, ask, asProblem, idempotencyKey, type Pack, type Problem, type Product, type TakenAnswer} from '../api';
import {saveFile} from '../files';
import {Link} from '../router';
import {t, tn, word} from '../texts';
import {AgreementNumber} from './agreement_number';
import {AnswerBox} from './answer_box';
import {CalsFields, useWantedCals} from './cals_fields';
import {Changes} from './changes';
import {Copy} from './facts';
import type {Counts} from './figures';
import {RequestMade} from './request_made';
import {ProblemNotice} from './states';
import {VendorChoice} from './vendor_choice';

const kinds = ['per_user', 'per_device'] as const;

interface Agreement {
    program: Program;
    number: string;
    authorization: string;
}

function isWhole({program, number, authorization}: Agreement): boolean {
    if (program !== 'open') return isWholeNumber(number, agreementNumber);
    return isWholeNumber(number, licenseNumber) && (bareNumber(authorization) === '' || isWholeNumber(authorization, authorizationNumber));
}

function Numbers({agreement, set}: {agreement: Agreement; set: (agreement: Agreement) => void}) {
    const {program, number, authorization} = agreement;
    if (program === 'open') {
        return (
            <div className="calm-two">
                <AgreementNumber id="license-number" label={t('agreement.license_number')} help={t('agreement.license_number_help')} form={licenseNumber} value={number} set={(value) => set({...agreement, number: value})} />
                <AgreementNumber id="authorization" label={t('agreement.authorization')} help={t('agreement.authorization_help')} form={authorizationNumber} value={authorization} set={(value) => set({...agreement, authorization: value})} isRequired={false} />
            </div>
        );
    }
    return (
        <div className="calm-two">
            <FormGroup label={t('agreement.program')} fieldId="program" isRequired>
                <FormSelect id="program" value={program} onChange={(_, value) => set({...agreement, program: value as Program})}>
                    {otherPrograms.map((each) => (
                        <FormSelectOption key={each} value={each} label={word('agreement.program_name', each)} />
                    ))}
                </FormSelect>
            </FormGroup>
            <AgreementNumber id="agreement-number" label={program === 'other' ? t('agreement.number') : t('agreement.enrollment')} help={t('agreement.number_help')} form={agreementNumber} value={number} set={(value) => set({...agreement, number: value})} />
        </div>
    );
}

// The vendor draws a pack from the agreement for this very server; then it is fetched, by network or with a file.
function Drawn({vendors, order, made, setMade, whenTaken}: {vendors: ActivationVendor[]; order: string | undefined; made: ActivationRequest | undefined; setMade: (made: ActivationRequest) => void; whenTaken: (taken: TakenAnswer) => void}) {
    const [chosen, setChosen] = useState<string>();
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const vendor = vendors.find((each) => each.key === chosen) ?? vendors[0];
    const run = async (act: () => Promise<unknown>) => {
        setBusy(true);
        setProblem(undefined);
        try {
            await act();
        } catch (error) {
            setProblem(asProblem(error));
        }
        setBusy(false);
    };
    const wish = {vendor: vendor?.key, purpose: 'packs'} as const;
    const write = () =>
        run(async () => {
            const request = await makeRequest(wish);
            saveFile(request.file, request.request);
            setMade(request);
        });
    const online = vendor !== undefined && isReachable(vendor);
    return (
        <>
            <Alert component="p" variant="info" isInline title={t('agreement.drawn')}>
                <p>{t('agreement.drawn_body')}</p>
            </Alert>
            {order !== undefined && (
                <div>
                    <p className="calm-label">{t('agreement.tell')}</p>
                    <Copy text={order} label={t('agreement.tell')} />
                </div>
            )}
            {!vendor && (
                <p>
                    {t('keys.no_vendor')} <Link to="/console/activation?file=1">{t('activation.vendor_file')}</Link>
                </p>
            )}
            {vendor && (
                <>
                    <VendorChoice vendors={vendors} value={vendor.key} choose={setChosen} />
                    {problem && <ProblemNotice problem={problem} />}
                    <div className="calm-buttons">
                        {online && (
                            <Button isDisabled={busy} isLoading={busy} onClick={() => void run(async () => whenTaken(await goOnline(wish)))}>
                                {t('agreement.fetch')}
                            </Button>
                        )}
                        <Button variant={online ? 'secondary' : 'primary'} isDisabled={busy} onClick={() => void write()}>
                            {t('keys.write')}
                        </Button>
                    </div>
                </>
            )}
            {made && <RequestMade made={made} next={t('activation.carry')} />}
        </>
    );
}

interface Props {
    open: boolean; // Open License, else one of the other programs
    products: Product[];
    vendors: ActivationVendor[];
    serverId: string;
    counts: Counts;
    whenDone: (pack: Pack) => void;
    whenTaken: (taken: TakenAnswer) => void;
}

export function AgreementPacks({open, products, vendors, serverId, counts, whenDone, whenTaken}: Props) {
    const sold = products.filter((each) => each.requires !== 'none');
    const [agreement, setAgreement] = useState<Agreement>({program: open ? 'open' : 'select', number: '', authorization: ''});
    const {wanted, set} = useWantedCals(sold, counts);
    const {product, kind, quantity} = wanted;
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const [made, setMade] = useState<ActivationRequest>();
    const key = useRef(idempotencyKey());
    const whole = isWhole(agreement);
    const onTrust = sold.find((each) => each.product === product)?.requires === 'trusted';
    const number = agreementOf(agreement.program, agreement.number, agreement.authorization);
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        if (!whole || !onTrust || busy) return;
        setBusy(true);
        try {
            const declared = {product, kind, quantity, channel: 'volume', agreement_program: agreement.program, agreement_number: number};
            const answer = await ask('/v1/packs', {method: 'POST', json: {declared}, headers: {'Idempotency-Key': key.current}});
            whenDone((await answer.json()) as Pack);
        } catch (error) {
            setProblem(asProblem(error));
            setBusy(false);
        }
    };
    if (sold.length === 0) {
        return (
            <p>
                {t('phone.no_product')} <Link to="/console/products">{t('products.title')}</Link>
            </p>
        );
    }
    const order = t('agreement.order', {agreement: `${word('program', agreement.program)} ${number}`, cals: tn('pool.cals', quantity), product, kind: word('kind', kind), server: serverId});
    return (
        <>
            <Form onSubmit={(event) => void submit(event)}>
                <Numbers agreement={agreement} set={setAgreement} />
                <div className="calm-two">
                    <CalsFields products={sold} kinds={kinds} wanted={wanted} set={set} />
                </div>
                {problem && <ProblemNotice problem={problem} />}
                {onTrust ? (
                    <>
                        <Changes product={product} kind={kind} before={counts(product).owned} after={counts(product).owned + quantity} missing={counts(product).missing} />
                        <div className="calm-buttons">
                            <Button type="submit" isDisabled={!whole || busy} isLoading={busy}>
                                {tn('add.install', quantity)}
                            </Button>
                        </div>
                    </>
                ) : (
                    <Drawn vendors={vendors} order={whole ? order : undefined} made={made} setMade={setMade} whenTaken={whenTaken} />
                )}
            </Form>
            {made && !onTrust && (
                <div className="calm-over">
                    <AnswerBox whenTaken={whenTaken} />
                </div>
            )}
        </>
    );
}
