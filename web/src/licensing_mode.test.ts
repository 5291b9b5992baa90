import {describe, expect, it} from 'vitest';
import {badServer, chosenIn, chosenText, policyCommand, withChosen} from './licensing_mode';

describe('the form of mode and servers', () => {
    it('keeps the chosen hosts in its address', () => {
        expect(chosenText(withChosen(chosenIn('5,2'), [9], true))).toBe('2,5,9');
        expect(chosenText(withChosen(chosenIn('2,5'), [5, 7], false))).toBe('2');
        expect([...chosenIn('x,-1,3.5,4')]).toEqual([4]);
        expect(chosenIn(null).size).toBe(0);
        expect(chosenText(chosenIn(null))).toBeUndefined();
    });
    it('keeps ten thousand of them too, which are too many for an address', () => {
        const all = withChosen(chosenIn('3'), Array.from({length: 10_000}, (_, index) => index + 1), true);
        expect(all.size).toBe(10_000);
        expect(chosenText(all)).toBeUndefined();
    });
    it('names a license server that cannot be one', () => {
        expect(badServer('ls1, ls2.example.org:7443, https://ls3, [2001:db8::1]:7443')).toBeUndefined();
        expect(badServer('ls1, ls 2')).toBe('ls 2');
        expect(badServer('ls1;reboot')).toBe('ls1;reboot');
        expect(badServer('$(reboot)')).toBe('$(reboot)');
    });
    it('makes the command for the host', () => expect(policyCommand(' ls1 ,ls2:7443,')).toBe('sudo calm host policy edit license_servers enabled ls1,ls2:7443'));
});
