// A real host for the plays and the pictures: enrolled as its administrator would, with its agent running to the end.
import {execFileSync, spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, ask} from './harness.mjs';

const desk = process.env.CALM_DESK;

export async function joinIn(name, token) {
    const config = join(desk, `${name}.toml`);
    const env = {...process.env, CALM_HOST_SOCKET: join(desk, `${name}.sock`)};
    writeFileSync(join(desk, 'host.token'), `${token}\n`, {mode: 0o600});
    const {fingerprint} = (await ask('GET', '/v1/status')).body;
    execFileSync('calm-hostd', ['--config', config, 'enrol', '--server', address, '--fingerprint', fingerprint, '--token', `@${join(desk, 'host.token')}`, '--name', name, '--state-dir', join(desk, `${name}.state`)], {env, stdio: 'pipe'});
    const agent = spawn('calm-hostd', ['--config', config], {env, stdio: 'ignore'});
    process.on('exit', () => agent.kill('SIGKILL'));
}
