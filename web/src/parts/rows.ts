// Which rows of a long list are in sight: the others are only height.
import {useCallback, useEffect, useLayoutEffect, useRef, useState} from 'react';

const overscan = 8;
// Browsers draw nothing that is much higher; a longer list scrolls by more than a pixel at a time.
const mostPixels = 16_000_000;

// Rows are of one height; on a narrow screen, where a row takes several lines, of a larger one.
export function heightOfRows(narrow: boolean): number {
    return narrow ? 116 : 44;
}

export interface Sight {
    first: number; // [first, end): what is worth being on the page
    end: number;
    before: number; // pixels
    after: number;
}

export function inSight(total: number, top: number, height: number, rowHeight: number): Sight {
    const real = total * rowHeight;
    const shown = Math.min(real, mostPixels);
    const realTop = shown < real ? (top / (shown - height)) * (real - height) : top;
    const firstSeen = Math.min(total, Math.floor(realTop / rowHeight));
    const extra = Math.min(overscan, firstSeen, Math.floor(top / rowHeight));
    const first = firstSeen - extra;
    const end = Math.max(first, Math.min(total, Math.ceil((realTop + height) / rowHeight) + overscan));
    const before = Math.max(0, top - (realTop - first * rowHeight));
    return {first, end, before, after: Math.max(0, shown - before - (end - first) * rowHeight)};
}

// `want` is told what is in sight, whenever that changes.
export function useRows(total: number, want: (first: number, end: number) => void) {
    const ref = useRef<HTMLDivElement>(null);
    const [view, setView] = useState({top: 0, height: 600});
    const [narrow, setNarrow] = useState(() => matchMedia('(max-width: 767px)').matches);

    useEffect(() => {
        const media = matchMedia('(max-width: 767px)');
        const changed = () => setNarrow(media.matches);
        media.addEventListener('change', changed);
        return () => media.removeEventListener('change', changed);
    }, []);

    const onScroll = useCallback(() => {
        const element = ref.current;
        if (element) setView({top: element.scrollTop, height: element.clientHeight});
    }, []);
    useLayoutEffect(() => {
        onScroll();
        window.addEventListener('resize', onScroll);
        return () => window.removeEventListener('resize', onScroll);
    }, [onScroll]);

    const {first, end, before, after} = inSight(total, view.top, view.height, heightOfRows(narrow));
    useEffect(() => want(first, end), [first, end, total, want]);

    return {ref, onScroll, indexes: Array.from({length: end - first}, (_, index) => first + index), before, after};
}
