// Packs that go to another license server or came from one: what the API says of them, and the file that carries one.
import {type Pack, post} from './api';
import {saveFile} from './files';

export type Source = 'reachable' | 'unreachable' | 'dead';

export interface MovedFrom {
    server: string;
    source: Source;
}

export type PackHere = Pack & {moved_from?: MovedFrom};

// A pack that went away.
export interface MovedPack {
    pack: number;
    product: string;
    kind: string;
    quantity: number;
    to: string;
    at: string;
}

// What ends here when the pack goes; `packs` names it with all that was converted out of it or came with it.
export interface MovePreview {
    pack: number;
    to: string;
    cals: number;
    hosts: number;
    installations: number;
    packs: number[];
}

export interface Transfer {
    pack: number;
    to: string;
    file: string;
    transfer: string;
}

export const transferLabel = 'CALM PACK TRANSFER';
export const packLabel = 'CALM KEY PACK';

export const isTransfer = (text: string) => text.includes(`-----BEGIN ${transferLabel}-----`);

export const previewMove = (pack: number, to: string) => post<MovePreview>(`/v1/packs/${pack}/move?dry_run=yes`, {to});

// Asked again with the same server, it gives the same file again.
export const movePack = (pack: number, to: string) => post<Transfer>(`/v1/packs/${pack}/move`, {to});

export const keepFile = ({file, transfer}: Transfer) => saveFile(file, transfer);

// How a pack is installed that another server cannot hand over: in the query.
export function cameFrom(from: MovedFrom | undefined): string {
    return from === undefined ? '' : new URLSearchParams({moved_from: from.server, source: from.source}).toString();
}
