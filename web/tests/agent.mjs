// A real host for the plays and the pictures: enrolled as its administrator would, with its agent running to the end.
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {address, ask} from './harness.mjs';

const desk = process.env.CALM_DESK;

// `more`: what else is said to `calm-hostd enrol`.
export async function joinIn(name, token, more = []) {
    const config = join(desk, `${name}.toml`);
    const env = {...process.env, CALM_HOST_SOCKET: join(desk, `${name}.sock`)};
    writeFileSync(join(desk, 'host.token'), `${token}\n`, {mode: 0o600});
    const {fingerprint} = (await ask('GET', '/v1/status')).body;
    execFileSync('calm-hostd', ['--config', config, 'enrol', '--server', address, '--fingerprint', fingerprint, '--token', `@${join(desk, 'host.token')}`, '--name', name, '--state-dir', join(desk, `${name}.state`), ...more], {env, stdio: 'pipe'});
    const agent = spawn('calm-hostd', ['--config', config], {env, stdio: 'ignore'});
    process.on('exit', () => agent.kill('SIGKILL'));
}

// Somebody logs in at a host that has joined in: its service asks its agent, which asks the license server. What it says
// is what is expected at last, as soon as the agent has started.
export async function login(name, user, reason) {
    const env = {...process.env, CALM_HOST_SOCKET: join(desk, `${name}.sock`)};
    const once = () => spawnSync('calm-hostd', ['--config', join(desk, `${name}.toml`), 'test', '--service', 'sshd', '--user', user], {env, encoding: 'utf8'});
    let said = once();
    for (let i = 0; i < 600 && !said.stdout.includes(`: ${reason}`); ++i) {
        await new Promise((go) => setTimeout(go, 100));
        said = once();
    }
    if (!said.stdout.includes(`: ${reason}`)) throw new Error(said.stdout + said.stderr);
}
