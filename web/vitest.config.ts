import {defineConfig, mergeConfig} from 'vitest/config';
import build from './vite.config';

export default mergeConfig(
    build,
    defineConfig({
        server: {fs: {allow: ['..']}}, // real codes stand in ../tests
        test: {include: ['src/**/*.test.ts', 'scripts/*.test.mjs'], setupFiles: ['tests/setup.mjs']},
    }),
);
