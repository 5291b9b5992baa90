import {expect, it} from 'vitest';
import {reasonsIn} from './reasons';

const reasons = reasonsIn({'no_cal_available.title': 'No CAL is available', 'no_cal_available.remedy': 'Install a pack.'});

it('a reason is called by its title and has its remedy', () => {
    expect(reasons.title('no_cal_available')).toBe('No CAL is available');
    expect(reasons.remedy('no_cal_available')).toBe('Install a pack.');
});
it('one that only a newer server knows is shown as it is', () => {
    expect(reasons.title('moon_is_full')).toBe('moon is full');
    expect(reasons.remedy('moon_is_full')).toBeUndefined();
});
