import react from '@vitejs/plugin-react';
import {defineConfig} from 'vite';
import {manual} from './scripts/manual.mjs';
import {texts} from './scripts/texts.mjs';

export default defineConfig({
    plugins: [react(), texts(), manual()],
    build: {
        // The content security policy admits nothing inline, so nothing is made inline.
        assetsInlineLimit: 0,
        modulePreload: {polyfill: false},
        target: 'es2022',
        reportCompressedSize: false,
        rollupOptions: {
            output: {
                // One folder, flat names: the server's route takes one segment.
                assetFileNames: 'assets/[name]-[hash][extname]',
                chunkFileNames: 'assets/[name]-[hash].js',
                entryFileNames: 'assets/[name]-[hash].js',
            },
        },
    },
});
