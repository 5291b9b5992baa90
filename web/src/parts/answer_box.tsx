// Where a clearinghouse's answer is put, however it came here.
import {Button, Form} from '@patternfly/react-core';
import {type FormEvent, useState} from 'react';
import {takeAnswer} from '../activation';
import {asProblem, type Problem, type TakenAnswer} from '../api';
import {t} from '../texts';
import {ProblemNotice} from './states';
import {TextFile} from './text_file';

const answerBytesMax = 4 * 1024 * 1024;

export function AnswerBox({whenTaken}: {whenTaken: (taken: TakenAnswer) => void}) {
    const [text, setText] = useState('');
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        try {
            whenTaken(await takeAnswer(text));
        } catch (error) {
            setProblem(asProblem(error));
            setBusy(false);
        }
    };
    return (
        <Form onSubmit={(event) => void submit(event)}>
            <TextFile
                id="answer"
                label={t('activation.answer')}
                help={t('activation.answer_help')}
                tooLarge={t('activation.answer_too_large')}
                bytesMax={answerBytesMax}
                placeholder="-----BEGIN CALM ACTIVATION-----"
                rows={6}
                text={text}
                setText={(value) => {
                    setText(value);
                    setProblem(undefined);
                }}
            />
            {problem && <ProblemNotice problem={problem} />}
            <div className="calm-buttons">
                <Button type="submit" isDisabled={!text.includes('-----END') || busy} isLoading={busy}>
                    {t('activation.take')}
                </Button>
            </div>
        </Form>
    );
}
