// Groups, and how they are found.
import type {Group} from './api';

export const isGroupCode = (text: string) => text.length <= 64 && /^[a-z0-9][a-z0-9._-]*$/.test(text);

// What fits a search: the group with all of its members when it is the group's name, else the members it names.
export function found(groups: Group[], search: string): Group[] {
    const wanted = search.trim().toLowerCase();
    if (wanted === '') return groups;
    return groups.flatMap((each) => {
        if (each.group.includes(wanted)) return [each];
        const members = each.members.filter(({name}) => name?.toLowerCase().includes(wanted));
        return members.length > 0 ? [{...each, members}] : [];
    });
}
