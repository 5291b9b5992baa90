// Small pieces that several pages share.
import {ClipboardCopy, DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm, Label, Progress, ProgressMeasureLocation, ProgressVariant} from '@patternfly/react-core';
import type {ReactNode} from 'react';
import {typed} from '../alerts';
import {fullness} from '../fullness';
import {number, t, tn, word} from '../texts';

export type Fact = [term: string, value: ReactNode] | undefined | false;

export function Facts({facts, wide = false}: {facts: Fact[]; wide?: boolean}) {
    return (
        <DescriptionList isHorizontal={wide} isCompact className="calm-facts">
            {facts.map(
                (fact) =>
                    fact && (
                        <DescriptionListGroup key={fact[0]}>
                            <DescriptionListTerm>{fact[0]}</DescriptionListTerm>
                            <DescriptionListDescription>{fact[1]}</DescriptionListDescription>
                        </DescriptionListGroup>
                    ),
            )}
        </DescriptionList>
    );
}

// Something to compare or to carry elsewhere, letter by letter.
export function Copy({text, label}: {text: string; label: string}) {
    return (
        <ClipboardCopy isReadOnly isCode hoverTip={t('action.copy')} clickTip={t('action.copied')} textAriaLabel={label} aria-label={label} toggleAriaLabel={label}>
            {text}
        </ClipboardCopy>
    );
}

// How much of a pool is in use; the words beside it say the same as the bar.
export function Meter({used, owned, label}: {used: number; owned: number; label: string}) {
    const level = fullness(used, owned);
    const variant = level === 'full' ? ProgressVariant.danger : level === 'nearly' || level === 'filling' ? ProgressVariant.warning : undefined;
    const words = t('pool.used_of', {used, owned});
    return (
        <Progress
            className="calm-meter"
            aria-label={label}
            value={owned === 0 ? 0 : Math.min(100, (100 * used) / owned)}
            label={words}
            valueText={words}
            measureLocation={ProgressMeasureLocation.top}
            title={tn('pool.free', Math.max(0, owned - used))}
            size="sm"
            variant={variant}
        />
    );
}

const calColors = {active: 'green', temporary: 'blue', expired: 'grey', revoked: 'orange', returned: 'grey'} as const;

export function CalState({state}: {state: keyof typeof calColors}) {
    return (
        <Label isCompact color={calColors[state] ?? 'grey'}>
            {word('cal_state', state)}
        </Label>
    );
}

const severityColors = {critical: 'red', warning: 'orange', notice: 'blue'} as const;

export function Severity({of}: {of: keyof typeof severityColors}) {
    return (
        <Label isCompact color={severityColors[of] ?? 'grey'}>
            {word('severity', of)}
        </Label>
    );
}

// A sentence of the server with what is to be typed in it.
export function Typed({text}: {text: string}) {
    return <>{typed(text).map((part, index) => (part.code ? <code key={index}>{part.text}</code> : part.text))}</>;
}

export function Big({value, words, tone}: {value: number; words: string; tone?: 'danger' | 'warning'}) {
    return (
        <div className={`calm-big${tone ? ` calm-big-${tone}` : ''}`}>
            <span className="calm-big-value">{number(value)}</span>
            <span className="calm-big-words">{words}</span>
        </div>
    );
}
