// What takes many requests: it tells how far it is, and ends when whoever asked for it has left the page.
import {useEffect, useRef, useState} from 'react';
import {asProblem, type Problem} from './api';

export function useLongRead<Progress>() {
    const [progress, setProgress] = useState<Progress>();
    const [problem, setProblem] = useState<Problem>();
    const stop = useRef<AbortController>();
    useEffect(() => () => stop.current?.abort(), []);
    const run = async (begin: Progress, read: (tell: (progress: Progress) => void, signal: AbortSignal) => Promise<void>) => {
        stop.current = new AbortController();
        const {signal} = stop.current;
        setProblem(undefined);
        setProgress(begin);
        try {
            await read(setProgress, signal);
        } catch (error) {
            if (!signal.aborted) setProblem(asProblem(error));
        }
        setProgress(undefined);
    };
    return {progress, problem, run};
}
