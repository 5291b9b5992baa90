// A vendor's file: whoever redeems a product key may have nothing else. A new vendor is trusted by its fingerprint; of
// one that is trusted already the file brings what it says of its clearinghouse.
import {Alert, Checkbox} from '@patternfly/react-core';
import {useEffect, useState} from 'react';
import type {ActivationVendor} from '../activation';
import {ask} from '../api';
import {t} from '../texts';
import {type ShownVendor, vendorLabel, vendorShownBy} from '../vendor_file';
import {Dialog} from './dialog';
import {TextFile} from './text_file';

const fileBytesMax = 65_536;

export function VendorFile({vendors, close, done}: {vendors: ActivationVendor[]; close: () => void; done: (told: string) => unknown}) {
    const [text, setText] = useState('');
    const [shown, setShown] = useState<ShownVendor>();
    const [compared, setCompared] = useState(false);
    useEffect(() => {
        let current = true;
        setCompared(false);
        void vendorShownBy(text).then((found) => current && setShown(found));
        return () => {
            current = false;
        };
    }, [text]);
    const trusted = vendors.some((each) => each.fingerprint === shown?.fingerprint);
    return (
        <Dialog
            title={t('activation.vendor_file')}
            lead={t('activation.vendor_file_lead')}
            does={trusted || !shown ? t('activation.vendor_file_take') : t('add.trust', {vendor: shown.name})}
            ready={shown !== undefined && (trusted || compared)}
            close={close}
            act={async () => {
                if (!shown) return;
                await ask('/v1/vendors', {method: 'POST', text, headers: {'CALM-Fingerprint': shown.fingerprint}});
                await done(t('activation.vendor_file_done', {vendor: shown.name}));
            }}
        >
            <TextFile
                id="vendor-file"
                label={t('activation.vendor_file_text')}
                help={t('add.pack_help')}
                tooLarge={t('activation.vendor_file_too_large')}
                bytesMax={fileBytesMax}
                placeholder={`-----BEGIN ${vendorLabel}-----`}
                rows={5}
                text={text}
                setText={setText}
            />
            <div aria-live="polite" className="calm-gap">
                {text.includes('-----END') && !shown && <p>{t('activation.vendor_file_none')}</p>}
                {shown && trusted && <p>{t('activation.vendor_file_known', {vendor: shown.name})}</p>}
                {shown && !trusted && (
                    <Alert component="p" variant="warning" isInline title={t('add.unknown_vendor', {vendor: shown.name})}>
                        <p>{t('activation.vendor_file_compare')}</p>
                        <p className="calm-fingerprint">{shown.fingerprint}</p>
                        <Checkbox id="vendor-compared" label={t('add.compared')} isChecked={compared} onChange={(_, value) => setCompared(value)} />
                    </Alert>
                )}
            </div>
        </Dialog>
    );
}
