// A question before something changes, with what went wrong shown in it.
import {Button, Modal, ModalBody, ModalFooter, ModalHeader} from '@patternfly/react-core';
import CloseIcon from '@patternfly/react-icons/dist/esm/icons/rh-microns-close-icon';
import {type ReactNode, type RefObject, useEffect, useRef, useState} from 'react';
import {Problem} from '../api';
import {t} from '../texts';
import {ProblemNotice} from './states';

// PatternFly's own says "Close" in English only.
export function ModalClose({close}: {close: () => void}) {
    return (
        <div className="pf-v6-c-modal-box__close">
            <Button variant="plain" aria-label={t('action.close')} icon={<CloseIcon />} onClick={close} />
        </div>
    );
}

interface DialogProps {
    title: string;
    lead?: ReactNode;
    children?: ReactNode;
    does: string; // the words of the button
    danger?: boolean;
    ready?: boolean;
    act: () => Promise<unknown>;
    close: () => void; // after it is done
    cancel?: () => void; // when that is something else
    told?: boolean; // there is nothing to take back: one button
}

export function Dialog({title, lead, children, does, danger = false, ready = true, act, close, cancel = close, told = false}: DialogProps) {
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const run = async () => {
        setBusy(true);
        setProblem(undefined);
        try {
            await act();
            setBusy(false);
            close();
        } catch (error) {
            setProblem(error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0));
            setBusy(false);
        }
    };
    return (
        <Modal isOpen variant="small" onEscapePress={cancel} aria-labelledby="dialog-title" aria-describedby="dialog-body">
            <ModalClose close={cancel} />
            <ModalHeader title={title} labelId="dialog-title" description={lead} titleIconVariant={danger ? 'warning' : undefined} />
            <ModalBody id="dialog-body">
                {children}
                {problem && <ProblemNotice problem={problem} />}
            </ModalBody>
            <ModalFooter>
                <Button variant={danger ? 'danger' : 'primary'} isDisabled={busy || !ready} isLoading={busy} onClick={() => void run()}>
                    {does}
                </Button>
                {!told && (
                    <Button variant="link" onClick={cancel}>
                        {t('action.cancel')}
                    </Button>
                )}
            </ModalFooter>
        </Modal>
    );
}

// Where the focus goes once a dialog has done its work: the button that opened it may be gone. Answers what to call then.
export function useFocusWhenDone(open: boolean, to: RefObject<HTMLElement | null>): () => void {
    const done = useRef(false);
    useEffect(() => {
        if (open || !done.current) return;
        done.current = false;
        to.current?.focus();
    }, [open, to]);
    return () => {
        done.current = true;
    };
}
