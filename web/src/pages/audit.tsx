// Audit: the log as it is stored, and a verification that this browser makes by itself.
import {Alert, Button, Card, CardBody, PageSection, Progress} from '@patternfly/react-core';
import HistoryIcon from '@patternfly/react-icons/dist/esm/icons/history-icon';
import {ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useCallback, useEffect, useMemo, useRef, useState} from 'react';
import {type Actors, ask, asProblem, type Cal, get, post, Problem, type Status} from '../api';
import {useData} from '../data';
import {useLongRead} from '../long_read';
import {ExpandCell} from '../parts/expand_cell';
import {Facts} from '../parts/facts';
import {FilterSelect} from '../parts/filter_select';
import {LogExport} from '../parts/log_export';
import {PageHead} from '../parts/shell';
import {TypedFilter} from '../parts/typed_filter';
import {countUntil, type Fields, fits, type LogFilters, numberIn, type Person} from '../log_filters';
import {Loading, Nothing, ProblemNotice} from '../parts/states';
import {useQuery} from '../router';
import {number, t, tn, word} from '../texts';
import {dateTime} from '../time';
import {type Verdict, verifyLog} from '../verify';

interface Entry {
    seq: number;
    at: string;
    entry: string;
    facts: string;
    account?: string; // who asked for it; nobody: a host's question, a date, the server itself
    fields: Fields;
    line: string;
}

const local = '(local)'; // whoever administers the machine itself

const pageSize = 50;
const scanned = 1_000;
// Beside what has a column of its own: what only a program reads.
const hidden = new Set(['v', 'seq', 'at', 'entry', 'certificate', 'commitment', 'content', 'request', 'issued_at', 'key', 'document', 'vendor']);
// Kinds by what they are about, as people look for them.
const groups = {
    cals: ['cal_issued', 'cal_validated', 'cal_renewed', 'cal_moved', 'cal_expired', 'cal_revoked', 'cal_returned', 'cal_reasserted', 'cal_lent', 'seat_left', 'seat_borrowed', 'queue_joined', 'queue_left'],
    packs: ['pack_installed', 'pack_removed', 'pack_moved', 'pack_converted', 'pack_released', 'pack_renewed', 'pack_revoked', 'status_list_taken', 'installation_claimed', 'installation_moved', 'installation_released', 'pack_assigned', 'group_joined', 'group_left', 'seats_reserved', 'vendor_trusted'],
    hosts: ['host_enrolled', 'host_set', 'host_grace_ended', 'host_removed', 'host_reasserted', 'station_set', 'station_removed', 'host_licensed', 'host_unlicensed'],
    holders: ['subject_added', 'subject_erased', 'subject_renamed', 'subject_merged', 'subject_unmerged', 'devices_merged', 'device_separated', 'device_doubted', 'device_accepted', 'device_quarantined', 'device_cleared'],
    rules: ['product_set', 'policy_set'],
    server: ['ledger_created', 'node_added', 'epoch_started', 'clock_accepted', 'server_activated', 'server_deactivated', 'second_factor_removed'],
} as const;
type Group = keyof typeof groups;

function read(line: string): Entry {
    const fields = JSON.parse(line) as Fields;
    const facts = Object.entries(fields)
        .filter(([key]) => !hidden.has(key))
        .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
    return {seq: Number(fields.seq), at: String(fields.at), entry: String(fields.entry), facts: facts.join(' · '), fields, line};
}

async function lines(from: number, limit: number): Promise<Entry[]> {
    const part = `?from=${from}&limit=${limit}`;
    const [log, {actors}] = await Promise.all([ask(`/v1/audit${part}`).then((answer) => answer.text()), get<Actors>(`/v1/audit/actors${part}`)]);
    const accounts = new Map(actors.map(({sequence, account}) => [sequence, account]));
    return log
        .split('\n')
        .filter(Boolean)
        .map(read)
        .map((each) => ({...each, account: accounts.get(each.seq)}));
}

// Newest first, from `below` down, until a page is full or the log begins.
async function page(below: number, wanted: LogFilters | undefined): Promise<{entries: Entry[]; next: number}> {
    const entries: Entry[] = [];
    let next = below;
    while (next > 0 && entries.length < pageSize) {
        const from = Math.max(0, next - (wanted ? scanned : pageSize));
        const found = await lines(from, next - from);
        entries.push(...found.reverse().filter((each) => !wanted || fits(each.fields, wanted)));
        // Nothing older is of the days that are asked for.
        const oldest = found.at(-1)?.at.slice(0, 10);
        next = wanted?.from !== undefined && oldest !== undefined && oldest < wanted.from ? 0 : from;
    }
    return {entries, next};
}

// The newest entry of a day or of one before, from which on back is read.
const endOfDay = (day: string, total: number) => countUntil(day, total, async (entry) => (await lines(entry, 1))[0]?.at.slice(0, 10) ?? '9');

// Somebody's number, and those of the CALs that they have had; undefined: nobody has that name.
async function personNamed(name: string): Promise<Person | undefined> {
    for (const kind of ['user', 'device']) {
        try {
            const {subject, cals} = await post<{subject: number; cals: Cal[]}>('/v1/subjects/export', {kind, name, usage: false});
            return {subject, cals: new Set(cals.map((each) => each.cal))};
        } catch (error) {
            if (asProblem(error).code !== 'subject_unknown') throw error;
        }
    }
    return undefined;
}

const days = ['from', 'until'] as const;
const numbers = ['host', 'pack'] as const;

// What the address asks for; `asked` is the same as long as the address is.
function useFilters() {
    const [query] = useQuery();
    const name = query.get('person') ?? '';
    const [person, setPerson] = useState<{name: string; found?: Person; problem?: Problem}>({name: ''});
    useEffect(() => {
        if (name === '') return undefined;
        let current = true;
        personNamed(name).then(
            (found) => current && setPerson({name, found}),
            (error: unknown) => current && setPerson({name, problem: asProblem(error)}),
        );
        return () => {
            current = false;
        };
    }, [name]);
    const about = query.get('about') as Group | null;
    const asked = JSON.stringify([about, ...[...numbers, ...days].map((each) => query.get(each)), name]);
    const filters = useMemo((): LogFilters | undefined => {
        const all: LogFilters = {
            kinds: about && about in groups ? groups[about] : undefined,
            host: numberIn(query.get('host')),
            pack: numberIn(query.get('pack')),
            person: name === '' ? undefined : person.found,
            from: query.get('from') ?? undefined,
            until: query.get('until') ?? undefined,
        };
        return Object.values(all).some((each) => each !== undefined) ? all : undefined;
    }, [asked, person]);
    const known = name === '' || person.name === name;
    return {about, asked, filters, ready: known && (name === '' || person.found !== undefined), unknown: known && name !== '' && !person.found && !person.problem, problem: known ? person.problem : undefined};
}

function Verify() {
    const {progress, problem, run} = useLongRead<{done: number; total: number}>();
    const [verdict, setVerdict] = useState<Verdict>();
    const verify = () => {
        setVerdict(undefined);
        return run({done: 0, total: 1}, async (tell, signal) => setVerdict(await verifyLog((done, total) => tell({done, total}), signal)));
    };
    return (
        <Card className="calm-verify">
            <CardBody>
                <div className="calm-verify-row">
                    <p>{t('audit.verify_lead')}</p>
                    <Button variant="secondary" isDisabled={progress !== undefined} onClick={() => void verify()}>
                        {t('audit.verify')}
                    </Button>
                </div>
                <LogExport />
                <div aria-live="polite">
                    {progress && <Progress className="calm-gap" aria-label={t('audit.verify')} value={(100 * progress.done) / progress.total} size="sm" label={t('audit.verified_so_far', progress)} />}
                    {problem && <ProblemNotice problem={problem} />}
                    {verdict && (
                        <Alert component="p" className="calm-gap" isInline variant={verdict.holds ? 'success' : 'danger'} title={verdict.holds ? tn('audit.holds', verdict.size) : t('audit.broken')}>
                            <p>{verdict.signature === 'unchecked' ? t('audit.signature_unchecked') : verdict.holds ? t('audit.holds_body') : word('audit.broken_at', verdict.broken ?? 'root')}</p>
                            <Facts
                                wide
                                facts={[
                                    [t('audit.root'), <span key="r" className="calm-fingerprint">{verdict.root}</span>],
                                    [t('audit.signed_at'), dateTime(verdict.time)],
                                ]}
                            />
                        </Alert>
                    )}
                </div>
            </CardBody>
        </Card>
    );
}

function Rows({entries}: {entries: Entry[]}) {
    const [open, setOpen] = useState<number>();
    return (
        <Table aria-label={t('audit.title')} variant="compact" gridBreakPoint="grid-lg">
            <Thead>
                <Tr>
                    <Th screenReaderText={t('audit.line')} />
                    <Th modifier="nowrap">{t('audit.number')}</Th>
                    <Th>{t('audit.time')}</Th>
                    <Th modifier="nowrap">{t('audit.what')}</Th>
                    <Th modifier="nowrap">{t('audit.account')}</Th>
                    <Th>{t('audit.facts')}</Th>
                </Tr>
            </Thead>
            {entries.map((each) => (
                <Tbody key={each.seq} isExpanded={open === each.seq}>
                    <Tr>
                        <ExpandCell open={open === each.seq} label={`entry-${each.seq}`} toggle={() => setOpen(open === each.seq ? undefined : each.seq)} />
                        <Td dataLabel={t('audit.number')}>{number(each.seq)}</Td>
                        <Td dataLabel={t('audit.time')} modifier="nowrap">
                            {dateTime(each.at)}
                        </Td>
                        <Td dataLabel={t('audit.what')} id={`entry-${each.seq}`} className="calm-nowrap-wide">{word('entry', each.entry)}</Td>
                        <Td dataLabel={t('audit.account')} modifier="breakWord">{each.account === local ? t('audit.local') : each.account}</Td>
                        <Td dataLabel={t('audit.facts')} modifier="breakWord">
                            <span className="calm-quiet">{each.facts.length > 160 ? `${each.facts.slice(0, 160)}…` : each.facts}</span>
                        </Td>
                    </Tr>
                    {open === each.seq && (
                        <Tr isExpanded>
                            <Td colSpan={6}>
                                <ExpandableRowContent>
                                    <code className="calm-code">{each.line}</code>
                                </ExpandableRowContent>
                            </Td>
                        </Tr>
                    )}
                </Tbody>
            ))}
        </Table>
    );
}

export function Audit() {
    const [, setQuery] = useQuery();
    const status = useData<Status>('/v1/status', 5_000);
    const [entries, setEntries] = useState<Entry[]>();
    const [next, setNext] = useState(0);
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const {about, asked, filters, ready, unknown, problem: personProblem} = useFilters();
    const durable = status.data?.durable;
    const newest = useRef(0);

    const load = useCallback(
        async (below: number, before: Entry[]) => {
            setBusy(true);
            try {
                const found = await page(below, filters);
                setEntries([...before, ...found.entries]);
                setNext(found.next);
                setProblem(undefined);
            } catch (error) {
                setProblem(error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0));
            }
            setBusy(false);
        },
        [filters],
    );

    // The first page; then what is written while somebody looks comes on top by itself.
    useEffect(() => {
        newest.current = 0;
        setEntries(undefined);
    }, [asked]);
    useEffect(() => {
        if (durable === undefined || !ready || durable <= newest.current) return;
        const from = newest.current;
        newest.current = durable;
        if (from === 0) {
            const {until} = filters ?? {};
            if (until === undefined) void load(durable, []);
            else endOfDay(until, durable).then((end) => load(end, []), (error: unknown) => setProblem(asProblem(error)));
            return;
        }
        lines(from, Math.min(durable - from, scanned)).then(
            (fresh) => setEntries((now) => [...fresh.reverse().filter((each) => !filters || fits(each.fields, filters)), ...(now ?? [])]),
            () => {
                newest.current = from; // tried again with the next number
            },
        );
    }, [durable, load, filters, ready, asked]);

    return (
        <>
            <PageHead title={t('audit.title')} lead={t('audit.lead')} learn="concepts/ledger" />
            <PageSection>
                <Verify />
                <div className="calm-filters" role="search">
                    <FilterSelect
                        label={t('audit.about')}
                        all={t('audit.all')}
                        value={about}
                        options={(Object.keys(groups) as Group[]).map((each) => [each, word('audit_group', each)])}
                        choose={(value) => setQuery({about: value})}
                    />
                    <TypedFilter id="audit-person" name="person" type="text" label={t('audit.person')} />
                    <TypedFilter id="audit-host" name="host" type="text" label={t('audit.host')} />
                    <TypedFilter id="audit-pack" name="pack" type="text" label={t('audit.pack')} />
                    <span className="calm-labelled">
                        <label htmlFor="audit-from">{t('audit.from')}</label>
                        <TypedFilter id="audit-from" name="from" type="date" label={t('audit.from')} />
                    </span>
                    <span className="calm-labelled">
                        <label htmlFor="audit-until">{t('audit.until')}</label>
                        <TypedFilter id="audit-until" name="until" type="date" label={t('audit.until')} />
                    </span>
                    {(filters !== undefined || unknown) && (
                        <Button variant="link" onClick={() => setQuery({about: undefined, person: undefined, host: undefined, pack: undefined, from: undefined, until: undefined})}>
                            {t('audit.clear')}
                        </Button>
                    )}
                    {durable !== undefined && <span className="calm-quiet">{tn('audit.count', durable)}</span>}
                </div>
                {(problem ?? status.problem) && !entries && <ProblemNotice problem={(problem ?? status.problem) as Problem} retry={status.reload} />}
                {personProblem && <ProblemNotice problem={personProblem} />}
                {unknown && <Nothing icon={HistoryIcon} title={t('audit.person_unknown')} />}
                {!entries && !problem && !status.problem && !unknown && !personProblem && <Loading rows={8} />}
                {entries?.length === 0 && <Nothing icon={HistoryIcon} title={t('audit.none')} />}
                {entries && entries.length > 0 && <Rows entries={entries} />}
                {entries && next > 0 && (
                    <div className="calm-buttons">
                        <Button variant="secondary" isLoading={busy} isDisabled={busy} onClick={() => void load(next, entries)}>
                            {t('audit.older')}
                        </Button>
                    </div>
                )}
            </PageSection>
        </>
    );
}
