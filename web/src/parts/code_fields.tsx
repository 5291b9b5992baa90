// A code in groups of five, each in a field of its own that checks itself while it is typed. Whatever is too long for
// one goes on into the next, so that a whole code can be pasted anywhere.
import {FormHelperText, HelperText, HelperTextItem, TextInput} from '@patternfly/react-core';
import {type ClipboardEvent, type KeyboardEvent, useRef} from 'react';
import {bare, type CodeKind, faultOfGroup, groupSize, isRight, typedInto} from '../codes';
import {t, tn} from '../texts';

interface Props {
    id: string;
    label: string;
    kind: CodeKind;
    groups: string[];
    set: (groups: string[]) => void;
    spill?: (rest: string) => void; // what was pasted beyond the last group
}

// The first wrong group in words, or how far it is.
export function CodeState({id, groups, kind}: {id: string; groups: string[]; kind: CodeKind}) {
    const faults = groups.map((each, i) => faultOfGroup(each, i, kind));
    const wrong = faults.findIndex((each) => each !== undefined);
    const right = groups.filter((each, i) => isRight(each, i, kind)).length;
    const fault = faults[wrong];
    const words = () => {
        if (fault?.what === 'character') return t('code.character', {group: wrong + 1, character: fault.character});
        if (fault) return t('code.check', {group: wrong + 1, typed: groups[wrong] ?? ''});
        return right === kind.groups ? t('code.whole') : tn('code.so_far', right, {of: kind.groups});
    };
    return (
        <FormHelperText>
            <HelperText id={id} aria-live="polite">
                <HelperTextItem variant={fault ? 'error' : right === kind.groups ? 'success' : 'default'}>{words()}</HelperTextItem>
            </HelperText>
        </FormHelperText>
    );
}

export function CodeFields({id, label, kind, groups, set, spill}: Props) {
    const fields = useRef<(HTMLInputElement | null)[]>([]);
    const put = (at: number, text: string) => {
        const typed = typedInto(groups, at, text);
        set(typed.groups);
        if (typed.rest !== '') spill?.(typed.rest);
        // A wrong group keeps the one who types where it is.
        const stays = faultOfGroup(typed.groups[at] ?? '', at, kind) !== undefined && bare(text).length <= groupSize;
        if (typed.at !== at && !stays) fields.current[typed.at]?.focus();
    };
    const change = (at: number, text: string) => {
        const next = groups[at + 1];
        // One character too many in the middle of a code changes nothing behind it.
        put(at, bare(text).length > groupSize && next !== undefined && next !== '' ? bare(text).slice(0, groupSize) : text);
    };
    const paste = (at: number) => (event: ClipboardEvent<HTMLInputElement>) => {
        const text = event.clipboardData.getData('text');
        if (bare(text).length <= groupSize) return;
        event.preventDefault();
        put(at, text);
    };
    const back = (at: number) => (event: KeyboardEvent<HTMLInputElement>) => {
        if (event.key !== 'Backspace' || at === 0 || groups[at] !== '') return;
        event.preventDefault();
        fields.current[at - 1]?.focus();
    };
    return (
        <div role="group" aria-label={label} className="calm-groups">
            {groups.map((each, i) => (
                <div key={i} className="calm-group">
                    <span className="calm-group-number" aria-hidden="true">
                        {i + 1}
                    </span>
                    <TextInput
                        ref={(field) => {
                            fields.current[i] = field;
                        }}
                        id={i === 0 ? id : `${id}-${i + 1}`}
                        aria-label={t('code.group', {code: label, group: i + 1, of: kind.groups})}
                        aria-describedby={`${id}-state`}
                        className="calm-id"
                        autoComplete="off"
                        autoCapitalize="characters"
                        spellCheck="false"
                        value={each}
                        validated={faultOfGroup(each, i, kind) ? 'error' : isRight(each, i, kind) ? 'success' : 'default'}
                        onChange={(_, text) => change(i, text)}
                        onPaste={paste(i)}
                        onKeyDown={back(i)}
                    />
                </div>
            ))}
        </div>
    );
}
