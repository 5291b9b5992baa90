// One host: what it told of itself, and what is found with the mend.
import {Alert, Label} from '@patternfly/react-core';
import type {Host} from '../api';
import {usePerson} from '../console';
import {type HostFinding, modeFrom, modeOf} from '../host_findings';
import {Link} from '../router';
import {t, word} from '../texts';
import {dateTime} from '../time';
import {Facts} from './facts';

// The mode that the host goes by, with where it comes from as far as it told.
export function ModeInForce({host}: {host: Host}) {
    const from = modeFrom(host);
    return (
        <>
            {word('mode', modeOf(host))}
            {from !== undefined && <span className="calm-quiet"> {t('hosts.from', {source: word('setting_source', from)})}</span>}
        </>
    );
}

export function Servers({host}: {host: Host}) {
    const {servers, servers_from: from} = host.contact ?? {};
    if (servers === undefined || servers.length === 0) return <span className="calm-quiet">{t('hosts.not_told')}</span>;
    return (
        <>
            <span className="calm-breaks">{servers.join(', ')}</span>
            {from !== undefined && <span className="calm-quiet"> {t('hosts.from', {source: word('setting_source', from)})}</span>}
        </>
    );
}

const colors = {danger: 'red', warning: 'orange', info: 'blue'} as const;

export function FindingsLabel({found}: {found: HostFinding[]}) {
    const [worst] = found;
    if (worst === undefined) return <Label isCompact color="green">{t('hosts.in_order')}</Label>;
    return (
        <Label isCompact color={colors[worst.level]}>
            {t(`finding_short.${worst.what}`)}
        </Label>
    );
}

interface Mend {
    right: 'license' | 'operate'; // without it the page that mends is not there, or shows nothing to press
    to: (host: Host) => string;
}

const addCals: Mend = {right: 'license', to: () => '/console/add'};

// Where the console mends it itself.
const mends: Partial<Record<HostFinding['what'], Mend>> = {
    mode_missing: {right: 'operate', to: ({host}) => `/console/mode?hosts=${host}`},
    no_packs: addCals,
    grace_over: addCals,
    grace_ends: addCals,
    console_mode: {right: 'operate', to: () => '/console/stations'},
};

function Finding({host, found}: {host: Host; found: HostFinding}) {
    const {may} = usePerson();
    const mend = mends[found.what];
    return (
        <Alert component="p" variant={found.level} isInline title={t(`finding.${found.what}`, found.values)}>
            <p>
                {t(`finding_mend.${found.what}`, found.values)} {mend && (may(mend.right) ? <Link to={mend.to(host)}>{t('hosts.mend')}</Link> : word('hosts.mend_by', mend.right))}
            </p>
        </Alert>
    );
}

export function HostDetails({host, found}: {host: Host; found: HostFinding[]}) {
    const {contact} = host;
    const off = contact?.clock_difference_s;
    return (
        <div className="calm-host">
            <Facts
                wide
                facts={[
                    [t('fact.mode'), <ModeInForce key="m" host={host} />],
                    modeOf(host) !== host.mode && [t('hosts.mode_here'), word('mode', host.mode)],
                    [t('hosts.servers'), <Servers key="s" host={host} />],
                    [t('hosts.version'), contact?.version ?? t('hosts.not_told')],
                    [t('hosts.contact'), contact ? dateTime(contact.at) : t('hosts.no_contact')],
                    off !== undefined && [t('hosts.clock'), t('hosts.clock_off', {seconds: off})],
                    [t('fact.grace'), dateTime(host.grace_until)],
                    [t('fact.enrolled'), dateTime(host.enrolled_at)],
                    host.runs !== undefined && host.runs.length > 0 && [t('hosts.runs'), host.runs.join(', ')],
                ]}
            />
            <div className="calm-findings">
                <h2 className="calm-subtitle">{t('hosts.findings')}</h2>
                {found.length === 0 && <p>{t('hosts.nothing_found')}</p>}
                {found.map((each) => (
                    <Finding key={each.what + JSON.stringify(each.values)} host={host} found={each} />
                ))}
                <p className="calm-quiet">{t('hosts.doctor')}</p>
            </div>
        </div>
    );
}
