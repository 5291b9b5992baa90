// What is found of refused attempts as a file for spreadsheets, all of its pages.
import {Button} from '@patternfly/react-core';
import {useEffect, useRef, useState} from 'react';
import {asProblem, type Problem, type RefusedAttempt} from '../api';
import {csvOf} from '../csv';
import {saveFile} from '../files';
import type {Reasons} from '../reasons';
import {readRefusals, whoOf} from '../refusals';
import {t, tn, word} from '../texts';
import {ProblemNotice} from './states';

const columns = () => [
    t('refusals.day'),
    t('fact.product'),
    t('refusals.reason_code'),
    t('refusals.reason'),
    t('fact.host'),
    t('fact.kind'),
    t('refusals.who'),
    t('refusals.attempts'),
    t('refusals.first_at'),
    t('refusals.last_at'),
    t('refusals.offline'),
    t('refusals.told'),
];

function rowOf(each: RefusedAttempt, reasons: Reasons): (string | number)[] {
    const who = whoOf(each);
    return [
        each.day,
        each.product,
        each.reason,
        reasons.title(each.reason),
        each.host_name ?? each.host ?? '',
        who.map(({kind}) => word('holder_kind', kind)).join(' '),
        each.others ? t('refusals.others') : who.map(({name}) => name).join(' '),
        each.attempts,
        each.first_at,
        each.last_at,
        each.offline ? t('refusals.yes') : t('refusals.no'),
        each.sentence,
    ];
}

// `asked`: /v1/refusals with the filters.
export function RefusalsExport({asked, reasons}: {asked: string; reasons: Reasons}) {
    const [count, setCount] = useState<number>();
    const [problem, setProblem] = useState<Problem>();
    const stop = useRef<AbortController>();
    useEffect(() => () => stop.current?.abort(), []);
    const run = async () => {
        stop.current = new AbortController();
        const {signal} = stop.current;
        setProblem(undefined);
        setCount(0);
        try {
            const {refusals} = await readRefusals(asked, {signal}, setCount);
            saveFile(`calm-refusals-${new Date().toISOString().slice(0, 10)}.csv`, csvOf([columns(), ...refusals.map((each) => rowOf(each, reasons))]));
        } catch (error) {
            if (!signal.aborted) setProblem(asProblem(error));
        }
        setCount(undefined);
    };
    return (
        <>
            <Button variant="secondary" isDisabled={count !== undefined} isLoading={count !== undefined} onClick={() => void run()}>
                {t('compliance.download', {what: 'CSV'})}
            </Button>
            <span role="status" className="calm-quiet">
                {count !== undefined && count > 0 && tn('refusals.exporting', count)}
            </span>
            {problem && <ProblemNotice problem={problem} />}
        </>
    );
}
