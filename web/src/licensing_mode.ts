// The form of the licensing mode and the license servers: what stands in its address, and what a host is to be told.

const chosenInAddressMax = 200;

// The hosts that are chosen, by number: `2,5`.
export function chosenIn(text: string | null): Set<number> {
    return new Set((text ?? '').split(',').map(Number).filter((each) => Number.isInteger(each) && each > 0));
}

export function withChosen(chosen: Set<number>, hosts: number[], on: boolean): Set<number> {
    const next = new Set(chosen);
    for (const each of hosts) {
        if (on) next.add(each);
        else next.delete(each);
    }
    return next;
}

// What stands in the address; nothing where they are too many for one.
export function chosenText(chosen: Set<number>): string | undefined {
    if (chosen.size === 0 || chosen.size > chosenInAddressMax) return undefined;
    return [...chosen].sort((a, b) => a - b).join(',');
}

const serversIn = (typed: string) => typed.split(',').map((each) => each.trim()).filter((each) => each !== '');

// A name, an address, either with a port, or https:// and one of them.
const isServer = (text: string) => /^(https:\/\/)?([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(:\d{1,5})?$/.test(text);

// The first of them that cannot be a server's name; undefined: none.
export const badServer = (typed: string) => serversIn(typed).find((each) => !isServer(each));

// To be run at the host: its own policy, which comes before every other setting.
export const policyCommand = (typed: string) => `sudo calm host policy edit license_servers enabled ${serversIn(typed).join(',')}`;
