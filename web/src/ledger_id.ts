// The identifier of a license server, checked as it is typed: 35 characters in 7 groups of 5. The license server has
// the last word; this only says at once what cannot be one.
import {bare, faultOfGroup, groupSize, serverId, splitIntoGroups} from './codes';

export type Fault = {what: 'character'; group: number; character: string} | {what: 'length'; characters: number} | {what: 'group'; group: number};

export const idLength = serverId.groups * groupSize;

// What is wrong with it so far, the first fault first; nothing: it may be one.
export function faultOf(text: string): Fault | undefined {
    const {length} = [...bare(text)];
    const faults = splitIntoGroups(text).map((each, i) => ({group: i + 1, fault: faultOfGroup(each, i, serverId)}));
    for (const {group, fault} of faults) if (fault?.what === 'character') return {what: 'character', group, character: fault.character};
    if (length > idLength) return {what: 'length', characters: length};
    const wrong = faults.find(({fault}) => fault !== undefined);
    if (wrong) return {what: 'group', group: wrong.group};
    return length < idLength ? {what: 'length', characters: length} : undefined;
}

// As it is printed.
export function printed(text: string): string {
    return splitIntoGroups(text).join('-');
}
