// On which hosts the holder of a CAL was let in lately. Asked for by hand: it is read from all days of use.
import {Button, Content} from '@patternfly/react-core';
import {useState} from 'react';
import type {CalHosts} from '../api';
import {useData} from '../data';
import {Link} from '../router';
import {t, tn} from '../texts';
import {date} from '../time';
import {Loading, ProblemNotice} from './states';

function Hosts({cal}: {cal: number}) {
    const {data, problem, reload} = useData<CalHosts>(`/v1/cals/${cal}/hosts`, 0);
    if (!data) return problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />;
    return (
        <section aria-labelledby="used-on">
            <Content component="h3" id="used-on">
                {tn('used_on.title', data.days)}
            </Content>
            {data.hosts.length === 0 && <p className="calm-quiet">{t('used_on.nowhere')}</p>}
            <ul className="calm-plain">
                {data.hosts.map(({host, name, product, last_day: last, days_used: days}) => (
                    <li key={`${host} ${product}`}>
                        {name === '' ? String(host) : <Link to={`/console/hosts?search=${encodeURIComponent(name)}&host=${host}`}>{name}</Link>} {product}
                        <div className="calm-quiet">{tn('used_on.days', days, {last: date(`${last}T12:00:00Z`)})}</div>
                    </li>
                ))}
            </ul>
        </section>
    );
}

export function UsedOn({cal}: {cal: number}) {
    const [asked, setAsked] = useState(false);
    return (
        <div className="calm-gap">
            {asked ? (
                <Hosts cal={cal} />
            ) : (
                <Button variant="link" isInline onClick={() => setAsked(true)}>
                    {t('used_on.show')}
                </Button>
            )}
        </div>
    );
}
