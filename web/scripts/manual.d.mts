import type {Plugin} from 'vite';
export function manual(): Plugin;
