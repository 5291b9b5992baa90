// What is found of refused attempts as a file for spreadsheets, all of its pages.
import {Button} from '@patternfly/react-core';
import type {RefusedAttempt} from '../api';
import {csvOf} from '../csv';
import {saveFile} from '../files';
import {useLongRead} from '../long_read';
import type {Reasons} from '../reasons';
import {readRefusals} from '../refusals';
import {t, tn, word} from '../texts';
import {ProblemNotice} from './states';

const kinds = ['user', 'device', 'station'] as const;

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const columns = () => [
    t('refusals.day'),
    t('fact.product'),
    t('refusals.reason_code'),
    t('refusals.reason'),
    t('fact.host'),
    ...kinds.map((each) => capital(word('holder_kind', each))),
    t('refusals.attempts'),
    t('refusals.first_at'),
    t('refusals.last_at'),
    t('refusals.offline'),
    t('refusals.others'),
    t('refusals.told'),
];

const yesOrNo = (is: boolean) => (is ? t('refusals.yes') : t('refusals.no'));

function rowOf(each: RefusedAttempt, reasons: Reasons): (string | number)[] {
    return [
        each.day,
        each.product,
        each.reason,
        reasons.title(each.reason),
        each.host_name ?? each.host ?? '',
        ...kinds.map((kind) => each[kind] ?? ''),
        each.attempts,
        each.first_at,
        each.last_at,
        yesOrNo(each.offline),
        yesOrNo(each.others === true),
        each.sentence,
    ];
}

// `asked`: /v1/refusals with the filters.
export function RefusalsExport({asked, reasons}: {asked: string; reasons: Reasons}) {
    const {progress: count, problem, run} = useLongRead<number>();
    const read = async (tell: (count: number) => void, signal: AbortSignal) => {
        const {refusals} = await readRefusals(asked, {signal}, tell);
        saveFile(`calm-refusals-${new Date().toISOString().slice(0, 10)}.csv`, csvOf([columns(), ...refusals.map((each) => rowOf(each, reasons))]));
    };
    return (
        <>
            <Button variant="secondary" isDisabled={count !== undefined} isLoading={count !== undefined} onClick={() => void run(0, read)}>
                {t('compliance.download', {what: 'CSV'})}
            </Button>
            <span role="status" className="calm-quiet">
                {count !== undefined && count > 0 && tn('refusals.exporting', count)}
            </span>
            {problem && <ProblemNotice problem={problem} />}
        </>
    );
}
