// The line: who waits for a concurrent seat, shown while somebody does.
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import type {Waiting} from '../api';
import {Link} from '../router';
import {number, t, word} from '../texts';
import {dateTime} from '../time';

export function Line({waiting}: {waiting: Waiting[]}) {
    if (waiting.length === 0) return null;
    return (
        <>
            <h2 className="calm-section" id="line-title">
                {t('line.title')}
            </h2>
            <p className="calm-quiet">{t('line.lead')}</p>
            <Table aria-labelledby="line-title" variant="compact" gridBreakPoint="grid-md">
                <Thead>
                    <Tr>
                        <Th>{t('fact.product')}</Th>
                        <Th>{t('fact.kind')}</Th>
                        <Th>{t('line.place')}</Th>
                        <Th>{t('line.who')}</Th>
                        <Th>{t('fact.since')}</Th>
                        <Th>{t('line.until')}</Th>
                    </Tr>
                </Thead>
                <Tbody>
                    {waiting.map(({product, kind, place, holder, since, until}) => (
                        <Tr key={`${product} ${kind} ${holder.subject}`}>
                            <Td dataLabel={t('fact.product')} modifier="breakWord">
                                {product}
                            </Td>
                            <Td dataLabel={t('fact.kind')}>{word('kind', kind)}</Td>
                            <Td dataLabel={t('line.place')}>{number(place)}</Td>
                            <Td dataLabel={t('line.who')} modifier="breakWord">
                                {holder.name === undefined ? t('holders.forgotten', {subject: String(holder.subject)}) : <Link to={`/console/holders?holder=${encodeURIComponent(holder.name)}`}>{holder.name}</Link>}
                            </Td>
                            <Td dataLabel={t('fact.since')}>{dateTime(since)}</Td>
                            <Td dataLabel={t('line.until')}>{dateTime(until)}</Td>
                        </Tr>
                    ))}
                </Tbody>
            </Table>
        </>
    );
}
