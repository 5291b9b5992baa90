// Purchase request: what is missing, on paper, for whoever buys. Nothing is changed or kept here.
import {Button, Card, CardBody, FormGroup, PageSection, TextArea, TextInput} from '@patternfly/react-core';
import PlusIcon from '@patternfly/react-icons/dist/esm/icons/plus-icon';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useState} from 'react';
import type {Position, PositionRow, Status, Vendor} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {Facts} from '../parts/facts';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice} from '../parts/states';
import {isWebAddress} from '../router';
import {number, t, tn, word} from '../texts';
import {date} from '../time';

const quantityMax = 1_000_000;

const keyOf = (row: PositionRow) => `${row.product} ${row.kind}`;

function Lines({rows, quantity, set}: {rows: PositionRow[]; quantity: (row: PositionRow) => number; set: (row: PositionRow, value: number) => void}) {
    return (
        <Table className="calm-screen-only calm-purchase" aria-label={t('purchase.lines')} variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    <Th>{t('fact.product')}</Th>
                    <Th>{t('fact.kind')}</Th>
                    <Th modifier="nowrap">{t('column.required')}</Th>
                    <Th modifier="nowrap">{t('column.owned')}</Th>
                    <Th modifier="nowrap">{t('column.short')}</Th>
                    <Th modifier="nowrap">{t('purchase.quantity')}</Th>
                </Tr>
            </Thead>
            <Tbody>
                {rows.map((row) => (
                    <Tr key={keyOf(row)}>
                        <Td dataLabel={t('fact.product')} modifier="breakWord">
                            {row.product}
                        </Td>
                        <Td dataLabel={t('fact.kind')}>{word('kind', row.kind)}</Td>
                        <Td dataLabel={t('column.required')}>{number(row.required)}</Td>
                        <Td dataLabel={t('column.owned')}>{number(row.owned)}</Td>
                        <Td dataLabel={t('column.short')}>{number(row.short)}</Td>
                        <Td dataLabel={t('purchase.quantity')}>
                            <TextInput
                                type="number"
                                className="calm-number"
                                min={0}
                                max={quantityMax}
                                value={String(quantity(row))}
                                aria-label={t('purchase.quantity_of', {product: row.product, kind: word('kind', row.kind)})}
                                onChange={(_, value) => set(row, Math.max(0, Math.min(quantityMax, Math.round(Number(value)) || 0)))}
                            />
                        </Td>
                    </Tr>
                ))}
            </Tbody>
        </Table>
    );
}

// The same on paper, as a table however narrow it is.
function PaperLines({rows, quantity}: {rows: PositionRow[]; quantity: (row: PositionRow) => number}) {
    const heads = [t('fact.product'), t('fact.kind'), t('column.required'), t('column.owned'), t('column.short'), t('purchase.quantity')];
    return (
        <table className="calm-print-only calm-paper">
            <thead>
                <tr>
                    {heads.map((each) => (
                        <th key={each} scope="col">
                            {each}
                        </th>
                    ))}
                </tr>
            </thead>
            <tbody>
                {rows
                    .filter((row) => quantity(row) > 0)
                    .map((row) => (
                        <tr key={keyOf(row)}>
                            <td>{row.product}</td>
                            <td>{word('kind', row.kind)}</td>
                            <td>{number(row.required)}</td>
                            <td>{number(row.owned)}</td>
                            <td>{number(row.short)}</td>
                            <td>
                                <strong>{number(quantity(row))}</strong>
                            </td>
                        </tr>
                    ))}
            </tbody>
        </table>
    );
}

function Vendors() {
    const {data} = useData<{vendors: Vendor[]}>('/v1/vendors', 0);
    if (!data || data.vendors.length === 0) return null;
    return (
        <>
            <h2 className="calm-section">{t('purchase.vendors')}</h2>
            <ul className="calm-plain">
                {data.vendors.map(({key, name, contact, buy_url, fingerprint}) => (
                    <li key={key}>
                        {isWebAddress(buy_url) ? (
                            <a href={buy_url} target="_blank" rel="noopener noreferrer">
                                {name ?? fingerprint}
                            </a>
                        ) : (
                            (name ?? fingerprint)
                        )}
                        {contact && <span className="calm-quiet"> · {contact}</span>}
                    </li>
                ))}
            </ul>
        </>
    );
}

export function Purchase() {
    const {session} = usePerson();
    // Read once: what somebody types here is not changed under their hands.
    const {data, problem, reload} = useData<Position>('/v1/position?limit=0', 0);
    const status = useData<Status>('/v1/status', 0);
    const [typed, setTyped] = useState<Record<string, number>>({});
    const [remark, setRemark] = useState('');
    const rows = data?.rows.filter((row) => row.requires !== 'none');
    const quantity = (row: PositionRow) => typed[keyOf(row)] ?? row.short;
    const total = rows?.reduce((sum, row) => sum + quantity(row), 0) ?? 0;
    return (
        <>
            <PageHead
                title={t('purchase.title')}
                lead={<span className="calm-screen-only">{t('purchase.lead')}</span>}
                actions={
                    <Button isDisabled={total === 0} onClick={() => window.print()}>
                        {t('purchase.print')}
                    </Button>
                }
            />
            <PageSection>
                {!rows && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {rows?.length === 0 && <Nothing icon={PlusIcon} title={t('purchase.none')} body={t('purchase.none_body')} />}
                {data && rows && rows.length > 0 && (
                    <Card>
                        <CardBody>
                            <Facts
                                wide
                                facts={[
                                    [t('purchase.date'), date(data.at)],
                                    [t('purchase.by'), session.account],
                                    status.data !== undefined && [t('home.server_id'), status.data.license_server_id],
                                ]}
                            />
                            <h2 className="calm-section">{t('purchase.lines')}</h2>
                            <Lines rows={rows} quantity={quantity} set={(row, value) => setTyped({...typed, [keyOf(row)]: value})} />
                            <PaperLines rows={rows} quantity={quantity} />
                            <p className="calm-label calm-count" role="status">
                                {total > 0 ? tn('purchase.total', total) : t('purchase.none_printed')}
                            </p>
                            <FormGroup label={t('purchase.remark')} fieldId="remark" className={remark.trim() === '' ? 'calm-gap calm-screen-only' : 'calm-gap'}>
                                <TextArea id="remark" className="calm-screen-only" value={remark} rows={3} resizeOrientation="vertical" onChange={(_, value) => setRemark(value)} />
                                <p className="calm-print-only calm-lines">{remark}</p>
                            </FormGroup>
                            <Vendors />
                        </CardBody>
                    </Card>
                )}
            </PageSection>
        </>
    );
}
