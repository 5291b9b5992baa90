// What happens on the license server, while it happens: one stream of server-sent events (GET /v1/events) serves all
// that is shown. It says that something has changed, and what is shown is read again. Where it cannot be had, pages
// go on asking every few seconds.
import {ask, Problem} from './api';

type Listener = () => void;

const restMs = 3000; // between two readings, however much happens
const retryMs = 10_000;

const listeners = new Set<Listener>();
let stream: AbortController | undefined;
let last = '';
let rest: ReturnType<typeof setTimeout> | undefined;
let again = false;

// The data of the events in `text`, and what is left of it: the beginning of one.
export function readEvents(text: string): {events: string[]; left: string} {
    const parts = text.split('\n\n');
    const left = parts.pop() ?? '';
    const events = parts
        .map((part) => part.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim()).join('\n'))
        .filter((data) => data !== '');
    return {events, left};
}

function tell(): void {
    if (rest !== undefined) {
        again = true;
        return;
    }
    listeners.forEach((listener) => listener());
    rest = setTimeout(() => {
        rest = undefined;
        if (!again) return;
        again = false;
        tell();
    }, restMs);
}

function hear(data: string): void {
    const news = last !== '' && last !== data;
    last = data;
    if (news && !document.hidden) tell();
}

async function listen(signal: AbortSignal): Promise<void> {
    const response = await ask('/v1/events', {background: true, signal});
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) return;
    let text = '';
    for (;;) {
        const {done, value} = await reader.read();
        if (done) return;
        const {events, left} = readEvents(text + value);
        text = left;
        events.forEach(hear);
    }
}

async function keepListening(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
        let pause = 0;
        try {
            await listen(signal);
        } catch (error) {
            // Whoever is signed out has nothing to listen to; the page for signing in is shown already.
            if (error instanceof Problem && (error.status === 401 || error.status === 403)) break;
            pause = retryMs;
        }
        if (pause > 0 && !signal.aborted) await new Promise((done) => setTimeout(done, pause));
    }
    if (stream?.signal === signal) stream = undefined;
}

// Calls `listener` when something has changed, until the returned function is called.
export function whenChanged(listener: Listener): () => void {
    listeners.add(listener);
    if (stream === undefined) {
        stream = new AbortController();
        void keepListening(stream.signal);
    }
    return () => {
        listeners.delete(listener);
        // Going from page to page is no reason to begin anew.
        setTimeout(() => {
            if (listeners.size > 0) return;
            stream?.abort();
            stream = undefined;
        }, retryMs);
    };
}
