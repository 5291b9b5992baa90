// The log as a file: every entry as it is stored, and last the head that signs them, as `calm audit export` writes it.
import {Button} from '@patternfly/react-core';
import {ask, get} from '../api';
import {saveFile} from '../files';
import {useLongRead} from '../long_read';
import {t} from '../texts';
import {headSize} from '../verify';
import {Typed} from './facts';
import {ProblemNotice} from './states';

const linesAtOnce = 10_000;

async function readLog(tell: (done: number, total: number) => void, signal: AbortSignal): Promise<string[]> {
    const {head} = await get<{head: string}>('/v1/audit/head', {signal});
    const total = headSize(head);
    const parts: string[] = [];
    for (let done = 0; done < total;) {
        const part = await (await ask(`/v1/audit?from=${done}&limit=${Math.min(linesAtOnce, total - done)}`, {signal})).text();
        if (part === '') throw new Error(`${done} < ${total}`);
        parts.push(part);
        done += part.split('\n').length - 1;
        tell(done, total);
    }
    return [...parts, `{"tree_head":"${head}"}\n`];
}

export function LogExport() {
    const {progress, problem, run} = useLongRead<{done: number; total: number}>();
    const read = async (tell: (progress: {done: number; total: number}) => void, signal: AbortSignal) => {
        const parts = await readLog((done, total) => tell({done, total}), signal);
        saveFile(`calm-log-${new Date().toISOString().slice(0, 10)}.jsonl`, ...parts);
    };
    return (
        <>
            <div className="calm-verify-row calm-gap">
                <p>
                    <Typed text={t('audit.export_help')} />
                </p>
                <Button variant="secondary" isDisabled={progress !== undefined} isLoading={progress !== undefined} onClick={() => void run({done: 0, total: 0}, read)}>
                    {t('audit.export')}
                </Button>
            </div>
            <div role="status">{progress && progress.total > 0 && <p className="calm-quiet">{t('audit.exporting', progress)}</p>}</div>
            {problem && <ProblemNotice problem={problem} />}
        </>
    );
}
