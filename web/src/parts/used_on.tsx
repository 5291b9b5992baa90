// On which hosts the holder of a CAL was let in lately.
import {Content} from '@patternfly/react-core';
import type {CalHosts} from '../api';
import {useData} from '../data';
import {Link} from '../router';
import {t, tn} from '../texts';
import {date} from '../time';
import {Loading, ProblemNotice} from './states';

export function UsedOn({cal}: {cal: number}) {
    const {data, problem, reload} = useData<CalHosts>(`/v1/cals/${cal}/hosts`, 60_000);
    return (
        <section className="calm-gap" aria-labelledby="used-on">
            <Content component="h3" id="used-on">
                {tn('used_on.title', data?.days ?? 30)}
            </Content>
            {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
            {data?.hosts.length === 0 && <p className="calm-quiet">{t('used_on.nowhere')}</p>}
            <ul className="calm-plain">
                {data?.hosts.map(({host, name, product, last_day: last, days_used: days}) => (
                    <li key={`${host} ${product}`} className="calm-line">
                        <span className="calm-line-name">
                            {name === '' ? String(host) : <Link to={`/console/hosts?search=${encodeURIComponent(name)}&host=${host}`}>{name}</Link>} {product}
                        </span>
                        <span>{tn('used_on.days', days, {last: date(`${last}T12:00:00Z`)})}</span>
                    </li>
                ))}
            </ul>
        </section>
    );
}
