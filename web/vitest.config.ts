import {defineConfig, mergeConfig} from 'vitest/config';
import build from './vite.config';

export default mergeConfig(build, defineConfig({test: {include: ['src/**/*.test.ts', 'scripts/*.test.mjs'], setupFiles: ['tests/setup.mjs']}}));
