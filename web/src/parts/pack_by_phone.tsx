// A pack that is read out over the telephone: what was agreed in words, and the code that signs it.
import {Button, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput} from '@patternfly/react-core';
import {type FormEvent, useState} from 'react';
import type {ActivationVendor} from '../activation';
import {asProblem, type Pack, post, type Problem, type Product} from '../api';
import {emptyCode, isWhole, packCode} from '../codes';
import {Link} from '../router';
import {t, tn} from '../texts';
import {CalsFields, useWantedCals} from './cals_fields';
import {Changes} from './changes';
import {CodeFields, CodeState} from './code_fields';
import type {Counts} from './figures';
import {ReadOut} from './request_made';
import {ProblemNotice} from './states';
import {VendorChoice} from './vendor_choice';

const calKinds = ['per_user', 'per_device'];
const kinds = [...calKinds, 'external_connector', 'server', 'installation', 'core'];
const dayMs = 86_400_000;

// Both ends mean the same moment: the end of that day, in UTC.
const endOf = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().replace('.000', '');

interface Props {
    vendors: ActivationVendor[]; // those whose clearinghouse is known
    products: Product[];
    serverId: string;
    counts: Counts;
    whenDone: (pack: Pack) => void;
}

export function PackByPhone({vendors, products, serverId, counts, whenDone}: Props) {
    const [chosen, setChosen] = useState<string>();
    const {wanted, set} = useWantedCals(products, counts);
    const {product, kind, quantity} = wanted;
    const {owned, missing} = counts(product);
    const [until, setUntil] = useState('');
    const [groups, setGroups] = useState(() => emptyCode(packCode));
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const vendor = vendors.find((each) => each.key === chosen) ?? vendors[0];
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setProblem(undefined);
        try {
            const agreed = {vendor: vendor?.key, code: groups.join('-'), product, kind, quantity, ...(until === '' ? {} : {until: endOf(until)})};
            whenDone(await post<Pack>('/v1/packs/read-out', agreed));
        } catch (error) {
            setProblem(asProblem(error));
            setBusy(false);
        }
    };
    if (!vendor) {
        return (
            <p>
                {t('keys.no_vendor')} <Link to="/console/activation?file=1">{t('activation.vendor_file')}</Link>
            </p>
        );
    }
    if (products.length === 0) {
        return (
            <p>
                {t('phone.no_product')} <Link to="/console/products">{t('products.title')}</Link>
            </p>
        );
    }
    return (
        <Form onSubmit={(event) => void submit(event)}>
            <ReadOut label={t('phone.tell')} code={serverId} />
            <VendorChoice vendors={vendors} value={vendor.key} choose={setChosen} />
            <div className="calm-two">
                <CalsFields products={products} kinds={kinds} wanted={wanted} set={set} />
                <FormGroup label={t('phone.until')} fieldId="until">
                    <TextInput id="until" type="date" value={until} aria-describedby="until-help" onChange={(_, value) => setUntil(value)} />
                    <FormHelperText>
                        <HelperText id="until-help">
                            <HelperTextItem>{t('phone.until_help')}</HelperTextItem>
                        </HelperText>
                    </FormHelperText>
                </FormGroup>
            </div>
            <div>
                <p className="calm-label">{t('phone.code')}</p>
                <CodeFields id="pack-code" label={t('phone.code')} kind={packCode} groups={groups} set={setGroups} />
                <CodeState id="pack-code-state" kind={packCode} groups={groups} />
            </div>
            {calKinds.includes(kind) && <Changes product={product} kind={kind} before={owned} after={owned + quantity} missing={missing} />}
            {problem && <ProblemNotice problem={problem} />}
            <div className="calm-buttons">
                <Button type="submit" isDisabled={!isWhole(groups, packCode) || busy} isLoading={busy}>
                    {tn('add.install', quantity)}
                </Button>
            </div>
        </Form>
    );
}
