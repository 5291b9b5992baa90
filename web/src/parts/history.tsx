// Something over time: as lines, and the same as a table.
import {Button} from '@patternfly/react-core';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {lazy, type ReactNode, Suspense, useState} from 'react';
import type {Status} from '../api';
import {useData} from '../data';
import {type Measure, spans, sumOf, useHistory} from '../history';
import {useQuery} from '../router';
import {number, t, tn, word} from '../texts';
import {date} from '../time';
import {FilterSelect} from './filter_select';
import {Loading, ProblemNotice} from './states';

const Chart = lazy(() => import('./chart'));

// Each day of the past is read out of the log: of a long one only when somebody asks for it.
const longLog = 200_000;

export interface Series {
    name: string;
    values: number[];
    color: string; // a token of PatternFly
    fill?: boolean;
    stepped?: boolean;
    dash?: boolean;
}

const looks: Record<Measure, Omit<Series, 'name' | 'values'>> = {
    held: {color: 'icon--color--brand--default', fill: true},
    required: {color: 'icon--color--brand--default', fill: true},
    owned: {color: 'text--color--regular', stepped: true, dash: true},
    short: {color: 'icon--color--status--danger--default'},
    free: {color: 'icon--color--status--success--default'},
};

interface Props {
    id: string;
    title: string;
    lead: string;
    measures: Measure[]; // as lines and columns
    columns?: Measure[]; // of the table only
    product?: string;
    kind?: string;
    filter?: ReactNode;
}

const noon = (day: string) => `${day}T12:00:00`;

export function Over({id, title, lead, measures, columns = [], product, kind, filter}: Props) {
    const [query, setQuery] = useQuery();
    const status = useData<Status>('/v1/status', 0);
    const [asked, setAsked] = useState(false);
    const [pointed, setPointed] = useState<number>();
    const span = spans.find((each) => each === query.get('span')) ?? '3m';
    const entries = status.data?.entries;
    const wanted = asked || (entries !== undefined && entries <= longLog);
    const {points, complete, begins, problem, retry} = useHistory(span, wanted);
    const table = query.get('table') !== null;
    const all = [...measures, ...columns];
    const valueOf = (index: number, measure: Measure) => sumOf(points[index]?.rows ?? [], measure, product, kind);
    const series = measures.map((measure): Series => ({...looks[measure], name: word('measure', measure), values: points.map((_, index) => valueOf(index, measure))}));
    const last = points.length - 1;
    const shown = pointed !== undefined && pointed <= last ? pointed : last;
    const shownDay = points[shown]?.day;
    const [first, newest] = [points[0], points[last]];
    const label =
        first && newest
            ? `${title}. ${measures.map((each) => t('history.from_to', {what: word('measure', each), from: valueOf(0, each), first: date(noon(first.day)), to: valueOf(last, each), last: date(noon(newest.day))})).join(' ')}`
            : title;
    return (
        <section aria-labelledby={id} className="calm-over">
            <h2 className="calm-section" id={id}>
                {title}
            </h2>
            <p className="calm-quiet">{lead}</p>
            <div className="calm-filters calm-gap">
                {filter}
                <FilterSelect label={t('history.span')} value={span} options={spans.map((each) => [each, word('span', each)])} choose={(value) => setQuery({span: value === '3m' ? undefined : value}, true)} />
                <Button variant="secondary" onClick={() => setQuery({table: table ? undefined : '1'}, true)}>
                    {table ? t('history.as_lines') : t('history.as_table')}
                </Button>
            </div>
            {!wanted && entries !== undefined && (
                <p>
                    {tn('history.long', entries)}{' '}
                    <Button variant="link" isInline onClick={() => setAsked(true)}>
                        {t('history.draw')}
                    </Button>
                </p>
            )}
            {problem && <ProblemNotice problem={problem} retry={retry} />}
            {wanted && !problem && points.length < 2 && !complete && <Loading rows={3} />}
            {complete && points.length === 1 && <p>{t('history.too_young')}</p>}
            {points.length > 1 && !table && (
                <>
                    <p className="calm-legend" aria-hidden="true">
                        <span className="calm-legend-day">{shownDay && date(noon(shownDay))}</span>
                        {measures.map((each) => (
                            <span key={each} className="calm-legend-line">
                                <span className={`calm-swatch calm-swatch-${each}`} />
                                {word('measure', each)} <strong>{number(valueOf(shown, each))}</strong>
                            </span>
                        ))}
                        {columns.map((each) => (
                            <span key={each} className="calm-legend-line">
                                {word('measure', each)} <strong>{number(valueOf(shown, each))}</strong>
                            </span>
                        ))}
                    </p>
                    <Suspense fallback={<Loading rows={3} />}>
                        <Chart days={points.map((each) => each.day)} series={series} label={label} point={setPointed} />
                    </Suspense>
                </>
            )}
            {points.length > 0 && table && (
                <Table aria-labelledby={id} variant="compact" gridBreakPoint="grid-md">
                    <Thead>
                        <Tr>
                            <Th>{t('history.day')}</Th>
                            {all.map((each) => (
                                <Th key={each}>{word('measure', each)}</Th>
                            ))}
                        </Tr>
                    </Thead>
                    <Tbody>
                        {points
                            .map((point, index) => (
                                <Tr key={point.day}>
                                    <Td dataLabel={t('history.day')}>{date(noon(point.day))}</Td>
                                    {all.map((each) => (
                                        <Td key={each} dataLabel={word('measure', each)}>
                                            {number(valueOf(index, each))}
                                        </Td>
                                    ))}
                                </Tr>
                            ))
                            .reverse()}
                    </Tbody>
                </Table>
            )}
            <p className="calm-quiet calm-count" role="status">
                {wanted && !complete && !problem && points.length > 0 && t('history.reading')}
                {begins && first && points.length > 1 && t('history.begins', {first: date(noon(first.day))})}
            </p>
        </section>
    );
}
