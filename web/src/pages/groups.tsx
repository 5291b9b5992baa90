// Groups: who is in them, and the seats that are kept for them.
import {Alert, Button, Card, CardBody, CardHeader, CardTitle, FormGroup, FormHelperText, HelperText, HelperTextItem, Label, PageSection, Radio, SearchInput, TextInput} from '@patternfly/react-core';
import UsersCogIcon from '@patternfly/react-icons/dist/esm/icons/users-cog-icon';
import {useRef, useState} from 'react';
import {ask, type Group, type Pack} from '../api';
import {usePerson} from '../console';
import {useData} from '../data';
import {found, isGroupCode} from '../groups';
import {Dialog, useFocusWhenDone} from '../parts/dialog';
import {KeepSeats} from '../parts/pack_seats';
import {PageHead} from '../parts/shell';
import {Loading, Nothing, ProblemNotice, Stale} from '../parts/states';
import {Link, useQuery} from '../router';
import {t, tn, word} from '../texts';

const groupsShown = 60;
const membersShown = 40;
const kinds = ['user', 'device'] as const;

type Member = Group['members'][number];

const named = (member: Member) => member.name ?? t('groups.forgotten', {subject: String(member.subject)});

function Join({group: given, close, done}: {group?: string; close: () => void; done: (told: string) => unknown}) {
    const [group, setGroup] = useState(given ?? '');
    const [kind, setKind] = useState<(typeof kinds)[number]>('user');
    const [name, setName] = useState('');
    const fits = group === '' || isGroupCode(group);
    return (
        <Dialog
            title={given === undefined ? t('groups.add') : t('groups.add_to', {group: given})}
            lead={t('groups.add_lead')}
            does={t('groups.add')}
            ready={isGroupCode(group) && name.trim() !== ''}
            close={close}
            act={async () => {
                await ask(`/v1/groups/${encodeURIComponent(group)}/join`, {method: 'POST', json: {[kind]: name.trim()}});
                await done(t('groups.joined', {name: name.trim(), group}));
            }}
        >
            {given === undefined && (
                <FormGroup label={t('groups.group')} fieldId="join-group" isRequired>
                    <TextInput id="join-group" isRequired autoFocus autoComplete="off" spellCheck="false" value={group} validated={fits ? 'default' : 'error'} aria-describedby="join-group-help" onChange={(_, value) => setGroup(value.trim())} />
                    <FormHelperText>
                        <HelperText id="join-group-help">
                            <HelperTextItem variant={fits ? 'default' : 'error'}>{t('groups.code_rule')}</HelperTextItem>
                        </HelperText>
                    </FormHelperText>
                </FormGroup>
            )}
            <FormGroup role="radiogroup" label={t('fact.kind')} fieldId="join-kind" className="calm-gap">
                {kinds.map((each) => (
                    <Radio key={each} id={`join-${each}`} name="join-kind" label={word('holder_kind', each)} isChecked={kind === each} onChange={() => setKind(each)} />
                ))}
            </FormGroup>
            <FormGroup label={t('groups.member')} fieldId="join-name" isRequired className="calm-gap">
                <TextInput id="join-name" isRequired autoFocus={given !== undefined} autoComplete="off" spellCheck="false" value={name} aria-describedby="join-name-help" onChange={(_, value) => setName(value)} />
                <FormHelperText>
                    <HelperText id="join-name-help">
                        <HelperTextItem>{t('groups.member_help')}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
        </Dialog>
    );
}

function Leave({group, member, close, done}: {group: string; member: Member; close: () => void; done: (told: string) => unknown}) {
    const name = named(member);
    return (
        <Dialog
            title={t('groups.leave_title', {name, group})}
            does={t('groups.leave')}
            close={close}
            act={async () => {
                await ask(`/v1/groups/${encodeURIComponent(group)}/leave`, {method: 'POST', json: {[member.kind]: member.name}});
                await done(t('groups.left', {name, group}));
            }}
        >
            <p>{t('groups.leave_body')}</p>
        </Dialog>
    );
}

function Members({of: {group, members}, leave}: {of: Group; leave: (member: Member) => void}) {
    const {may} = usePerson();
    return (
        <ul className="calm-list-inline" aria-label={t('groups.members_of', {group})}>
            {members.slice(0, membersShown).map((member) => (
                <li key={member.subject}>
                    <Label
                        color={member.kind === 'device' ? 'teal' : 'blue'}
                        variant="outline"
                        onClose={may('operate') && member.name !== undefined ? () => leave(member) : undefined}
                        closeBtnAriaLabel={t('groups.leave_of', {name: named(member), group})}
                    >
                        {member.kind === 'device' ? `${named(member)} (${word('holder_kind', 'device')})` : named(member)}
                    </Label>
                </li>
            ))}
            {members.length > membersShown && <li className="calm-quiet">{tn('groups.more', members.length - membersShown)}</li>}
        </ul>
    );
}

interface CardProps {
    of: Group;
    add: () => void;
    keep: () => void;
    leave: (member: Member) => void;
}

function GroupCard({of, add, keep, leave}: CardProps) {
    const {may} = usePerson();
    return (
        <Card isCompact>
            <CardHeader>
                <div className="calm-head-row">
                    <CardTitle component="h2" className="calm-head-words calm-breaks">
                        {of.group}
                    </CardTitle>
                    {may('operate') && (
                        <div className="calm-head-actions">
                            <Button variant="secondary" size="sm" aria-label={t('groups.add_to', {group: of.group})} onClick={add}>
                                {t('groups.add')}
                            </Button>
                            <Button variant="secondary" size="sm" aria-label={t('groups.keep_for', {group: of.group})} onClick={keep}>
                                {t('groups.keep_seats')}
                            </Button>
                        </div>
                    )}
                </div>
            </CardHeader>
            <CardBody>
                <p className="calm-label">{tn('groups.members', of.members.length)}</p>
                <Members of={of} leave={leave} />
                <p className="calm-label calm-gap">{t('groups.kept_title')}</p>
                {of.reserved.length === 0 && <p className="calm-quiet">{t('groups.kept_nothing')}</p>}
                {of.reserved.length > 0 && (
                    <ul className="calm-bullets">
                        {of.reserved.map(({pack, product, seats, used}) => (
                            <li key={pack}>
                                <Link to="/console/licenses">{tn('groups.kept_of', seats, {pack, product})}</Link>
                                <span className="calm-quiet"> · {tn('groups.used', used)}</span>
                            </li>
                        ))}
                    </ul>
                )}
            </CardBody>
        </Card>
    );
}

type Asked = {what: 'join' | 'keep'; group: string} | {what: 'leave'; group: string; member: Member};

export function Groups() {
    const {may} = usePerson();
    const [query, setQuery] = useQuery();
    const {data, problem, reload} = useData<{groups: Group[]}>('/v1/groups');
    const [asked, setAsked] = useState<Asked>();
    const packs = useData<{packs: Pack[]}>(asked?.what === 'keep' ? '/v1/packs' : undefined, 0);
    const [told, setTold] = useState('');
    const notice = useRef<HTMLDivElement>(null);
    const joins = query.get('join') !== null && may('operate');
    const focusNotice = useFocusWhenDone(asked !== undefined || joins, notice);
    const search = query.get('search') ?? '';
    const fits = found(data?.groups ?? [], search);
    const close = () => setAsked(undefined);
    const done = async (words: string) => {
        focusNotice();
        await reload();
        setTold(words);
    };
    const keepable = packs.data?.packs.filter((each) => each.state === 'usable' && (each.kind === 'per_user' || each.kind === 'per_device'));
    const join = may('operate') && <Button onClick={() => setQuery({join: '1'})}>{t('groups.add')}</Button>;
    return (
        <>
            <PageHead title={t('groups.title')} lead={t('groups.lead')} learn="concepts/groups" actions={join} />
            <PageSection>
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {data && <Stale problem={problem} retry={reload} />}
                <div ref={notice} tabIndex={-1} aria-live="polite" className="calm-notice">
                    {told && <Alert component="p" variant="success" isInline title={told} />}
                </div>
                {data?.groups.length === 0 && <Nothing icon={UsersCogIcon} title={t('groups.none')} body={t('groups.none_body')} />}
                {data && data.groups.length > 0 && (
                    <div className="calm-filters" role="search">
                        <SearchInput className="calm-search" aria-label={t('groups.search')} placeholder={t('groups.search')} value={search} resetButtonLabel={t('action.clear')} onChange={(_, value) => setQuery({search: value || undefined}, true)} onClear={() => setQuery({search: undefined}, true)} />
                    </div>
                )}
                {data && data.groups.length > 0 && fits.length === 0 && <Nothing icon={UsersCogIcon} title={t('groups.none_found')} />}
                <div className="calm-cards calm-cards-wide">
                    {fits.slice(0, groupsShown).map((each) => (
                        <GroupCard
                            key={each.group}
                            of={each}
                            add={() => setAsked({what: 'join', group: each.group})}
                            keep={() => setAsked({what: 'keep', group: each.group})}
                            leave={(member) => setAsked({what: 'leave', group: each.group, member})}
                        />
                    ))}
                </div>
                {fits.length > groupsShown && <p className="calm-quiet calm-count">{t('hosts.more', {shown: groupsShown, total: fits.length})}</p>}
            </PageSection>
            {joins && <Join close={() => setQuery({join: undefined})} done={done} />}
            {asked?.what === 'join' && <Join group={asked.group} close={close} done={done} />}
            {asked?.what === 'leave' && <Leave group={asked.group} member={asked.member} close={close} done={done} />}
            {asked?.what === 'keep' && keepable && keepable.length > 0 && <KeepSeats packs={keepable} group={asked.group} close={close} done={done} />}
            {asked?.what === 'keep' && keepable?.length === 0 && (
                <Dialog title={t('groups.keep_for', {group: asked.group})} does={t('action.done')} told close={close} act={async () => undefined}>
                    <p>{t('groups.no_pack')}</p>
                </Dialog>
            )}
        </>
    );
}
