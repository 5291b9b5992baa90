// Which rows of a long list are in sight: the others are only height.
import {useCallback, useEffect, useLayoutEffect, useRef, useState} from 'react';

const overscan = 8;

// Rows are of one height; on a narrow screen, where a row takes several lines, of a larger one.
export function heightOfRows(narrow: boolean): number {
    return narrow ? 116 : 44;
}

// [first, end) of what is worth being on the page.
export function inSight(total: number, top: number, height: number, rowHeight: number): [number, number] {
    const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
    const end = Math.min(total, Math.ceil((top + height) / rowHeight) + overscan);
    return [Math.min(first, total), Math.max(first, end)];
}

export function useRows(total: number, more: () => void, complete: boolean) {
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

    const rowHeight = heightOfRows(narrow);
    const [first, end] = inSight(total, view.top, view.height, rowHeight);
    useEffect(() => {
        if (!complete && end >= total) more();
    }, [complete, end, total, more]);

    return {
        ref,
        onScroll,
        indexes: Array.from({length: end - first}, (_, index) => first + index),
        before: first * rowHeight,
        after: Math.max(0, (total - end) * rowHeight),
    };
}
