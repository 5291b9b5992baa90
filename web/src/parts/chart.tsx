// Lines over days, drawn by uPlot. It comes with the first chart that somebody looks at; what it shows stands in a
// table beside it for whoever does not see it.
import {useEffect, useRef} from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type {Series} from './history';
import {number} from '../texts';
import {monthDay} from '../time';

const height = 240;
const increments = [1, 2, 5].flatMap((each) => [each, each * 10, each * 100, each * 1000, each * 10_000, each * 100_000, each * 1_000_000]).sort((a, b) => a - b);

interface Props {
    days: string[]; // 2026-03-31
    series: Series[];
    label: string;
    point: (index: number | undefined) => void; // what the pointer is at
}

// Noon, so that a day is the same day in every time zone.
const at = (day: string) => new Date(`${day}T12:00:00`).getTime() / 1000;

// Canvases of older browsers mix no colours.
const faint = (color: string) => (/^#[\da-f]{6}$/i.test(color) ? `${color}2e` : 'transparent');

function optionsOf(box: HTMLElement, series: Series[], point: Props['point']): uPlot.Options {
    const style = getComputedStyle(box);
    const token = (name: string) => style.getPropertyValue(`--pf-t--global--${name}`).trim();
    const font = `12px ${style.fontFamily}`;
    const axis = {stroke: token('text--color--subtle'), font, grid: {stroke: token('border--color--subtle') || token('border--color--default'), width: 1}, ticks: {show: false}};
    return {
        width: box.clientWidth,
        height,
        legend: {show: false},
        cursor: {drag: {x: false, y: false}, y: false},
        scales: {y: {range: (_, __, most) => [0, Math.max(4, most * 1.1)]}},
        axes: [
            {...axis, space: 55, grid: {show: false}, values: (_, splits) => splits.map((each) => monthDay(new Date(each * 1000).toISOString()))},
            {...axis, incrs: increments, size: 60, values: (_, splits) => splits.map(number)},
        ],
        series: [
            {},
            ...series.map(({color, fill, stepped, dash}) => ({
                stroke: token(color),
                width: 2,
                dash: dash ? [6, 4] : undefined,
                fill: fill ? faint(token(color)) : undefined,
                paths: stepped ? uPlot.paths.stepped?.({align: 1}) : undefined,
                points: {show: !stepped, size: 6, fill: token(color)},
            })),
        ],
        hooks: {setCursor: [(plot) => point(plot.cursor.idx ?? undefined)]},
    };
}

export default function Chart({days, series, label, point}: Props) {
    const box = useRef<HTMLDivElement>(null);
    const told = useRef(point);
    told.current = point;
    const shown = JSON.stringify([days, series]);
    useEffect(() => {
        const element = box.current;
        if (!element) return undefined;
        let plot: uPlot | undefined;
        const draw = () => {
            plot?.destroy();
            plot = new uPlot(optionsOf(element, series, (index) => told.current(index)), [days.map(at), ...series.map(({values}) => values)], element);
        };
        draw();
        const sizes = new ResizeObserver(() => plot?.setSize({width: element.clientWidth, height}));
        sizes.observe(element);
        // Light or dark: the class of the root.
        const themes = new MutationObserver(draw);
        themes.observe(document.documentElement, {attributes: true, attributeFilter: ['class']});
        return () => {
            sizes.disconnect();
            themes.disconnect();
            plot?.destroy();
        };
        // `shown` is what days and series say.
    }, [shown]);
    return <div ref={box} role="img" aria-label={label} className="calm-chart" />;
}
