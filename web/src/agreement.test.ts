import {describe, expect, it} from 'vitest';
import {agreementNumber, agreementOf, authorizationNumber, faultOfNumber, isWholeNumber, licenseNumber} from './agreement';

describe('the numbers of an agreement', () => {
    it('are whole with as many characters as their program writes, however they are spaced', () => {
        expect(isWholeNumber('1234 5678', licenseNumber)).toBe(true);
        expect(isWholeNumber('1234567', licenseNumber)).toBe(false);
        expect(isWholeNumber('12345678', agreementNumber)).toBe(false);
        expect(isWholeNumber('abcde-fghij-12345', authorizationNumber)).toBe(true);
    });
    it('may become right as long as they are short', () => {
        expect(faultOfNumber('', licenseNumber)).toBeUndefined();
        expect(faultOfNumber('12', licenseNumber)).toBeUndefined();
    });
    it('tell what is wrong while they are typed', () => {
        expect(faultOfNumber('12E4', licenseNumber)).toEqual({what: 'character', character: 'E'});
        expect(faultOfNumber('É', authorizationNumber)).toEqual({what: 'character', character: 'É'});
        expect(faultOfNumber('123456789', licenseNumber)).toEqual({what: 'long'});
    });
    it('go to the license server as it writes them', () => {
        expect(agreementOf('open', '1234 5678', 'abcdefghij12345')).toBe('12345678-ABCDEFGHIJ12345');
        expect(agreementOf('open', '12345678', ' ')).toBe('12345678');
        expect(agreementOf('select', '1234567', 'ABC')).toBe('1234567');
    });
});
