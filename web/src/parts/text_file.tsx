// A text in armour that somebody pastes, drops or chooses as a file.
import {Button, FormGroup, FormHelperText, HelperText, HelperTextItem, TextArea} from '@patternfly/react-core';
import {type DragEvent, useRef, useState} from 'react';
import {t} from '../texts';

interface Props {
    id: string;
    label: string;
    help: string;
    tooLarge: string;
    bytesMax: number;
    placeholder: string;
    rows: number;
    text: string;
    setText: (text: string) => void;
}

export function TextFile({id, label, help, tooLarge: tooLargeWords, bytesMax, placeholder, rows, text, setText}: Props) {
    const file = useRef<HTMLInputElement>(null);
    const [over, setOver] = useState(false);
    const [tooLarge, setTooLarge] = useState(false);
    const read = async (chosen: File | undefined) => {
        if (!chosen) return;
        setTooLarge(chosen.size > bytesMax);
        if (chosen.size <= bytesMax) setText(await chosen.text());
    };
    const drop = (event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        void read(event.dataTransfer.files[0]);
    };
    return (
        <FormGroup label={label} fieldId={id} isRequired>
            <TextArea
                id={id}
                className={over ? 'calm-pack calm-pack-over' : 'calm-pack'}
                value={text}
                rows={rows}
                spellCheck="false"
                placeholder={placeholder}
                onChange={(_, value) => setText(value)}
                onDragOver={(event) => {
                    event.preventDefault();
                    setOver(true);
                }}
                onDragLeave={() => setOver(false)}
                onDrop={drop}
                resizeOrientation="vertical"
                aria-describedby={`${id}-help`}
            />
            <FormHelperText>
                <HelperText id={`${id}-help`}>
                    <HelperTextItem variant={tooLarge ? 'error' : 'default'}>{tooLarge ? tooLargeWords : help}</HelperTextItem>
                </HelperText>
            </FormHelperText>
            <input ref={file} type="file" hidden tabIndex={-1} aria-hidden="true" data-testid={`${id}-file`} onChange={(event) => void read(event.target.files?.[0])} />
            <Button className="calm-gap" variant="secondary" onClick={() => file.current?.click()}>
                {t('add.choose_file')}
            </Button>
        </FormGroup>
    );
}
