// How full a pool is, in the steps that people are warned at: 80, 90 and 100 percent.
export type Fullness = 'calm' | 'filling' | 'nearly' | 'full';

export function fullness(used: number, owned: number): Fullness {
    if (owned === 0) return used > 0 ? 'full' : 'calm';
    const share = used / owned;
    if (share >= 1) return 'full';
    if (share >= 0.9) return 'nearly';
    return share >= 0.8 ? 'filling' : 'calm';
}
