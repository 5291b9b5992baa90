// A request for a clearinghouse that the browser has saved: as a file, to be photographed, and as a code to be read out.
import {Alert, Button} from '@patternfly/react-core';
import {lazy, Suspense} from 'react';
import {fitsQr} from '../activation';
import type {ActivationRequest} from '../api';
import {saveFile} from '../files';
import {t} from '../texts';

const Qr = lazy(() => import('./qr'));

// A code in groups that are read out one by one.
export function ReadOut({label, code}: {label: string; code: string}) {
    return (
        <div>
            <p className="calm-label">{label}</p>
            <p className="calm-read-out">
                {code.split('-').map((group, i) => (
                    <code key={i} className="calm-read-out-group">
                        {group}
                    </code>
                ))}
            </p>
        </div>
    );
}

export function RequestMade({made, next}: {made: ActivationRequest; next: string}) {
    return (
        <Alert component="p" variant="info" isInline className="calm-gap" title={t('moving.done_title', {file: made.file})}>
            <p>{next}</p>
            <div className="calm-qr-row calm-gap">
                {fitsQr(made.request) && (
                    <Suspense fallback={<div className="calm-qr calm-qr-large" />}>
                        <Qr large text={made.request} label={t('activation.request_qr')} />
                    </Suspense>
                )}
                <div className="calm-qr-words">
                    <p className="calm-quiet">{fitsQr(made.request) ? t('activation.request_qr_help') : t('activation.request_no_qr')}</p>
                    {made.purpose !== 'packs' && (
                        <div className="calm-gap">
                            <ReadOut label={t('activation.request_code')} code={made.code} />
                        </div>
                    )}
                    <Button variant="link" isInline className="calm-gap" onClick={() => saveFile(made.file, made.request)}>
                        {t('activation.request_again')}
                    </Button>
                </div>
            </div>
        </Alert>
    );
}
