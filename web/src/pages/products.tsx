// Products: what needs CALs, and by which rules.
import {Button, Card, CardBody, CardHeader, CardTitle, ExpandableSection, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, Label, Modal, ModalBody, ModalFooter, ModalHeader, NumberInput, PageSection, Radio, Switch, TextInput} from '@patternfly/react-core';
import CubesIcon from '@patternfly/react-icons/dist/esm/icons/cubes-icon';
import {type FormEvent, useState} from 'react';
import {change, post, Problem, type Product} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {ModalClose} from '../parts/dialog';
import {Facts} from '../parts/facts';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {useQuery} from '../router';
import {t, tn, word} from '../texts';

const requirements = ['activated', 'trusted', 'none'] as const;
const numbers = ['temporary_days', 'user_days', 'device_days_min', 'device_days_max', 'renewal_days', 'initial_grace_days', 'outage_days', 'reassign_days', 'revoke_percent'] as const;
const switches = ['prevent_upgrade', 'grace_ends_with_first_cal'] as const;

type Rules = Pick<Product, 'requires' | 'overuse' | (typeof numbers)[number] | (typeof switches)[number]>;

function rulesOf(product: Product): Rules {
    const out: Rules = {requires: product.requires, overuse: product.overuse};
    for (const each of numbers) out[each] = product[each];
    for (const each of switches) out[each] = product[each];
    return out;
}

function NumberRow({name, value, set}: {name: (typeof numbers)[number]; value: number; set: (value: number) => void}) {
    const max = name === 'revoke_percent' ? 100 : 3650;
    const size = (wanted: number) => set(Math.max(0, Math.min(max, Math.round(wanted) || 0)));
    return (
        <FormGroup label={word('rule', name)} fieldId={name}>
            <NumberInput
                id={name}
                value={value}
                min={0}
                max={max}
                unit={name === 'revoke_percent' ? '%' : t('time.days_unit')}
                inputAriaLabel={word('rule', name)}
                minusBtnAriaLabel={t('add.fewer')}
                plusBtnAriaLabel={t('add.more')}
                onMinus={() => size(value - 1)}
                onPlus={() => size(value + 1)}
                onChange={(event) => size(Number((event.target as HTMLInputElement).value))}
            />
        </FormGroup>
    );
}

// A new product, or the rules of one that exists.
function Edit({product, close, done}: {product?: Product; close: () => void; done: () => unknown}) {
    const [code, setCode] = useState(product?.product ?? '');
    const [rules, setRules] = useState<Rules>(product ? rulesOf(product) : {requires: 'activated', overuse: 'admit'});
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const [open, setOpen] = useState(false);
    const set = (part: Partial<Rules>) => setRules({...rules, ...part});
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        try {
            if (product) await change(`/v1/products/${encodeURIComponent(product.product)}`, rules);
            else await post('/v1/products', {product: code.trim(), ...rules});
            await done();
            close();
        } catch (error) {
            setProblem(error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0));
            setBusy(false);
        }
    };
    const title = product ? t('products.edit_title', {product: product.product}) : t('products.add');
    return (
        <Modal isOpen variant="medium" onEscapePress={close} aria-labelledby="product-title">
            <ModalClose close={close} />
            <ModalHeader title={title} labelId="product-title" />
            <ModalBody tabIndex={0} aria-label={title}>
                <Form id="product-form" onSubmit={(event) => void submit(event)}>
                    {problem && <ProblemNotice problem={problem} />}
                    {!product && (
                        <FormGroup label={t('products.code')} isRequired fieldId="code">
                            <TextInput id="code" isRequired autoFocus value={code} placeholder="terminal-services-2022" spellCheck="false" onChange={(_, value) => setCode(value)} aria-describedby="code-help" />
                            <FormHelperText>
                                <HelperText id="code-help">
                                    <HelperTextItem>{t('products.code_help')}</HelperTextItem>
                                </HelperText>
                            </FormHelperText>
                        </FormGroup>
                    )}
                    <FormGroup role="radiogroup" label={t('products.requires')} fieldId="requires">
                        {requirements.map((each) => (
                            <Radio key={each} id={`requires-${each}`} name="requires" label={word('requires', each)} description={word('requires_help', each)} isChecked={rules.requires === each} onChange={() => set({requires: each})} />
                        ))}
                    </FormGroup>
                    <FormGroup role="radiogroup" label={t('products.overuse')} fieldId="overuse">
                        {(['admit', 'refuse'] as const).map((each) => (
                            <Radio key={each} id={`overuse-${each}`} name="overuse" label={word('overuse', each)} isChecked={rules.overuse === each} onChange={() => set({overuse: each})} />
                        ))}
                    </FormGroup>
                    {product && (
                        <ExpandableSection toggleText={t('products.rules')} isExpanded={open} onToggle={(_, expanded) => setOpen(expanded)}>
                            <div className="calm-two">
                                {numbers.map((each) => (
                                    <NumberRow key={each} name={each} value={rules[each] ?? 0} set={(value) => set({[each]: value})} />
                                ))}
                            </div>
                            {switches.map((each) => (
                                <div key={each} className="calm-gap">
                                    <Switch id={each} label={word('rule', each)} isChecked={rules[each] ?? false} onChange={(_, value) => set({[each]: value})} />
                                </div>
                            ))}
                        </ExpandableSection>
                    )}
                </Form>
            </ModalBody>
            <ModalFooter>
                <Button type="submit" form="product-form" isDisabled={busy || (!product && code.trim() === '')} isLoading={busy}>
                    {product ? t('action.save') : t('products.add')}
                </Button>
                <Button variant="link" onClick={close}>
                    {t('action.cancel')}
                </Button>
            </ModalFooter>
        </Modal>
    );
}

function ProductCard({product, edit}: {product: Product; edit?: () => void}) {
    const needs = product.requires !== 'none';
    return (
        <Card isFullHeight>
            <CardHeader actions={edit && {actions: <Button variant="link" onClick={edit} aria-label={t('products.edit_of', {product: product.product})}>{t('products.edit')}</Button>, hasNoOffset: true}}>
                <CardTitle component="h2">{product.product}</CardTitle>
            </CardHeader>
            <CardBody>
                <Label isCompact color={product.requires === 'activated' ? 'blue' : 'grey'}>
                    {word('requires', product.requires ?? 'none')}
                </Label>
                <div className="calm-gap">
                    <Facts
                        wide
                        facts={[
                            [t('products.family'), `${product.family ?? ''} ${product.version ?? ''}`],
                            needs && [t('products.overuse'), word('overuse', product.overuse ?? 'admit')],
                            needs && [t('rule.user_days'), tn('time.days', product.user_days ?? 0)],
                            needs && [t('rule.device_days'), t('time.days_between', {from: product.device_days_min ?? 0, to: product.device_days_max ?? 0})],
                            needs && [t('rule.initial_grace_days'), tn('time.days', product.initial_grace_days ?? 0)],
                            needs && [t('rule.outage_days'), tn('time.days', product.outage_days ?? 0)],
                            product.bases !== undefined && product.bases.length > 0 && [t('products.bases'), product.bases.join(', ')],
                        ]}
                    />
                </div>
            </CardBody>
        </Card>
    );
}

export function Products() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const {data, problem, reload} = useData<{products: Product[]}>('/v1/products', 30_000);
    const products = data?.products;
    const edited = products?.find((each) => each.product === query.get('edit'));
    const add = may('license') && <Button onClick={() => setQuery({add: '1'})}>{t('products.add')}</Button>;
    return (
        <>
            <PageHead title={t('products.title')} lead={t('products.lead')} learn="reference/product-files" actions={add} />
            <PageSection>
                {!products && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {products && <Stale problem={problem} retry={reload} />}
                {products?.length === 0 && <Nothing icon={CubesIcon} title={t('products.none')} body={t('products.none_body')} actions={add} />}
                <div className="calm-cards calm-cards-wide">
                    {products?.map((each) => (
                        <ProductCard key={each.product} product={each} edit={may('license') ? () => setQuery({edit: each.product}) : undefined} />
                    ))}
                </div>
            </PageSection>
            {query.get('add') && may('license') && <Edit close={() => setQuery({add: undefined})} done={reload} />}
            {edited && may('license') && <Edit key={edited.product} product={edited} close={() => setQuery({edit: undefined})} done={reload} />}
        </>
    );
}
