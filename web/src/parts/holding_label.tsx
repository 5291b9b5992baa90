// The label of a CAL that is lent, stands in for another one, or is a concurrent seat in use.
import {Label} from '@patternfly/react-core';
import type {Cal} from '../api';
import {useData} from '../data';
import {holderName, holdingOf, lastDay} from '../holding';
import {t} from '../texts';
import {isToday, monthDay, timeOfDay} from '../time';

function StandsIn({owner}: {owner: number}) {
    const {data} = useData<Cal>(`/v1/cals/${owner}`, 0);
    const text = t('cal.stands_in', {holder: data ? holderName(data) : t('stations.cal', {cal: String(owner)})});
    // A name may be longer than the place for it; then it is read whole by pointing at it.
    return (
        <span title={text}>
            <Label isCompact color="teal">
                {text}
            </Label>
        </span>
    );
}

export function HoldingLabel({cal}: {cal: Cal}) {
    const holding = holdingOf(cal);
    if (holding === 'stands_in' && cal.of !== undefined) return <StandsIn owner={cal.of} />;
    if (holding === 'lent' && cal.lent) {
        return (
            <Label isCompact color="purple">
                {t('cal.lent', {until: lastDay(cal.lent.until, monthDay)})}
            </Label>
        );
    }
    if (holding !== 'in_use') return null;
    const end = cal.expires_at;
    return (
        <Label isCompact color="green">
            {isToday(end) ? t('cal.in_use_today', {time: timeOfDay(end)}) : t('cal.in_use', {until: monthDay(end)})}
        </Label>
    );
}
