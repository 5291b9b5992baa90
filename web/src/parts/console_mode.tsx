// Console mode: all screens of a host belong to the host itself, as its administrator needs it, and back.
import {FormGroup, FormSelect, FormSelectOption} from '@patternfly/react-core';
import {useState} from 'react';
import {change, type Host} from '../api';
import {t} from '../texts';
import {Dialog} from './dialog';

// `hosts` are those to choose from.
export function ConsoleMode({hosts, chosen, close, done}: {hosts: Host[]; chosen?: Host; close: () => void; done: (host: Host) => unknown}) {
    const [id, setId] = useState(chosen?.host ?? hosts[0]?.host ?? 0);
    const host = hosts.find((each) => each.host === id) ?? chosen;
    const on = host?.console_mode === true;
    return (
        <Dialog
            title={on ? t('stations.to_station_mode') : t('stations.to_console_mode')}
            lead={on ? t('stations.station_lead') : t('stations.console_lead')}
            does={on ? t('stations.to_station_mode') : t('stations.to_console_mode')}
            ready={host !== undefined}
            close={close}
            act={async () => done(await change<Host>(`/v1/hosts/${id}`, {console_mode: !on}))}
        >
            <FormGroup label={t('fact.host')} fieldId="mode-host">
                <FormSelect id="mode-host" value={String(id)} onChange={(_, value) => setId(Number(value))}>
                    {hosts.map((each) => (
                        <FormSelectOption key={each.host} value={String(each.host)} label={each.console_mode ? `${each.name} (${t('hosts.console_mode')})` : each.name} />
                    ))}
                </FormSelect>
            </FormGroup>
        </Dialog>
    );
}
