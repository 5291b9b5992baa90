import {expect, it} from 'vitest';
import {typed} from './alerts';

it('what is to be typed stands between backticks', () => {
    expect(typed('Run `calm clock accept`.')).toEqual([
        {text: 'Run ', code: false},
        {text: 'calm clock accept', code: true},
        {text: '.', code: false},
    ]);
});
