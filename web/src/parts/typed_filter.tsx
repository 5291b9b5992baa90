// One filter of a list that is typed, then asked for by Enter or when the field is left: each reads the list anew.
import {TextInput} from '@patternfly/react-core';
import {useEffect, useState} from 'react';
import {useQuery} from '../router';

interface Props {
    id: string;
    name: string; // in the address
    type: 'text' | 'date';
    label: string;
}

export function TypedFilter({id, name, type, label}: Props) {
    const [query, setQuery] = useQuery();
    const value = query.get(name) ?? '';
    const [typed, setTyped] = useState(value);
    useEffect(() => setTyped(value), [value]);
    const look = () => {
        if (typed.trim() !== value) setQuery({[name]: typed.trim()}, true);
    };
    return (
        <TextInput
            id={id}
            className={type === 'date' ? 'calm-filter calm-date' : 'calm-filter'}
            type={type}
            aria-label={label}
            placeholder={label}
            title={label}
            spellCheck="false"
            autoComplete="off"
            value={typed}
            onChange={(_, now) => setTyped(now)}
            onBlur={look}
            onKeyDown={(event) => event.key === 'Enter' && look()}
        />
    );
}
